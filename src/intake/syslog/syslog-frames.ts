/** The longest message that is read; a CloudTrail record has at most 256 KiB. */
export const LONGEST_MESSAGE = 1024 * 1024;

/** A message, or what could not be one. */
export type Frame =
  | { readonly kind: 'message'; readonly text: string }
  | { readonly kind: 'damage'; readonly message: string };

const [NEWLINE, SPACE, ZERO, NINE] = [10, 32, 0x30, 0x39];
/** Digits of a length: more than enough for the longest message. */
const MOST_DIGITS = 10;

/**
 * Cuts a stream into syslog messages: counted (`83 <13>1 …`) or one a line, each message by its own first
 * letter (RFC 6587). A message too long is passed over and told as damage, in bounded memory.
 */
export class SyslogFrames {
  #rest: Buffer = Buffer.alloc(0);
  /** What came since, joined only when it may complete a message: senders choose how small the pieces are. */
  #parts: Buffer[] = [];
  #size = 0;
  /** The size at which a counted message is whole; 0 while a newline is awaited. */
  #wholeAt = 0;
  /** What came so far is the beginning of a line: no blank ends it. */
  #isLine = false;
  /** Bytes of a counted message too long that are still to be passed over. */
  #passing = 0;
  /** Within a line that is too long. */
  #isInLongLine = false;

  *feed(chunk: Buffer): Generator<Frame> {
    this.#parts.push(chunk);
    this.#size += chunk.length;
    const isEnded = chunk.includes(NEWLINE) || (!this.#isLine && chunk.includes(SPACE));
    const isWhole = this.#wholeAt > 0 ? this.#size >= this.#wholeAt : isEnded;
    if (this.#passing === 0 && !isWhole && this.#size <= LONGEST_MESSAGE) return;
    this.#join();
    for (;;) {
      if (this.#passing > 0) {
        const passed = Math.min(this.#passing, this.#rest.length);
        this.#passing -= passed;
        this.#rest = this.#rest.subarray(passed);
      }
      const first = this.#rest[0];
      if (first === undefined) {
        this.#size = 0;
        return;
      }
      const isCounted = !this.#isInLongLine && first > ZERO && first <= NINE;
      const frame = isCounted ? this.#counted() : this.#line();
      if (frame === 'incomplete') {
        this.#size = this.#rest.length;
        return;
      }
      if (frame) yield frame;
    }
  }

  #join(): void {
    this.#rest = Buffer.concat([this.#rest, ...this.#parts]);
    this.#parts = [];
    this.#wholeAt = 0;
    this.#isLine = false;
  }

  /** What is left when the connection ends. */
  *end(): Generator<Frame> {
    this.#join();
    const text = this.#rest.toString('utf8').trim();
    const isCut = this.#passing > 0 || /^[1-9]\d* /.test(text);
    if (isCut) yield { kind: 'damage', message: 'the connection ended within a message' };
    else if (text !== '' && !this.#isInLongLine) yield { kind: 'message', text };
    this.#rest = Buffer.alloc(0);
  }

  #counted(): Frame | undefined | 'incomplete' {
    const space = this.#rest.indexOf(SPACE);
    if (space < 0 && this.#rest.length <= MOST_DIGITS) return 'incomplete';
    const digits = this.#rest.toString('latin1', 0, Math.max(0, space));
    if (space < 0 || space > MOST_DIGITS || !/^\d+$/.test(digits)) return this.#line();
    const length = Number(digits);
    if (length > LONGEST_MESSAGE) {
      this.#rest = this.#rest.subarray(space + 1);
      this.#passing = length;
      return tooLong;
    }
    const end = space + 1 + length;
    if (this.#rest.length < end) {
      this.#wholeAt = end;
      return 'incomplete';
    }
    const text = this.#rest.toString('utf8', space + 1, end);
    this.#rest = this.#rest.subarray(end);
    return { kind: 'message', text };
  }

  /** Undefined for an empty line and for the end of one that was too long. */
  #line(): Frame | undefined | 'incomplete' {
    const newline = this.#rest.indexOf(NEWLINE);
    if (newline < 0) {
      this.#isLine = true;
      if (this.#rest.length <= LONGEST_MESSAGE) return 'incomplete';
      const isNew = !this.#isInLongLine;
      this.#isInLongLine = true;
      this.#rest = Buffer.alloc(0);
      return isNew ? tooLong : 'incomplete';
    }
    const text = this.#rest.toString('utf8', 0, newline).trim();
    this.#rest = this.#rest.subarray(newline + 1);
    const isEndOfLong = this.#isInLongLine;
    this.#isInLongLine = false;
    if (text === '' || isEndOfLong) return undefined;
    return newline > LONGEST_MESSAGE ? tooLong : { kind: 'message', text };
  }
}

const tooLong: Frame = { kind: 'damage', message: `a message above ${LONGEST_MESSAGE} bytes` };
