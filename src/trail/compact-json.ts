const QUOTE = 34;
const BACKSLASH = 92;

/**
 * The same JSON text without the white space between tokens. Numbers, escapes and the order of
 * members stay as they are written, which a round trip through objects would not keep.
 */
export function compactJson(text: string): string {
  if (!/[\s]/.test(text)) return text;
  let out = '';
  let from = 0;
  let inString = false;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (inString) {
      if (code === BACKSLASH) i += 1;
      else if (code === QUOTE) inString = false;
    } else if (code === QUOTE) {
      inString = true;
    } else if (code === 32 || code === 10 || code === 13 || code === 9) {
      out += text.slice(from, i);
      from = i + 1;
    }
  }
  return out + text.slice(from);
}

/**
 * The source text of a member of a JSON object's text; the last one counts when a name repeats, as
 * in JSON.parse. Undefined when `text` has no such member. `text` must be valid JSON.
 */
export function memberText(text: string, name: string): string | undefined {
  let found: string | undefined;
  let depth = 0;
  let key: string | undefined;
  let valueStart = -1;
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i];
    if (char === '"') {
      const end = endOfString(text, i);
      if (depth === 1 && valueStart < 0) key = text.slice(i, end);
      i = end - 1;
    } else if (char === ':' && depth === 1 && valueStart < 0) {
      valueStart = i + 1;
    } else if (char === '{' || char === '[') {
      depth += 1;
    } else if (char === '}' || char === ']' || char === ',') {
      if (depth === 1 && valueStart >= 0) {
        if (key !== undefined && JSON.parse(key) === name) found = text.slice(valueStart, i).trim();
        valueStart = -1;
      }
      if (char !== ',') depth -= 1;
    }
  }
  return found;
}

/** The place after the quote that closes the string beginning at `start`. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === BACKSLASH) i += 1;
    else if (code === QUOTE) return i + 1;
  }
  return text.length;
}
