import { describe, expect, it } from 'vitest';
import { BENCHMARKS, DEFAULT_BENCHMARK } from '../../src/audit/controls/benchmark.ts';
import { canonicalPattern, printedPattern } from '../../src/audit/controls/control.ts';
import { CONTROLS, controlsOf } from '../../src/audit/controls/find-control.ts';
import { compareRules, filterRule, PatternError, parsePattern } from '../../src/pattern/index.ts';
import { eventMaker, randomOf } from './random-rules.ts';

const EVENTS = Number(process.env.EVENTS ?? 300);
const canonical = controlsOf(DEFAULT_BENCHMARK).map(
  (control) => [control.slug, canonicalPattern(control, DEFAULT_BENCHMARK)] as const,
);

/** Every pattern that differs from `text` in one operator, value, bracket or letter case. */
function mutationsOf(text: string): { what: string; mutated: string }[] {
  const replaced = (what: string, expression: RegExp, replacement: (found: string) => string) =>
    [...text.matchAll(expression)].map((match) => ({
      what: `${what} at ${match.index}`,
      mutated: text.slice(0, match.index) + replacement(match[0]) + text.slice(match.index + match[0].length),
    }));
  return [
    ...replaced('= to !=', /(?<![!<>])=/g, () => '!='),
    ...replaced('!= to =', /!=/g, () => '='),
    ...replaced('&& to ||', /&&/g, () => '||'),
    ...replaced('|| to &&', /\|\|/g, () => '&&'),
    ...replaced('a value that goes on', /(?<==\s*"?)[*\w.]+/g, (value) => `${value}X`),
    ...replaced('a value cut short', /(?<==\s*"?)[*\w.]{2,}/g, (value) => value.slice(0, -1)),
    ...replaced('a value in lower case', /(?<==\s*"?)[*\w.]*[A-Z][*\w.]*/g, (value) => value.toLowerCase()),
    ...replaced('a name in lower case', /\$[.\w]*[A-Z][.\w]*/g, (name) => name.toLowerCase()),
    ...replaced('presence for absence', /NOT EXISTS/g, () => '= *'),
    ...bracketPairs(text).map(([open, close]) => ({
      what: `brackets at ${open} and ${close} left out`,
      mutated: `${text.slice(0, open)} ${text.slice(open + 1, close)} ${text.slice(close + 1)}`,
    })),
  ];
}

function bracketPairs(text: string): [number, number][] {
  const open: number[] = [];
  return [...text].flatMap((char, at): [number, number][] => {
    if (char === '(') open.push(at);
    return char === ')' ? [[open.pop()!, at]] : [];
  });
}

/** The syntax tree without places and quotes: patterns with the same one are equivalent by reading. */
const shapeOf = (text: string): string =>
  JSON.stringify(parsePattern(text), (key, value: unknown) =>
    ['start', 'end', 'quoted', 'text'].includes(key) && typeof value !== 'string' ? undefined : value,
  );

describe('a single mutation of a CIS pattern', () => {
  it.each(canonical)(
    'of %s is told apart, or has the same syntax tree',
    (_slug, text) => {
      const rule = filterRule(text);
      const shape = shapeOf(text);
      let apart = 0;
      for (const { what, mutated } of mutationsOf(text)) {
        let other: ReturnType<typeof filterRule>;
        try {
          other = filterRule(mutated);
        } catch (error) {
          expect(error).toBeInstanceOf(PatternError);
          continue;
        }
        const { relation, onlyA, onlyB } = compareRules(rule, other);
        if (shapeOf(mutated) === shape) {
          expect(relation, `${what}: ${mutated}`).toBe('equivalent');
          continue;
        }
        expect(['narrower', 'broader', 'overlapping', 'disjoint'], `${what}: ${relation} ${mutated}`).toContain(
          relation,
        );
        expect(onlyA ?? onlyB, what).toBeTypeOf('object');
        apart += 1;
      }
      expect(apart).toBeGreaterThan(5);
    },
    120_000,
  );
});

describe('what the benchmark prints', () => {
  const random = randomOf(7);

  it.each(CONTROLS.map((control) => [control.slug, control] as const))(
    'for %s relates to the canonical pattern as events show',
    (_slug, control) => {
      const text = canonicalPattern(control, DEFAULT_BENCHMARK);
      const versions = BENCHMARKS.map((version) => printedPattern(control, version));
      for (const other of new Set([...versions, ...control.accepted])) {
        const [a, b] = [filterRule(text), filterRule(other)];
        const { relation } = compareRules(a, b);
        expect(relation).not.toBe('uncertain');
        const next = eventMaker(random, [text, other]);
        const matched = (rule: typeof a, message: string): boolean =>
          rule.members.some((member) => member.matches(message));
        for (let i = 0; i < EVENTS; i += 1) {
          const message = next();
          const [inA, inB] = [matched(a, message), matched(b, message)];
          if (relation === 'equivalent') expect(inA, message).toBe(inB);
          if (relation === 'narrower') expect(inA && !inB, message).toBe(false);
          if (relation === 'broader') expect(inB && !inA, message).toBe(false);
        }
      }
    },
  );
});
