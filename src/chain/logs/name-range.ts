const LAST_CODE_POINT = 0x10ffff;
const FIRST_SURROGATE = 0xd800;
const LAST_SURROGATE = 0xdfff;

/**
 * The smallest text, in the order of UTF-8 bytes, that is greater than everything that begins with
 * `prefix`; undefined when there is none. With it a search by prefix is a range in an index.
 */
export function afterPrefix(prefix: string): string | undefined {
  const characters = Array.from(prefix);
  while (characters.length > 0) {
    const last = (characters.pop() as string).codePointAt(0) as number;
    if (last >= LAST_CODE_POINT) continue;
    const next = last + 1 === FIRST_SURROGATE ? LAST_SURROGATE + 1 : last + 1;
    return characters.join('') + String.fromCodePoint(next);
  }
  return undefined;
}
