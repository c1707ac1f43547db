/** What would forge lines, hide or reverse text in a mail: controls, format and direction marks, line separators. */
const UNSHOWABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu;

/** Text from a record made fit for one line of a message: nothing invisible, at most `longest` characters. */
export function plainText(text: string, longest: number): string {
  // Cut before replacing, so that the work does not grow with a hostile field.
  const shown = text
    .slice(0, longest * 2)
    .replace(UNSHOWABLE, ' ')
    .trim();
  if (shown.length <= longest && text.length <= longest * 2) return shown;
  return `${shown.slice(0, longest - 1).replace(UNSHOWABLE, '')}…`;
}

/** `plainText`, or undefined for what is no text or shows nothing. */
export function shownText(value: unknown, longest: number): string | undefined {
  const text = typeof value === 'string' ? plainText(value, longest) : '';
  return text === '' ? undefined : text;
}
