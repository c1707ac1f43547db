/** What happened at the byte just read. */
export type OutlineEvent =
  /** A value that matters begins with it. */
  | 'begins'
  /** That value ends with it. */
  | 'ends'
  /** The value begun is the envelope of a list whose elements are the values that matter. */
  | 'streams'
  /** It cannot follow what came before. */
  | 'broken'
  /** It begins something that is neither object nor list, where a document should begin. */
  | 'stray'
  /** The same as an element of a streamed list; what follows can be read on. */
  | 'stray element';

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
const SPACE = 32;

/** Lists whose elements are taken one by one, so that a file of any length streams. */
const STREAMED: readonly string[] = ['Records', 'Events'];
const LONGEST_KEY = Math.max(...STREAMED.map((key) => key.length));

/** Nobody nests so deep; it bounds what hostile brackets cost. */
const DEEPEST = 100_000;

type Expected = 'document' | 'value' | 'first value' | 'key' | 'first key' | 'colon' | 'rest' | 'string' | 'scalar';

/**
 * Follows the outline of JSON text, byte by byte: strings, brackets, commas and colons. It does not
 * look into numbers, words and escapes, so that a mistake there costs one value alone.
 */
export class JsonOutline {
  #expected: Expected = 'document';
  /** Kind of each open bracket: true for objects. */
  readonly #open: boolean[] = [];
  /** Depth of the values that matter: 0 for whole documents, 1 or 2 within a streamed list. */
  #floor = 0;
  #escaped = false;
  /** Whether the string being read is a member's name. */
  #isKey = false;
  /** The name last read at depth 1 of a document, as far as it may be one of STREAMED. */
  #key = '';
  #event: OutlineEvent | undefined;
  /** True behind damage, where the brackets of what was lost still come. */
  #salvaging = false;

  get isBetweenDocuments(): boolean {
    return this.#expected === 'document';
  }

  /** The event of the byte before the place that `advance` gave. */
  takeEvent(): OutlineEvent | undefined {
    const event = this.#event;
    this.#event = undefined;
    return event;
  }

  /** Reads on from `from` to behind the next byte with an event, or to the end of the chunk. */
  advance(chunk: Buffer, from: number): number {
    let at = from;
    while (at < chunk.length && this.#event === undefined) {
      if (this.#expected === 'string') at = this.#readString(chunk, at);
      else {
        const byte = chunk[at] as number;
        // The byte behind a number or word is read again, as what it is.
        if (this.#expected === 'scalar' && isDelimiter(byte)) this.#expected = 'rest';
        this.#read(byte);
        at += 1;
      }
    }
    return at;
  }

  /** Reads bytes whose events the caller knows. */
  advanceAll(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; this.#event = undefined) at = this.advance(bytes, at);
  }

  /** Forgets what is open and expects a document, or closing brackets of what was lost. */
  salvage(): void {
    this.#expected = 'document';
    this.#open.length = 0;
    this.#floor = 0;
    this.#key = '';
    this.#escaped = false;
    this.#salvaging = true;
  }

  #readString(chunk: Buffer, from: number): number {
    const watched = this.#isKey && this.#open.length === 1 && this.#floor === 0;
    for (let at = from; at < chunk.length; at += 1) {
      const byte = chunk[at] as number;
      if (this.#escaped) this.#escaped = false;
      else if (byte === QUOTE) {
        this.#expected = this.#isKey ? 'colon' : 'rest';
        return at + 1;
      } else if (byte === BACKSLASH) this.#escaped = true;
      if (byte < SPACE) {
        this.#event = 'broken';
        return at + 1;
      }
      if (watched && this.#key.length <= LONGEST_KEY) this.#key += String.fromCharCode(byte);
    }
    return chunk.length;
  }

  #read(byte: number): void {
    if (byte <= SPACE) {
      if (byte !== SPACE && byte !== 10 && byte !== 13 && byte !== 9) this.#event = 'broken';
      return;
    }
    switch (this.#expected) {
      case 'document':
        this.#readDocumentStart(byte);
        break;
      case 'value':
      case 'first value':
        if (byte === CLOSE_LIST && this.#expected === 'first value') this.#close(false);
        else this.#readValueStart(byte);
        break;
      case 'key':
      case 'first key':
        if (byte === QUOTE) this.#beginKey();
        else if (byte === CLOSE_OBJECT && this.#expected === 'first key') this.#close(true);
        else this.#event = 'broken';
        break;
      case 'colon':
        if (byte === COLON) this.#expected = 'value';
        else this.#event = 'broken';
        break;
      case 'rest':
        if (byte === COMMA) this.#expected = this.#open.at(-1) ? 'key' : 'value';
        else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) this.#close(byte === CLOSE_OBJECT);
        else this.#event = 'broken';
        break;
    }
  }

  #readDocumentStart(byte: number): void {
    if (byte === OPEN_OBJECT || byte === OPEN_LIST) this.#openBracket(byte === OPEN_OBJECT);
    else if (!this.#salvaging || (byte !== COMMA && byte !== CLOSE_LIST && byte !== CLOSE_OBJECT))
      this.#event = 'stray';
  }

  #readValueStart(byte: number): void {
    if (byte === OPEN_OBJECT || byte === OPEN_LIST) this.#openBracket(byte === OPEN_OBJECT);
    else if (byte === COMMA || byte === COLON || byte === CLOSE_LIST || byte === CLOSE_OBJECT) this.#event = 'broken';
    else {
      this.#expected = byte === QUOTE ? 'string' : 'scalar';
      this.#isKey = false;
      if (this.#open.length === this.#floor) this.#event = 'stray element';
    }
  }

  #beginKey(): void {
    this.#expected = 'string';
    this.#isKey = true;
    if (this.#open.length === 1) this.#key = '';
  }

  #openBracket(isObject: boolean): void {
    const depth = this.#open.length;
    if (depth >= DEEPEST) {
      this.#event = 'broken';
      return;
    }
    this.#open.push(isObject);
    this.#expected = isObject ? 'first key' : 'first value';
    const isStreamed = !isObject && this.#floor === 0 && (depth === 0 || (depth === 1 && STREAMED.includes(this.#key)));
    if (isStreamed) {
      this.#floor = depth + 1;
      this.#event = 'streams';
    } else if (depth === this.#floor) this.#event = 'begins';
  }

  #close(isObject: boolean): void {
    if (this.#open.pop() !== isObject) {
      this.#event = 'broken';
      return;
    }
    const depth = this.#open.length;
    this.#expected = depth === 0 ? 'document' : 'rest';
    if (depth === this.#floor) this.#event = 'ends';
    else if (depth < this.#floor) {
      // What follows a streamed list belongs to its object and is not looked at.
      this.#floor = depth === 0 ? 0 : -1;
    }
    if (depth === 0) this.#floor = 0;
  }
}

const isDelimiter = (byte: number): boolean =>
  byte <= SPACE || byte === COMMA || byte === CLOSE_LIST || byte === CLOSE_OBJECT;
