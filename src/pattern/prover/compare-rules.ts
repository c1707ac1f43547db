import type { JsonObject } from '../event-view.ts';
import { Budget, OutOfWork } from './budget.ts';
import { shapeRecord, usualAt } from './cloudtrail-shape.ts';
import { and, sideCondition } from './condition.ts';
import { writeDraft } from './draft.ts';
import { type Finding, type Findings, findingsBySide, liesOn, SIDES, type Side, unknown } from './finding.ts';
import { messageFindings } from './message-findings.ts';
import { Landscape, type RegionVerdict } from './region.ts';
import { jsonCondition, type Rule, spellingCondition, textMembers } from './rule.ts';

export type Relation = 'equivalent' | 'narrower' | 'broader' | 'overlapping' | 'disjoint' | 'uncertain';

/** How two rules relate, with an event for each difference. */
export interface Comparison {
  /** `narrower`: A matches less than B. Where neither matches anything they are equivalent. */
  readonly relation: Relation;
  /** An event that A alone matches. A message that is no JSON object is given as the string it is. */
  readonly onlyA: JsonObject | string | null;
  readonly onlyB: JsonObject | string | null;
  readonly both: JsonObject | string | null;
  /** The same events as the messages that were judged: reading and writing them again may change a number's digits. */
  readonly messages: { readonly onlyA: string | null; readonly onlyB: string | null; readonly both: string | null };
  readonly notes: readonly string[];
}

export interface CompareOptions {
  /** Steps of work after which the prover gives up; the default is some seconds. */
  readonly work?: number;
}

const DEFAULT_WORK = 6_000_000;

/**
 * Compares two rules by what they mean. Every event it gives was judged by both rules as they run.
 * Where the outcome hangs on what AWS does not document, or takes too much work, the relation is
 * `uncertain` and a note says why.
 */
export function compareRules(a: Rule, b: Rule, { work = DEFAULT_WORK }: CompareOptions = {}): Comparison {
  const findings = findingsOf(a, b, new Budget(work));
  const statuses = SIDES.map((side) => findings[side]);
  const relations = new Set(outcomes(statuses.map(({ kind }) => kind)).map((outcome) => relationOf(outcome)));
  const [first] = relations;
  const relation = relations.size === 1 && first ? first : 'uncertain';
  const reasons =
    relation === 'uncertain' ? statuses.flatMap((each) => (each.kind === 'hinges' ? each.reasons : [])) : [];
  const texts = Object.fromEntries(SIDES.map((side) => [side, messageOf(findings[side])])) as Comparison['messages'];
  return {
    relation,
    onlyA: asEvent(texts.onlyA),
    onlyB: asEvent(texts.onlyB),
    both: asEvent(texts.both),
    messages: texts,
    notes: [...new Set([...a.notes, ...b.notes, ...emptyNotes(findings), ...reasons, ...digitNotes(a, b, texts)])],
  };
}

const messageOf = (finding: Findings[Side]): string | null => ('message' in finding ? (finding.message ?? null) : null);

/** All that may be true, where some verdicts hinge on the unknown. */
const outcomes = (kinds: readonly RegionVerdict['kind'][]): boolean[][] =>
  kinds.reduce<boolean[][]>(
    (known, kind) =>
      known.flatMap((each) =>
        kind === 'hinges'
          ? [
              [...each, true],
              [...each, false],
            ]
          : [[...each, kind === 'some']],
      ),
    [[]],
  );

function relationOf([onlyA, onlyB, both]: readonly boolean[]): Relation {
  if (!onlyA) return onlyB ? 'narrower' : 'equivalent';
  if (!onlyB) return 'broader';
  return both ? 'overlapping' : 'disjoint';
}

function emptyNotes({ onlyA, onlyB, both }: Findings): string[] {
  if (both.kind !== 'none') return [];
  if (onlyA.kind === 'none' && onlyB.kind === 'none') return ['neither A nor B can match any event'];
  if (onlyA.kind === 'none') return ['A cannot match any event'];
  return onlyB.kind === 'none' ? ['B cannot match any event'] : [];
}

function asEvent(message: string | null): JsonObject | string | null {
  if (message === null) return null;
  try {
    const value: unknown = JSON.parse(message);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : message;
  } catch {
    return message;
  }
}

/** Some differences lie in how a number or a text is written, which an object cannot show. */
function digitNotes(a: Rule, b: Rule, messages: Comparison['messages']): string[] {
  return SIDES.flatMap((side) => {
    const message = messages[side];
    const event = asEvent(message);
    if (message === null || typeof event !== 'object' || liesOn(side, a, b, JSON.stringify(event))) return [];
    return [`it matters how the event of "${side}" is written: ${message}`];
  });
}

function findingsOf(a: Rule, b: Rule, budget: Budget): Findings {
  try {
    return judgesText(a, b) ? messageFindings(a, b, budget) : findingsBySide(jsonProver(a, b, budget));
  } catch (error) {
    return findingsBySide(() => givenUp(error));
  }
}

const judgesText = (a: Rule, b: Rule): boolean => textMembers(a).length + textMembers(b).length > 0;

/** Whether one rule matches all that another does: `none` where it does, else with an event that it misses. */
export interface Gap {
  /** `hinges`: on what AWS does not document, or it takes too much work to tell. */
  readonly kind: 'none' | 'some' | 'hinges';
  readonly event: JsonObject | string | null;
  readonly reasons: readonly string[];
}

/** Looks for an event that `wanted` matches and `rule` does not; a third of the work of a comparison. */
export function gapIn(rule: Rule, wanted: Rule, { work = DEFAULT_WORK }: CompareOptions = {}): Gap {
  const finding = findingBeyond(rule, wanted, new Budget(work));
  const reasons = finding.kind === 'hinges' ? finding.reasons : [];
  return { kind: finding.kind, event: asEvent(messageOf(finding)), reasons };
}

function findingBeyond(rule: Rule, wanted: Rule, budget: Budget): Finding {
  try {
    if (judgesText(rule, wanted)) return messageFindings(rule, wanted, budget).onlyB;
    return jsonProver(rule, wanted, budget)('onlyB');
  } catch (error) {
    return givenUp(error);
  }
}

function orGiveUp(prove: () => Finding): Finding {
  try {
    return prove();
  } catch (error) {
    return givenUp(error);
  }
}

function givenUp(error: unknown): Finding {
  if (!(error instanceof OutOfWork)) throw error;
  return unknown(`gave up: ${error.message}`);
}

function jsonProver(a: Rule, b: Rule, budget: Budget): (side: Side) => Finding {
  const [conditionA, conditionB] = [jsonCondition(a), jsonCondition(b)];
  const usual = spellingCondition(a, b);
  const landscape = new Landscape([conditionA, conditionB, usual], usualAt, budget);
  return (side) => {
    // What one side costs shall not be taken from the others.
    budget.renew();
    return orGiveUp(() => {
      const verdict = landscape.decide(and(usual, sideCondition(side, conditionA, conditionB)));
      return confirmed(verdict, (message) => liesOn(side, a, b, message));
    });
  };
}

/** Holds what was proved against the rules as they run, and gives the event the shape of a record. */
function confirmed(verdict: RegionVerdict, isFit: (message: string) => boolean): Finding {
  if (verdict.kind === 'none') return verdict;
  const reasons = verdict.kind === 'hinges' ? verdict.reasons : [];
  if (!verdict.event) return unknown(...reasons);
  if (!isFit(writeDraft(verdict.event))) return unknown('an event of the proof was not confirmed by the matcher');
  const message = writeDraft(shapeRecord(verdict.event, isFit));
  return verdict.kind === 'some' ? { kind: 'some', message } : { kind: 'hinges', message, reasons };
}
