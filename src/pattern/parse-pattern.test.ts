import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PatternError, parsePattern } from './index.ts';

function faultOf(text: string): PatternError {
  try {
    parsePattern(text);
  } catch (error) {
    if (error instanceof PatternError) return error;
    throw error;
  }
  throw new Error(`${text} was accepted`);
}

describe('messages of refused patterns', () => {
  it('are worded as the caller asks', () => {
    const wording = { invalid: 'Invalid metric filter pattern' } as const;
    expect(() => parsePattern('{ $.a }', wording)).toThrow(/^Invalid metric filter pattern$/);
    expect(() => parsePattern('{ $.a }')).toThrow(/^Invalid filter pattern$/);
  });

  it.each([
    ['{ $.a = 1', "If a filter pattern starts with '{' it must end with '}'", 9],
    ['{', "If a filter pattern starts with '{' it must end with '}'", 1],
    ['[a, b  ', "If a filter pattern starts with '[' it must end with ']'", 5],
    ['user@example.org', "Invalid character(s) in term '@'", 4],
    ['ab cd😀', "Invalid character(s) in term '😀'", 5],
    ['{ $."name" = 1 }', `Invalid character(s) in term '"'`, 4],
    ['{ $.na:me = 1 }', "Invalid character(s) in term ':'", 6],
    [' { $.a = 1 }', "Invalid character(s) in term '{'", 1],
    ['{ ($.a = 1 }', 'Invalid filter pattern', 2],
    ['{ $.a = 1) }', 'Invalid filter pattern', 9],
    ['{ $.a = "x }', 'Invalid filter pattern', 8],
    ['{ $.a >= "4" }', 'Invalid filter pattern', 9],
    ['{ $.a = %a[% }', 'Invalid filter pattern', 10],
    ['{ $.a = %a(b)% }', 'Invalid filter pattern', 10],
    ['{ $.a[*] = 1 || $.b.* = 1 || $[*] = 1 || $.*.c = 1 }', 'Invalid filter pattern', 41],
    ['{ $.a = %1% && $.a = %2% && $.a = %3% }', 'Invalid filter pattern', 34],
    ['{ $.a.*[*] = 1 }', 'Invalid filter pattern', 7],
    ['[a=1 && b=2]', 'Invalid filter pattern', 8],
    ['[..., a, ...]', 'Invalid filter pattern', 9],
    ['ERROR -', 'Invalid filter pattern', 6],
    ['"a"b', 'Invalid filter pattern', 3],
  ])('%s', (text, message, offset) => {
    expect(faultOf(text)).toMatchObject({ message, offset });
  });

  it('quote a pattern that is too long', () => {
    const long = 'a'.repeat(1025);
    expect(faultOf(long).message).toBe(
      `1 validation error detected: Value '${long}' at 'filterPattern' failed to satisfy constraint: ` +
        'Member must have length less than or equal to 1024',
    );
  });

  it('count characters, not UTF-16 units', () => {
    expect(parsePattern(`"${'😀'.repeat(1022)}"`).kind).toBe('text');
    expect(faultOf(`"${'😀'.repeat(1023)}"`).offset).toBe(1024);
  });

  it.each([
    ['{ eventName = x }', 'Write $.eventName.'],
    ['{ $.a == 1 }', 'Equality is written with a single =.'],
    ["{ $.a = 'x' }", 'Quote the value with ".'],
    ['{ $.a = 1 AND $.b = 2 }', 'Write && for "and".'],
    ['{ $.a = 1 & $.b = 2 }', 'Write && for "and".'],
    ['{ $.a = 1 or $.b = 2 }', 'Write || for "or".'],
    ['{ $.a = b c }', 'A value with blanks or symbols needs double quotes.'],
    ['{ $.a EXISTS }', 'Write $.a = * for a string or number that is present.'],
    ['{ $.invokedByNOT EXISTS }', 'Write $.invokedBy NOT EXISTS, with a blank before NOT.'],
    ['{ !($.a = 1) }', 'There is no negation; use != or NOT EXISTS.'],
    ['{ $."dash-key" = 1 }', "Write a name with other characters in brackets: $.['dash-key']."],
    [' { $.a = 1 }', 'Remove the blanks before {.'],
    ['user@example.org', 'Put the term in double quotes: "user@example.org".'],
    ['[a b]', 'Write a comma between two fields.'],
  ])('suggest for %s', (text, suggestion) => {
    expect(faultOf(text).suggestion).toBe(suggestion);
  });
});

describe('the syntax tree', () => {
  it('binds && tighter than || and says where everything stands', () => {
    const text = '{ $.a = 1 || ($.b = "x*" && $.c NOT EXISTS) }';
    const pattern = parsePattern(text);
    if (pattern.kind !== 'json') throw new Error(pattern.kind);
    const { root } = pattern;
    if (root.kind !== 'or') throw new Error(root.kind);
    expect(text.slice(root.start, root.end)).toBe('$.a = 1 || ($.b = "x*" && $.c NOT EXISTS)');
    const [first, second] = root.operands;
    expect(first).toMatchObject({ kind: 'compare', operator: '=', literal: { kind: 'number', value: 1 } });
    expect(second).toMatchObject({
      kind: 'and',
      operands: [{ literal: { kind: 'glob', parts: ['x', ''], quoted: true } }, { kind: 'not-exists' }],
    });
  });

  it('is frozen throughout', () => {
    const isFrozen = (value: unknown): boolean =>
      typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(isFrozen));
    for (const text of [
      '',
      'a -"b" ?%c%',
      "{ $.a[0]['b'].* = 1* && ($.c IS NULL || $.d > 1) }",
      '[a = 1 || a = %2%, ...,]',
    ])
      expect(isFrozen(parsePattern(text))).toBe(true);
  });

  it('reads keywords in any case and white space of every sort', () => {
    expect(parsePattern('{\t$.a\nis\r\nnull&&$.b not   exists }').kind).toBe('json');
  });

  it('unescapes quotes and backslashes only', () => {
    expect(parsePattern(String.raw`"a\"b\\c\d"`)).toMatchObject({
      terms: [{ literal: { text: String.raw`a"b\c\d` } }],
    });
  });
});

describe('any text', () => {
  const seeds = [
    '{ ($.a = "x\\"y") && ($.b[0].c != 1e-3 || $.[\'k.d\'] IS TRUE) || $.e.* = %a[^b]{1,3}$% && $.f NOT EXISTS }',
    '[ip, user = a* && (user != "ab" || user = %^a%), ..., status >= 400, ]',
    'ERROR -"not this" ?maybe %rx\\d+% inner-hyphen v1.2',
  ];
  const mutated = fc
    .tuple(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.nat(120), fc.nat(3), fc.string({ maxLength: 4 }))))
    .map(([seed, edits]) =>
      edits.reduce((text, [at, cut, put]) => text.slice(0, at) + put + text.slice(at + cut), seed),
    );
  const scrambled = fc
    .array(fc.constantFrom(...'{}[]()$.*"%\'\\=!<>&|,?- ab10', '&&', '||', 'NOT EXISTS', 'IS NULL', '...'), {
      maxLength: 60,
    })
    .map((tokens) => tokens.join(''));

  it('is a pattern or a PatternError with an offset inside it', () => {
    const bracketed = scrambled.map((inner) => `{${inner}}`);
    const delimited = scrambled.map((inner) => `[${inner}]`);
    fc.assert(
      fc.property(fc.oneof(mutated, scrambled, bracketed, delimited, fc.string({ unit: 'binary' })), (text) => {
        try {
          const pattern = parsePattern(text);
          expect(pattern.end).toBe(text.length);
        } catch (error) {
          expect(error).toBeInstanceOf(PatternError);
          const { offset, reason } = error as PatternError;
          expect(offset).toBeGreaterThanOrEqual(0);
          expect(offset).toBeLessThanOrEqual(text.length);
          expect(reason).not.toBe('');
        }
      }),
      { numRuns: 5000 },
    );
  });

  it('may nest as deep as its length allows', () => {
    const deep = `{${'('.repeat(508)}$.a=1${')'.repeat(508)}}`;
    expect(parsePattern(deep)).toMatchObject({ kind: 'json', root: { kind: 'compare' } });
    const alternating = `{${'($.a=1||($.a=2&&'.repeat(55)}$.a=3${'))'.repeat(55)}}`;
    expect(parsePattern(alternating)).toMatchObject({ root: { kind: 'or' } });
    expect(faultOf(`{${'('.repeat(1000)}}`).message).toBe('Invalid filter pattern');
    expect(faultOf(`{${'($.a=1||'.repeat(100)}}`).message).toBe('Invalid filter pattern');
  });
});
