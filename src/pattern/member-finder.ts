/** Letters by how often they begin a stretch of a record, most often first; all others are rarer. */
const COMMON = '"etaoinsrlcdumpgyhbfvwkx0123456789';
const [SPACE, QUOTE, COLON, MINUS, ZERO, NINE] = [0x20, 0x22, 0x3a, 0x2d, 0x30, 0x39];

/** Takes note of what members hold. */
export interface Finding {
  /** May a string of that length, beginning with that UTF-16 unit, be of interest? Spares cutting it out. */
  mayWant(first: number, length: number): boolean;
  onString(value: string): void;
  /** A string with an escape, which was not decoded. */
  onUnclear(): void;
  onNumber(): void;
  onOther(): void;
}

/** Finds the members of one name in the raw text of an event, at any depth, without reading it as JSON. */
export class MemberFinder {
  /** The end of the name from its rarest letter on: few other texts in an event are taken for it. */
  readonly #needle: string;
  readonly #head: string;
  /** The letter before the needle, which tells most other texts apart. */
  readonly #before: number;

  constructor(name: string) {
    let at = 0;
    for (let i = 1; i < name.length - 1; i += 1) if (rarity(name.charAt(i)) > rarity(name.charAt(at))) at = i;
    this.#head = `"${name.slice(0, at)}`;
    this.#needle = `${name.slice(at)}"`;
    this.#before = this.#head.charCodeAt(at);
  }

  /** `isEscaped`: does the message hold a backslash anywhere? */
  find(message: string, isEscaped: boolean, finding: Finding): void {
    const needle = this.#needle;
    const head = this.#head;
    for (let at = message.indexOf(needle); at >= 0; at = message.indexOf(needle, at + 1)) {
      if (message.charCodeAt(at - 1) !== this.#before || !message.startsWith(head, at - head.length)) continue;
      let next = skipSpace(message, at + needle.length);
      if (message.charCodeAt(next) !== COLON) continue;
      next = skipSpace(message, next + 1);
      const code = message.charCodeAt(next);
      if (code === QUOTE) {
        const end = message.indexOf('"', next + 1);
        if (!isEscaped && !finding.mayWant(message.charCodeAt(next + 1), end - next - 1)) continue;
        const value = message.slice(next + 1, end);
        if (isEscaped && value.includes('\\')) finding.onUnclear();
        else finding.onString(value);
      } else if (code === MINUS || (code >= ZERO && code <= NINE)) finding.onNumber();
      else finding.onOther();
    }
  }
}

const rarity = (letter: string): number => {
  const place = COMMON.indexOf(letter);
  return place < 0 ? COMMON.length : place;
};

function skipSpace(message: string, from: number): number {
  let at = from;
  // Other control characters never stand here in JSON that can be read.
  while (message.charCodeAt(at) <= SPACE) at += 1;
  return at;
}
