import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NumberSource, readWithSources } from './json-source.ts';

/** Turns number texts back into numbers, and objects into ordinary ones. */
function plain(value: unknown): unknown {
  if (value instanceof NumberSource) return JSON.parse(value.text);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const copy = {};
  for (const [key, member] of Object.entries(value))
    Object.defineProperty(copy, key, { value: plain(member), enumerable: true, writable: true, configurable: true });
  return copy;
}

describe('reading JSON with the texts of numbers', () => {
  it('agrees with JSON.parse on all else', () => {
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 6, stringUnit: 'binary' }),
        fc.constantFrom(undefined, 1, '\t'),
        (text, indent) => {
          const message = JSON.stringify(JSON.parse(text), undefined, indent);
          expect(plain(readWithSources(message))).toEqual(JSON.parse(message));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it.each(['12.0', '-0', '1E+05', '9007199254740993', '0.10'])('keeps %s as it is written', (text) => {
    expect(readWithSources(`{"a":[true,${text} ]}`)).toEqual({ a: [true, new NumberSource(text)] });
    expect(readWithSources(text)).toEqual(new NumberSource(text));
  });

  it('takes the last of repeated members, and reads escapes', () => {
    expect(readWithSources(String.raw`{"a":1,"\u0061":{"b\"\\":2},"":null,"__proto__":3}`)).toEqual(
      Object.assign(Object.create(null), {
        a: { 'b"\\': new NumberSource('2') },
        '': null,
        ['__proto__']: new NumberSource('3'),
      }),
    );
  });
});
