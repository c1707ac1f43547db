import { createHash } from 'node:crypto';

/** Words of a key, and of an entry before what was seen with it. */
const KEY_WORDS = 4;
const GUID = /^([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})([0-9a-f]{8})$/;
const FEWEST_SLOTS = 1 << 10;

/**
 * Remembers which events were seen with which rules, in some forty bytes an event: years of refused calls have more
 * events than a Set can hold. `seed` is random, so that nobody can choose event ids that all fall into one place.
 */
export class EventIdSet {
  readonly #seed: number;
  readonly #entryWords: number;
  #slots = FEWEST_SLOTS;
  #entries: Uint32Array;
  #size = 0;

  constructor(rules: number, seed: number) {
    this.#seed = seed | 1;
    this.#entryWords = KEY_WORDS + Math.max(1, Math.ceil(rules / 32));
    this.#entries = new Uint32Array(this.#slots * this.#entryWords);
  }

  /** How many different events were seen. */
  get size(): number {
    return this.#size;
  }

  /** Notes an event with its rules; gives those of `rules` that it was not seen with before. */
  see(eventId: string, rules: readonly number[]): number[] {
    if (this.#size * 2 >= this.#slots) this.#grow();
    const key = keyOf(eventId);
    const at = this.#place(this.#entries, this.#slots, key);
    if (isFree(this.#entries, at)) {
      this.#entries.set(key, at);
      this.#size += 1;
    }
    return rules.filter((rule) => {
      const word = at + KEY_WORDS + (rule >>> 5);
      const bit = 1 << (rule & 31);
      const isNew = (this.#entries[word]! & bit) === 0;
      this.#entries[word]! |= bit;
      return isNew;
    });
  }

  /** Where a key is, or where it belongs. */
  #place(entries: Uint32Array, slots: number, key: Uint32Array): number {
    let slot = this.#scatter(key) & (slots - 1);
    while (true) {
      const at = slot * this.#entryWords;
      if (isFree(entries, at) || isSame(entries, at, key)) return at;
      slot = (slot + 1) & (slots - 1);
    }
  }

  #scatter(key: Uint32Array): number {
    let hash = this.#seed;
    for (const word of key) {
      hash = Math.imul(hash ^ word, 0x9e3779b1);
      hash ^= hash >>> 15;
      hash = Math.imul(hash, this.#seed);
      hash ^= hash >>> 13;
    }
    return hash >>> 0;
  }

  #grow(): void {
    const slots = this.#slots * 2;
    const entries = new Uint32Array(slots * this.#entryWords);
    for (let at = 0; at < this.#entries.length; at += this.#entryWords) {
      if (isFree(this.#entries, at)) continue;
      const entry = this.#entries.subarray(at, at + this.#entryWords);
      entries.set(entry, this.#place(entries, slots, entry.subarray(0, KEY_WORDS)));
    }
    this.#slots = slots;
    this.#entries = entries;
  }
}

/** The bits of a GUID, or of a hash of any other id; never all zero, which marks a free place. */
function keyOf(eventId: string): Uint32Array {
  const guid = GUID.exec(eventId);
  const key = guid
    ? Uint32Array.of(hex(guid[1]!), hex(guid[2]! + guid[3]!), hex(guid[4]! + guid[5]!), hex(guid[6]!))
    : hashed(eventId);
  return key.some((word) => word !== 0) ? key : hashed(eventId);
}

function hashed(text: string): Uint32Array {
  const hash = createHash('sha256').update(text).digest();
  return Uint32Array.from({ length: KEY_WORDS }, (_, i) => hash.readUInt32BE(i * 4));
}

const hex = (digits: string): number => Number.parseInt(digits, 16);

const isFree = (entries: Uint32Array, at: number): boolean =>
  (entries[at]! | entries[at + 1]! | entries[at + 2]! | entries[at + 3]!) === 0;

function isSame(entries: Uint32Array, at: number, key: Uint32Array): boolean {
  for (let i = 0; i < KEY_WORDS; i += 1) if (entries[at + i] !== key[i]) return false;
  return true;
}
