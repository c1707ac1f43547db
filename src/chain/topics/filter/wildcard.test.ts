import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Wildcard } from './wildcard.ts';

/** The plain meaning: a star takes nothing, or one character more. */
function naive(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern[0] === '*') return naive(pattern.slice(1), text) || (text !== '' && naive(pattern, text.slice(1)));
  return pattern[0] === text[0] && text !== '' && naive(pattern.slice(1), text.slice(1));
}

const word = (alphabet: string) => fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 9 });

describe('a wildcard pattern', () => {
  it('matches what a naive reading matches', () => {
    const pattern = word('ab*').map((text) => text.replace(/\*+/g, '*'));
    fc.assert(
      fc.property(pattern, word('ab'), (glob, text) => new Wildcard(glob).matches(text) === naive(glob, text)),
      { numRuns: 3_000 },
    );
  });

  it('takes an escaped star and backslash for themselves', () => {
    expect(new Wildcard('a\\*\\\\*').matches('a*\\xyz')).toBe(true);
    expect(new Wildcard('a\\*').matches('ab')).toBe(false);
  });

  it.each([
    ['a**', 'Consecutive wildcard characters at pos 1'],
    ['a\\b', 'Invalid escape character at pos 1'],
    ['\\', 'Invalid escape character at pos 0'],
  ])('is refused as %j', (pattern, text) => {
    expect(() => new Wildcard(pattern)).toThrow(text);
  });
});
