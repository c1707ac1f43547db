/** Writers for the few ASN.1 types that a certificate is made of (ITU-T X.690, distinguished encoding). */

const element = (tag: number, ...contents: Uint8Array[]): Uint8Array => {
  const content = Buffer.concat(contents);
  return Buffer.concat([Uint8Array.of(tag), lengthOf(content.length), content]);
};

function lengthOf(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  const bytes = bigEndian(length);
  return Uint8Array.of(0x80 | bytes.length, ...bytes);
}

function bigEndian(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return bytes;
}

export const derSequence = (...members: Uint8Array[]): Uint8Array => element(0x30, ...members);
export const derSet = (...members: Uint8Array[]): Uint8Array => element(0x31, ...members);
export const derOctets = (content: Uint8Array): Uint8Array => element(0x04, content);
export const derText = (text: string): Uint8Array => element(0x0c, Buffer.from(text, 'utf8'));
export const derTrue: Uint8Array = element(0x01, Uint8Array.of(0xff));
export const derNull: Uint8Array = element(0x05);

/** `[n]`, explicitly tagged. */
export const derTagged = (n: number, ...members: Uint8Array[]): Uint8Array => element(0xa0 | n, ...members);

/** `[n]` in place of a string's own tag, as alternative names are written. */
export const derTaggedText = (n: number, text: string): Uint8Array => element(0x80 | n, Buffer.from(text, 'latin1'));

/** A number that is not negative, from its big-endian bytes. */
export function derInteger(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  const digits = bytes.length === 0 ? Uint8Array.of(0) : bytes.subarray(start);
  // The first bit is the sign.
  return element(0x02, ...(digits[0]! >= 0x80 ? [Uint8Array.of(0), digits] : [digits]));
}

/** The bits of whole bytes; `unused` of the last byte do not count. */
export const derBits = (bytes: Uint8Array, unused = 0): Uint8Array => element(0x03, Uint8Array.of(unused), bytes);

/** `1.2.840.113549.1.1.11` and the like. */
export function derObjectId(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return element(0x06, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)));
}

function base128(arc: number): number[] {
  const digits = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) digits.unshift(0x80 | (rest % 128));
  return digits;
}

/** A time in whole seconds; from 2050 on with a year of four digits, as RFC 5280 wants it. */
export function derTime(at: number): Uint8Array {
  const digits = new Date(at).toISOString().replace(/[-:T]|\.\d+/g, '');
  const long = Number(digits.slice(0, 4)) >= 2050;
  return element(long ? 0x18 : 0x17, Buffer.from(long ? digits : digits.slice(2), 'latin1'));
}
