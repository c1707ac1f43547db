import type { Budget } from './budget.ts';
import { UNUSUAL } from './cloudtrail-shape.ts';
import { ALWAYS, and, type Condition, or, sideCondition, valueAt } from './condition.ts';
import type { Draft } from './draft.ts';
import { type Finding, type Findings, findingsBySide, liesOn, type Side, unknown } from './finding.ts';
import { isStringProbe, named, textCondition } from './message-condition.ts';
import { Landscape } from './region.ts';
import { type Rule, textMembers } from './rule.ts';

const MESSAGE = named('message');

/** What the text patterns of a rule ask of a message. */
export const messageCondition = (rule: Rule): Condition =>
  or(
    ...textMembers(rule).map(({ pattern }) =>
      pattern.kind === 'text' ? textCondition(pattern, MESSAGE) : pattern.kind === 'everything' ? ALWAYS : or(),
    ),
  );

/** Compares rules made of text patterns. */
export function textFindings(a: Rule, b: Rule, budget: Budget): Findings {
  const [conditionA, conditionB] = [messageCondition(a), messageCondition(b)];
  const prover = new MessageProver([conditionA, conditionB], budget);
  return findingsBySide((side) => {
    const message = prover.find(sideCondition(side, conditionA, conditionB));
    if (message === undefined) return { kind: 'none' };
    return asFinding(message, side, a, b);
  });
}

const asFinding = (message: string, side: Side, a: Rule, b: Rule): Finding =>
  liesOn(side, a, b, message) ? { kind: 'some', message } : unknown('a message of the proof was not confirmed');

/** Finds messages that fulfil conditions on their text. */
export class MessageProver {
  readonly #landscape: Landscape;
  readonly #isText = valueAt(MESSAGE, isStringProbe);

  constructor(conditions: readonly Condition[], budget: Budget) {
    this.#landscape = new Landscape([this.#isText, ...conditions], () => UNUSUAL, budget);
  }

  find(condition: Condition): string | undefined {
    const verdict = this.#landscape.decide(and(this.#isText, condition));
    return verdict.kind === 'some' ? textIn(verdict.event, 'message') : undefined;
  }
}

/** The string at a member of an event in the making. */
export function textIn(event: Draft, name: string): string {
  const value = event.kind === 'object' ? event.members.get(name) : undefined;
  return value?.kind === 'scalar' ? (JSON.parse(value.json) as string) : '';
}
