import type { Path } from './guard-plan.ts';

/** A key at one place of a record. */
export interface Key {
  readonly name: string;
  /** Node of the object that holds it; 1 is the record. */
  readonly node: number;
  /** Node of the object that it holds, or 0. */
  child: number;
  readonly kind: KeyKind;
  /** Its number in the engine, from 1. */
  readonly number: number;
}

export type KeyKind = 'field' | 'record mark' | 'envelope mark';

/** Room of the engine. */
const MOST_KEYS = 63;
/** A name of two letters is linked six times of 255. */
const MOST_SHORT_NAMES = 16;

/** The keys that patterns ask for, and those that tell a record from an envelope. */
export class KeyTree {
  readonly keys: Key[] = [];
  readonly #places = new Map<string, Key>();
  #lastNode = 1;
  #shortNames = 0;

  /** The key at the end of `path`, with all keys on the way; undefined when there is no room for them. */
  add(path: Path, kind: KeyKind = 'field'): Key | undefined {
    let node = 1;
    let key: Key | undefined;
    for (const name of path) {
      if (key && key.child === 0) {
        this.#lastNode += 1;
        key.child = this.#lastNode;
      }
      node = key ? key.child : 1;
      key = this.#keyOf(node, name, kind);
      if (!key) return undefined;
    }
    return key;
  }

  find(path: Path): Key | undefined {
    let key: Key | undefined;
    for (const name of path) {
      key = this.#places.get(placeOf(key ? key.child : 1, name));
      if (!key) return undefined;
    }
    return key;
  }

  #keyOf(node: number, name: string, kind: KeyKind): Key | undefined {
    const place = placeOf(node, name);
    const known = this.#places.get(place);
    if (known) return known;
    if (name.length === 2) this.#shortNames += 1;
    if (this.keys.length === MOST_KEYS || this.#shortNames > MOST_SHORT_NAMES) return undefined;
    const key: Key = { name, node, child: 0, kind, number: this.keys.length + 1 };
    this.keys.push(key);
    this.#places.set(place, key);
    return key;
  }
}

const placeOf = (node: number, name: string): string => `${node} ${name}`;
