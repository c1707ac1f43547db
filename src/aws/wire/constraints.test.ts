import { describe, expect, it } from 'vitest';
import { brokenByNumber, brokenBySize, brokenByText, loadConstraints } from './constraints.ts';
import { SERVICES } from './services.ts';

describe('constraints', () => {
  it('report every rule that a text breaks', () => {
    const constraint = { min: 2, pattern: /^[a-z]+$/u, patternText: '[a-z]+' };
    expect(brokenByText('A', constraint)).toEqual([
      'Member must have length greater than or equal to 2',
      'Member must satisfy regular expression pattern: [a-z]+',
    ]);
    expect(brokenByText('ab', constraint)).toEqual([]);
  });

  it('count characters, not UTF-16 units', () => {
    expect(brokenByText('🙂🙂', { max: 2 })).toEqual([]);
    expect(brokenByText('🙂🙂🙂', { max: 2 })).toEqual(['Member must have length less than or equal to 2']);
    expect(brokenByText('🙂', { min: 2 })).toEqual(['Member must have length greater than or equal to 2']);
  });

  it('bound sizes and numbers on both sides', () => {
    const constraint = { min: 1, max: 3 };
    expect([0, 1, 3, 4].map((size) => brokenBySize(size, constraint).length)).toEqual([1, 0, 0, 1]);
    expect([0, 1, 3, 3.5].map((value) => brokenByNumber(value, constraint).length)).toEqual([1, 0, 0, 1]);
  });

  it('hold patterns that all compile, and none that hangs on a text made to hurt', () => {
    // Nested repetitions run for ever on long runs of one kind that fail at the end.
    const runs = ['a', '0', '-', '.', ' ', '/', ':', '*', 'a-', 'a.', 'a/', '0.', '0:', 'TM(', '_E'];
    let patterns = 0;
    for (const { id } of SERVICES) {
      for (const constraint of loadConstraints(id).values()) {
        if (!constraint.pattern) continue;
        patterns += 1;
        for (const run of runs) {
          const text = run.repeat(Math.ceil(Math.min(constraint.max ?? 4000, 4000) / run.length)).slice(0, -1);
          brokenByText(`${text}\u0000`, constraint);
        }
      }
    }
    expect(patterns).toBeGreaterThan(200);
  });
});
