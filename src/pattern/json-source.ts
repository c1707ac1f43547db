/** A JSON number as it is written: `12.0` and `12` have equal values and different texts. */
export class NumberSource {
  // Private, so that no selector takes it for a member of an object.
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get text(): string {
    return this.#text;
  }
}

type Container = Record<string, unknown> | unknown[];

const NUMBER = /[-+.0-9eE]+/y;

/**
 * Reads a JSON text as `JSON.parse` does, except that numbers become `NumberSource`. The text must
 * be known to be valid JSON. Works without recursion, so that depth is bounded by memory alone.
 * Objects have no prototype: a member named `__proto__` is a member like any other.
 */
export function readWithSources(text: string): unknown {
  const outer: Container[] = [];
  let container: Container | undefined;
  let key: string | undefined;
  let root: unknown;
  let at = 0;

  const add = (value: unknown): void => {
    if (Array.isArray(container)) container.push(value);
    else if (container && key !== undefined) container[key] = value;
    else root = value;
    key = undefined;
  };
  const open = (opened: Container): void => {
    add(opened);
    if (container) outer.push(container);
    container = opened;
  };

  while (at < text.length) {
    const char = text.charAt(at);
    if (char === '"') {
      const end = endOfString(text, at);
      const string = stringAt(text, at, end);
      if (container && !Array.isArray(container) && key === undefined) key = string;
      else add(string);
      at = end;
    } else if (char === '-' || (char >= '0' && char <= '9')) {
      NUMBER.lastIndex = at;
      const [number = char] = NUMBER.exec(text) ?? [];
      add(new NumberSource(number));
      at += number.length;
    } else if (char === '{' || char === '[') {
      open(char === '{' ? Object.create(null) : []);
      at += 1;
    } else if (char === '}' || char === ']') {
      container = outer.pop();
      at += 1;
    } else if (char === 't' || char === 'f' || char === 'n') {
      add(char === 'n' ? null : char === 't');
      at += char === 'f' ? 5 : 4;
    } else at += 1; // White space, a comma or a colon.
  }
  return root;
}

/** The position after the quote that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let before = quote;
    while (text.charAt(before - 1) === '\\') before -= 1;
    if ((quote - before) % 2 === 0) return quote + 1;
  }
  return text.length;
}

function stringAt(text: string, start: number, end: number): string {
  const inner = text.slice(start + 1, end - 1);
  return inner.includes('\\') ? (JSON.parse(text.slice(start, end)) as string) : inner;
}
