import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRegex, RegexFault } from './regular-expression.ts';

const finds = (source: string, text: string): boolean => compileRegex(source).search(text);

describe('a regular expression', () => {
  it.each([
    ['a{,2}b', 'b', true],
    ['^a{,2}b', 'aaab', false],
    ['^a{2}$', 'aa', true],
    ['^a{2,}$', 'aaaaa', true],
    ['^a{01,02}$', 'aa', true],
    ['a{1,02}', 'a{1,02}'.replace('a', ''), false],
    ['^[^ab]+$', 'cd', true],
    ['[[:a]x', ':x', true],
    ['[[:alpha:]]', 'l]', true],
    ['[[:alpha:]]', 'z]', false],
    ['[a\\-z]', 'm', false],
    ['[]]', ']', true],
    ['a}b]', 'a}b]', true],
    ['\\{\\}\\[\\]\\^\\$\\|\\.\\\\', '{}[]^$|.\\', true],
    ['\\/\\:\\@', '/:@', true],
    ['^\\w$', 'é', false],
    ['a.b', 'a\nb', true],
    ['a$', 'a\n', false],
    ['^b', 'a\nb', false],
    ['Root', 'root', false],
    ['^a|b$', 'cb', true],
    ['\\x28\\x5B', '([', true],
    ['key: value', 'key: value', true],
  ] as const)('%s on %j: %s', (source, text, expected) => expect(finds(source, text)).toBe(expected));

  it.each([
    ['', 0],
    ['ab(c)', 2],
    ['a\\(b', 1],
    ['a!', 1],
    ['[a"]', 2],
    ['ü', 0],
    ['a\\b', 1],
    ['\\1', 0],
    ['\\p', 0],
    ['\\x4', 0],
    ['a{', 1],
    ['a{,}', 1],
    ['a{x}', 1],
    ['a[b', 1],
    ['a**', 0],
    ['*a', 0],
    ['a{3,2}', 0],
    ['[z-a]', 0],
    ['a\\', 1],
    ['a{1001}', 0],
    ['a{600}b{600}', 0],
  ])('refuses %j', (source, at) => {
    let fault: unknown;
    try {
      compileRegex(source);
    } catch (error) {
      fault = error;
    }
    expect(fault).toBeInstanceOf(RegexFault);
    expect((fault as RegexFault).at).toBe(at);
  });

  it('finds what the regular expressions of the language find', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', '\\D', '\\w', '\\.', '\\x61', ' ', '-');
    const piece = fc
      .tuple(atom, fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,2}', '{0,1}'))
      .map((pair) => pair.join(''));
    const branch = fc.tuple(
      fc.constantFrom('', '^'),
      fc.array(piece, { minLength: 1, maxLength: 4 }),
      fc.constantFrom('', '$'),
    );
    const source = fc
      .array(
        branch.map(([head, pieces, tail]) => head + pieces.join('') + tail),
        { minLength: 1, maxLength: 3 },
      )
      .map((branches) => branches.join('|'));
    fc.assert(
      fc.property(source, fc.string({ unit: fc.constantFrom(...'ab.1 -é\n'), maxLength: 8 }), (expression, text) => {
        expect(finds(expression, text)).toBe(new RegExp(expression, 'su').test(text));
      }),
      { numRuns: 3000 },
    );
  });
});
