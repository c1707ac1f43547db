/**
 * Whether a text fits a pattern in which `*` stands for any text and `?` for one character, as in
 * policies. On a mismatch only the last star takes one more, so that the time is at most pattern times text.
 * @param one the sign for one character; empty where there is none
 */
export function glob(pattern: string, text: string, one = '?'): boolean {
  let at = 0;
  let star = -1;
  let taken = 0;
  let read = 0;
  while (read < text.length) {
    if (pattern[at] === '*') {
      star = at;
      taken = read;
      at += 1;
    } else if (at < pattern.length && (pattern[at] === one || pattern[at] === text[read])) {
      at += 1;
      read += 1;
    } else if (star >= 0) {
      at = star + 1;
      taken += 1;
      read = taken;
    } else return false;
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}
