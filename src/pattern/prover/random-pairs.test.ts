import { describe, expect, it } from 'vitest';
import { matchesInWorld, type WholeWorld } from '../../../test/pattern/judge-in-world.ts';
import { eventMaker, pick, randomOf, randomPattern, varied } from '../../../test/pattern/random-rules.ts';
import { compareRules, type Relation } from './compare-rules.ts';
import { filterRule, type Rule, ruleMatches } from './rule.ts';
import { CONSTANT_CUSTOMS, NUMERIC_STRING_CUSTOMS, WILDCARD_CUSTOMS } from './world.ts';

const PAIRS = Number(process.env.PAIRS ?? 150);
const EVENTS = Number(process.env.EVENTS ?? 40);
/** Pairs that are said to be equivalent meet more events in a long run. */
const EQUIVALENT_EVENTS = Number(process.env.EQUIVALENT_EVENTS ?? EVENTS);
const SEED = Number(process.env.SEED ?? 1);

/** What a relation says cannot happen: A matches, B matches. */
const RULED_OUT: Readonly<Record<Relation, readonly string[]>> = {
  equivalent: ['true,false', 'false,true'],
  narrower: ['true,false'],
  broader: ['false,true'],
  disjoint: ['true,true'],
  overlapping: [],
  uncertain: [],
};

describe('random pairs of patterns', () => {
  it('never meet an event that their relation rules out, and are hardly ever uncertain', () => {
    const random = randomOf(SEED);
    const counts: Partial<Record<Relation, number>> = {};
    let undecided = 0;
    for (let i = 0; i < PAIRS; i += 1) {
      const diet = { wildcards: i % 3 === 0, depth: i % 4 };
      const a = pattern(() => randomPattern(random, diet));
      const b = pattern(() => (i % 2 === 0 ? randomPattern(random, diet) : varied(random, a)));
      const [ruleA, ruleB] = [filterRule(a), filterRule(b)];
      const result = compareRules(ruleA, ruleB);
      counts[result.relation] = (counts[result.relation] ?? 0) + 1;
      const shown = `${a} and ${b} are ${result.relation}`;
      confirm(ruleA, ruleB, result.messages, shown);
      expect(result.notes.join(), shown).not.toMatch(/not confirmed/);
      if (result.relation === 'uncertain' && !result.notes.join().includes('does not document')) undecided += 1;
      const next = eventMaker(random, [a, b]);
      const events = result.relation === 'equivalent' ? EQUIVALENT_EVENTS : EVENTS;
      for (let j = 0; j < events; j += 1) {
        const message = next();
        const verdict = `${ruleMatches(ruleA, message)},${ruleMatches(ruleB, message)}`;
        expect(RULED_OUT[result.relation], `${shown}: ${message}`).not.toContain(verdict);
        const world: WholeWorld = {
          constants: pick(random, CONSTANT_CUSTOMS),
          numericStrings: pick(random, NUMERIC_STRING_CUSTOMS),
          wildcards: pick(random, WILDCARD_CUSTOMS),
        };
        const elsewhere = `${matchesInWorld(a, message, world)},${matchesInWorld(b, message, world)}`;
        const place = `${shown}: ${message} where ${JSON.stringify(world)}`;
        expect(RULED_OUT[result.relation], place).not.toContain(elsewhere);
      }
    }
    expect(undecided / PAIRS).toBeLessThan(0.02);
    if (process.env.PAIRS) console.log(counts, { undecided });
    for (const relation of ['equivalent', 'narrower', 'broader', 'overlapping', 'disjoint'] as const)
      expect(counts[relation], relation).toBeGreaterThan(0);
  }, 3_600_000);

  it('are equivalent to themselves, written in another way', () => {
    const random = randomOf(SEED + 1);
    for (let i = 0; i < PAIRS / 4; i += 1) {
      const a = pattern(() => randomPattern(random, { wildcards: i % 2 === 0, depth: 2 }));
      const same = pick(random, [
        a.replaceAll(' && ', '&&'),
        `{(${a.slice(1, -1)}) && ($.zz NOT EXISTS)}`.replace(' && ($.zz NOT EXISTS)', ''),
        `{ (${a.slice(1, -1)}) || (${a.slice(1, -1)}) }`.slice(0, 1024),
      ]);
      const rule = pattern(() => same, a);
      expect(compareRules(filterRule(a), filterRule(rule)).relation, `${a} and ${rule}`).toBe('equivalent');
    }
  }, 3_600_000);
});

function confirm(a: Rule, b: Rule, messages: ReturnType<typeof compareRules>['messages'], shown: string): void {
  const { onlyA, onlyB, both } = messages;
  if (onlyA !== null) expect([ruleMatches(a, onlyA), ruleMatches(b, onlyA)], shown).toEqual([true, false]);
  if (onlyB !== null) expect([ruleMatches(a, onlyB), ruleMatches(b, onlyB)], shown).toEqual([false, true]);
  if (both !== null) expect([ruleMatches(a, both), ruleMatches(b, both)], shown).toEqual([true, true]);
}

/** The first text that is a pattern; edits may have made one that is none. */
function pattern(make: () => string, otherwise?: string): string {
  for (let tries = 0; ; tries += 1) {
    const text = tries > 20 && otherwise !== undefined ? otherwise : make();
    try {
      filterRule(text);
      return text;
    } catch {
      if (tries > 100) throw new Error(`no pattern in ${text}`);
    }
  }
}
