/** One field of a message that is read by a space-delimited pattern. */
export interface DelimitedField {
  /** Without the quotes or brackets that delimit it. */
  readonly text: string;
  /** Where it begins in the message, delimiter included. */
  readonly start: number;
}

const CLOSING: Readonly<Record<string, string>> = { '"': '"', '[': ']' };
const SPACE = /[ \t\n\r\f\v]+/y;
const WORD = /[^ \t\n\r\f\v]+/y;

/**
 * Splits a message at white space. A field that begins with `"` runs to the next `"`, one that
 * begins with `[` to the next `]`, or to the end of the message when none follows.
 */
export function splitFields(message: string): DelimitedField[] {
  const fields: DelimitedField[] = [];
  let at = 0;
  while (at < message.length) {
    SPACE.lastIndex = at;
    at += SPACE.exec(message)?.[0].length ?? 0;
    if (at >= message.length) break;
    const start = at;
    const closing = CLOSING[message.charAt(at)];
    if (closing === undefined) {
      WORD.lastIndex = at;
      const text = WORD.exec(message)?.[0] ?? '';
      fields.push({ text, start });
      at += text.length;
    } else {
      const close = message.indexOf(closing, at + 1);
      const end = close < 0 ? message.length : close;
      fields.push({ text: message.slice(at + 1, end), start });
      at = end + 1;
    }
  }
  return fields;
}
