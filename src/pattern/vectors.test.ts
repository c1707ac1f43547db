import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compilePattern, EventView, PatternError, PatternSet } from './index.ts';

interface Vector {
  readonly id: string;
  readonly pattern: string;
  readonly event: string;
  readonly match: boolean | 'invalid';
  readonly extracted?: Record<string, string>;
  readonly why: string;
}

const file = new URL('../../test/data/filter-pattern-vectors.json', import.meta.url);
const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { vectors: Vector[] };
const judged = vectors.filter(({ match }) => match !== 'invalid');

describe('the documented and recorded behaviour of AWS', () => {
  it('is covered by the whole file', () => expect(vectors).toHaveLength(263));

  it.each(vectors.filter(({ match }) => match === 'invalid'))('$id refuses: $why', ({ pattern }) => {
    expect(() => compilePattern(pattern)).toThrow(PatternError);
  });

  it.each(judged)('$id judges: $why', ({ pattern, event, match, extracted }) => {
    const compiled = compilePattern(pattern);
    expect(compiled.matches(event)).toBe(match);
    if (extracted) expect(compiled.extract(event)).toEqual(extracted);
  });

  it('is the same when all patterns judge an event together', () => {
    const set = new PatternSet(judged.map(({ id, pattern }) => ({ id, compiled: compilePattern(pattern) })));
    for (const { event } of judged) {
      const alone = judged.filter(({ pattern }) => compilePattern(pattern).matches(event)).map(({ id }) => id);
      expect(set.matching(event)).toEqual(alone);
      expect(set.matchingEvent(new EventView(event))).toEqual(alone);
    }
  });
});
