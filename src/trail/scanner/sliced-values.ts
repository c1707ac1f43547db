import { EventView } from '../../pattern/event-view.ts';
import { NumberSource } from '../../pattern/json-source.ts';
import type { EventValues } from '../../pattern/select-values.ts';
import { compactJson } from '../compact-json.ts';
import type { Engine } from './engine.ts';

const QUOTE = 34;
const COMMA = 44;
const LETTER_F = 102;
const LETTER_N = 110;
const LETTER_T = 116;
const BACKSLASH = 92;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
const SPACE = 32;

/** Stands for every object and list: conditions only ask whether there is one. */
const CONTAINER: unknown = Object.freeze({});

const NO_SLOT = -1;

/** A candidate in the engine's memory, by words: start, end, patterns, spaced, keys seen (low, high), places of keys. */
const SPACED = 3;
const SEEN = 4;
const PLACES = 6;

/** The values of a candidate's fields, cut out of its text, which is JSON, where the engine saw them begin. */
export class SlicedValues implements EventValues {
  readonly isObject = true;
  readonly #bytes: Buffer;
  readonly #words: Uint32Array;
  /** Number of the key in the engine, by slot; 0 for a path that the engine does not follow. */
  readonly #keys: readonly number[];
  #candidate = 0;
  #start = 0;
  #end = 0;
  #event: EventView | undefined;
  /** The value asked for last: patterns compare one field with many names in turn. */
  #lastSlot = NO_SLOT;
  #lastValue: unknown;

  constructor(engine: Engine, keys: readonly number[]) {
    this.#bytes = engine.bytes;
    this.#words = engine.words;
    this.#keys = keys;
  }

  /** Turns to the candidate at this word. */
  use(candidate: number): void {
    this.#candidate = candidate;
    this.#start = this.#words[candidate] as number;
    this.#end = this.#words[candidate + 1] as number;
    this.#event = undefined;
    this.#lastSlot = NO_SLOT;
  }

  get event(): EventView {
    this.#event ??= new EventView(this.text);
    return this.#event;
  }

  /** The candidate as compact JSON. */
  get text(): string {
    const text = this.#bytes.toString('utf8', this.#start, this.#end);
    return this.#words[this.#candidate + SPACED] === 0 ? text : compactJson(text);
  }

  one(slot: number): unknown {
    if (slot !== this.#lastSlot) {
      this.#lastValue = this.#read(slot);
      this.#lastSlot = slot;
    }
    return this.#lastValue;
  }

  #read(slot: number): unknown {
    const at = this.#valueAt(slot);
    if (at === 0) return undefined;
    const first = this.#bytes[at] as number;
    if (first === QUOTE) return this.#string(at + 1);
    if (first === OPEN_OBJECT || first === OPEN_LIST) return CONTAINER;
    if (first === LETTER_T) return true;
    if (first === LETTER_F) return false;
    if (first === LETTER_N) return null;
    return Number(this.#number(at));
  }

  oneSource(slot: number): unknown {
    const at = this.#valueAt(slot);
    return at === 0 ? undefined : new NumberSource(this.#number(at));
  }

  every(): readonly unknown[] {
    throw new TypeError('a selector with a wildcard is judged on the whole record');
  }

  everySource(): readonly unknown[] {
    return this.every();
  }

  /** Where the value begins; 0 when the record has none. */
  #valueAt(slot: number): number {
    const key = this.#keys[slot] as number;
    const words = this.#words;
    const seen = words[this.#candidate + SEEN + (key >> 5)] as number;
    if (((seen >>> (key & 31)) & 1) === 0) return 0;
    let at = this.#start + (words[this.#candidate + PLACES + key] as number);
    while ((this.#bytes[at] as number) <= SPACE) at += 1;
    return at;
  }

  #string(start: number): string {
    const bytes = this.#bytes;
    let end = start;
    let union = 0;
    for (let byte = bytes[end] as number; byte !== QUOTE; byte = bytes[end] as number) {
      if (byte === BACKSLASH) return this.#escapedString(start, end);
      union |= byte;
      end += 1;
    }
    return bytes.toString(union < 128 ? 'latin1' : 'utf8', start, end);
  }

  #escapedString(start: number, firstEscape: number): string {
    let end = firstEscape;
    while (this.#bytes[end] !== QUOTE) end += this.#bytes[end] === BACKSLASH ? 2 : 1;
    return JSON.parse(this.#bytes.toString('utf8', start - 1, end + 1)) as string;
  }

  #number(start: number): string {
    const bytes = this.#bytes;
    let end = start;
    for (let byte = bytes[end] as number; !isDelimiter(byte); byte = bytes[end] as number) end += 1;
    return bytes.toString('latin1', start, end);
  }
}

const isDelimiter = (byte: number): boolean =>
  byte === COMMA || byte === CLOSE_OBJECT || byte === CLOSE_LIST || byte <= SPACE;
