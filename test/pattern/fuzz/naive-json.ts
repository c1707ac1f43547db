/** JSON read letter by letter, as RFC 8259 has it: the slow and plain way, to compare a fast one with. */
export type Json =
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'constant'; readonly value: null | boolean }
  | { readonly kind: 'array'; readonly elements: readonly Json[] }
  | { readonly kind: 'object'; readonly members: ReadonlyMap<string, Json> };

/** The JSON of a whole text, or undefined when it is none. Recursive: for small texts. */
export function readNaively(text: string): Json | undefined {
  const reading = new Reading(text);
  try {
    const value = reading.value();
    reading.space();
    return reading.at === text.length ? value : undefined;
  } catch (error) {
    if (error === NOT_JSON) return undefined;
    throw error;
  }
}

/** One for all: making errors with their traces would take most of the time. */
const NOT_JSON = new Error('no JSON');

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

class Reading {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  space(): void {
    while (this.at < this.text.length && ' \t\n\r'.includes(this.text.charAt(this.at))) this.at += 1;
  }

  value(): Json {
    this.space();
    const char = this.text.charAt(this.at);
    if (char === '{') return this.object();
    if (char === '[') return this.array();
    if (char === '"') return { kind: 'string', text: this.string() };
    for (const [word, value] of [
      ['null', null],
      ['true', true],
      ['false', false],
    ] as const)
      if (this.text.slice(this.at, this.at + word.length) === word) {
        this.at += word.length;
        return { kind: 'constant', value };
      }
    return { kind: 'number', text: this.number() };
  }

  object(): Json {
    const members = new Map<string, Json>();
    this.list('{', '}', () => {
      this.space();
      const name = this.string();
      this.space();
      this.expect(':');
      members.set(name, this.value());
    });
    return { kind: 'object', members };
  }

  array(): Json {
    const elements: Json[] = [];
    this.list('[', ']', () => elements.push(this.value()));
    return { kind: 'array', elements };
  }

  list(open: string, close: string, item: () => void): void {
    this.expect(open);
    this.space();
    if (this.text.charAt(this.at) === close) {
      this.at += 1;
      return;
    }
    for (;;) {
      item();
      this.space();
      if (this.text.charAt(this.at) === close) break;
      this.expect(',');
    }
    this.at += 1;
  }

  string(): string {
    this.expect('"');
    let found = '';
    for (;;) {
      const char = this.text.charAt(this.at);
      if (char === '' || char < ' ') throw NOT_JSON;
      this.at += 1;
      if (char === '"') return found;
      found += char === '\\' ? this.escape() : char;
    }
  }

  escape(): string {
    const char = this.text.charAt(this.at);
    this.at += 1;
    if (char !== 'u') {
      const meant = ESCAPES[char];
      if (meant === undefined) throw NOT_JSON;
      return meant;
    }
    const code = this.text.slice(this.at, this.at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(code)) throw NOT_JSON;
    this.at += 4;
    return String.fromCharCode(Number.parseInt(code, 16));
  }

  number(): string {
    const found = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/.exec(this.text.slice(this.at))?.[0];
    if (found === undefined) throw NOT_JSON;
    this.at += found.length;
    return found;
  }

  expect(char: string): void {
    if (this.text.charAt(this.at) !== char) throw NOT_JSON;
    this.at += 1;
  }
}
