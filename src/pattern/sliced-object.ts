import { NumberSource } from './json-source.ts';
import type { Step } from './syntax-tree.ts';

/** Longer texts are read as a whole: the expressions below remember every member that they pass. */
const LONGEST = 65_536;
/** Objects and lists within a member may nest so deep; nearly all records nest less. V8 runs a larger expression slowly. */
const DEEPEST = 6;

// Strings without escapes and JSON without blanks, as services write it. What is more is read as a whole.
const STRING = '"[^"\\\\\\x00-\\x1f]*"';
const NUMBER = '-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][-+]?[0-9]+)?';
const sourceOfValue = (depth: number): string => {
  const plain = `${STRING}|${NUMBER}|true|false|null`;
  if (depth === 0) return `(?:${plain})`;
  const inner = sourceOfValue(depth - 1);
  const object = `\\{(?:${STRING}:${inner}(?:,(?=")|(?=\\})))*\\}`;
  const list = `\\[(?:${inner}(?:,(?=[^\\]])|(?=\\])))*\\]`;
  return `(?:${plain}|${object}|${list})`;
};
/** A whole member, and what follows it. */
const MEMBER = new RegExp(`${STRING}:${sourceOfValue(DEEPEST)}[,}]`, 'y');

/** Which members of an object are asked for, and which of theirs. */
export class WantedMembers {
  /** The members by the first letter of their names, by its code. */
  readonly #byFirst: (WantedMember[] | undefined)[] = [];
  readonly members: WantedMember[] = [];

  /** The member of that name, from now on wanted. */
  member(name: string): WantedMember {
    let member = this.members.find((each) => each.name === name);
    if (!member) {
      const last = name.charCodeAt(name.length - 1);
      member = { name, head: `"${name}":`, last, index: this.members.length, inner: new WantedMembers() };
      this.members.push(member);
      const first = name.charCodeAt(0);
      this.#byFirst[first] = [...(this.#byFirst[first] ?? []), member];
    }
    return member;
  }

  startingWith(first: number): readonly WantedMember[] | undefined {
    return this.#byFirst[first];
  }
}

interface WantedMember {
  readonly name: string;
  /** As it stands in the text: quoted, with the colon. */
  readonly head: string;
  /** Code of the name's last letter. */
  readonly last: number;
  readonly index: number;
  readonly inner: WantedMembers;
}

/** The members on the way to a value, from the outside in. */
export type SlicePath = readonly WantedMember[];

/** Adds the way to what is asked for; undefined for one that is not made of plain names. */
export function slicePathOf(wanted: WantedMembers, steps: readonly Step[]): SlicePath | undefined {
  const path: WantedMember[] = [];
  let members = wanted;
  for (const step of steps) {
    if (step.kind !== 'name' || !/^[\w.-]+$/.test(step.name)) return undefined;
    const member = members.member(step.name);
    path.push(member);
    members = member.inner;
  }
  return path;
}

const [QUOTE, BRACE] = [0x22, 0x7d];

/** Stands for an object or a list, of which it is enough to know that it is there. */
const CONTAINER = Object.freeze({});

/**
 * A JSON object in its text, of which only those members are cut out that are asked for. That the
 * whole text is JSON is known beforehand.
 */
export class SlicedObject {
  readonly #text: string;
  /** Where the value of each wanted member begins and ends, in turn; -1 where there is none. */
  readonly #places: Int32Array;
  readonly #inner: (SlicedObject | undefined)[] = [];

  private constructor(text: string, places: Int32Array) {
    this.#text = text;
    this.#places = places;
  }

  /** Undefined when the text is no JSON object, or one that has to be read in another way. */
  static read(text: string, wanted: WantedMembers): SlicedObject | undefined {
    return text.length <= LONGEST ? SlicedObject.#at(text, 0, text.length, wanted) : undefined;
  }

  static #at(text: string, start: number, end: number, wanted: WantedMembers): SlicedObject | undefined {
    if (text.charAt(start) !== '{') return undefined;
    const places = new Int32Array(2 * wanted.members.length).fill(-1);
    let at = start + 1;
    if (text.charAt(at) === '}') return at + 1 === end ? new SlicedObject(text, places) : undefined;
    for (;;) {
      MEMBER.lastIndex = at;
      if (!MEMBER.test(text)) return undefined;
      const next = MEMBER.lastIndex;
      const alike = wanted.startingWith(text.charCodeAt(at + 1));
      if (alike) note(places, alike, text, at, next);
      at = next;
      if (text.charCodeAt(at - 1) === BRACE) return at === end ? new SlicedObject(text, places) : undefined;
    }
  }

  /** The value at a path: as JSON.parse would give it, but for objects and lists; undefined when missing. */
  valueAt(path: SlicePath): unknown {
    const found = this.#find(path, 0);
    if (found === undefined) return undefined;
    switch (found.charAt(0)) {
      case '"':
        return found.slice(1, -1);
      case '{':
      case '[':
        return CONTAINER;
      case 't':
        return true;
      case 'f':
        return false;
      case 'n':
        return null;
      default:
        return Number(found);
    }
  }

  /** Like `valueAt`, with a number as it is written. */
  sourceAt(path: SlicePath): unknown {
    const value = this.valueAt(path);
    return typeof value === 'number' ? new NumberSource(this.#find(path, 0) ?? '') : value;
  }

  #find(path: SlicePath, depth: number): string | undefined {
    const member = path[depth];
    if (!member) return undefined;
    const start = this.#places[2 * member.index] ?? -1;
    if (start < 0) return undefined;
    const end = this.#places[2 * member.index + 1] ?? -1;
    if (depth === path.length - 1) return this.#text.slice(start, end);
    const inner = this.#inner[member.index] ?? SlicedObject.#at(this.#text, start, end, member.inner);
    this.#inner[member.index] = inner;
    return inner ? inner.#find(path, depth + 1) : undefined;
  }
}

/** Takes note of the member from `at` to `next`, if it is one of some. Of members of one name the last counts. */
function note(places: Int32Array, wanted: readonly WantedMember[], text: string, at: number, next: number): void {
  for (let i = 0; i < wanted.length; i += 1) {
    const { head, last, index } = wanted[i] as WantedMember;
    // Most other names are told by their length and last letter alone.
    const end = at + head.length;
    if (text.charCodeAt(end - 3) !== last || text.charCodeAt(end - 2) !== QUOTE || !text.startsWith(head, at)) continue;
    places[2 * index] = end;
    places[2 * index + 1] = next - 1;
  }
}
