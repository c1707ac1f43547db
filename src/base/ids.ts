import { randomBytes, randomUUID } from 'node:crypto';

/** The only source of randomness. */
export interface Ids {
  /** A version 4 UUID. */
  uuid(): string;
  /** `bytes` random bytes as lower-case hexadecimal digits. */
  hex(bytes: number): string;
  /** A number in [0, 1), for jitter. */
  fraction(): number;
}

export const systemIds: Ids = {
  uuid: () => randomUUID(),
  hex: (bytes) => randomBytes(bytes).toString('hex'),
  fraction: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
};

/** Repeatable ids for tests: the same seed gives the same sequence. */
export function seededIds(seed: number): Ids {
  let state = seed >>> 0;
  // Mulberry32: small, fast, and good enough to shuffle test worlds.
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const hex = (bytes: number): string => {
    let text = '';
    for (let i = 0; i < bytes; i += 1)
      text += Math.floor(next() * 256)
        .toString(16)
        .padStart(2, '0');
    return text;
  };
  return {
    fraction: next,
    hex,
    uuid() {
      const raw = hex(16);
      return `${raw.slice(0, 8)}-${raw.slice(8, 12)}-4${raw.slice(13, 16)}-a${raw.slice(17, 20)}-${raw.slice(20)}`;
    },
  };
}
