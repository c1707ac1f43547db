import type { Ids } from '../../base/ids.ts';

/** Every token begins like this, so that one is told from other secrets at a glance. */
const PREFIX = '2336412f37fb687f5d51e6e2425929f5';
const TIME_DIGITS = 12;
const LENGTH = 256;
const DAY = 86_400_000;
/** AWS: a token is good for two days. */
const LIFE = 2 * DAY;

/** 256 hexadecimal digits: 106 random bytes that nobody can guess, behind the time of issue. */
export function newToken(ids: Ids, now: number): string {
  const time = now.toString(16).padStart(TIME_DIGITS, '0');
  const random = (LENGTH - PREFIX.length - TIME_DIGITS) / 2;
  return PREFIX + time + ids.hex(random);
}

/** Whether a text has the form of a token. */
export const isToken = (text: string): boolean => text.length === LENGTH && /^[0-9a-f]+$/.test(text);

/** Whether a token that we issued has outlived its two days. */
export const isExpired = (token: string, now: number): boolean => now - issuedAt(token) > LIFE;

/** Whether it is so old that its recipient deserves a fresh one. */
export const isStale = (token: string, now: number): boolean => now - issuedAt(token) > LIFE / 2;

const issuedAt = (token: string): number =>
  Number.parseInt(token.slice(PREFIX.length, PREFIX.length + TIME_DIGITS), 16);
