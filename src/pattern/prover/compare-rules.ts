import type { JsonObject } from '../event-view.ts';
import { Budget, OutOfWork } from './budget.ts';
import { shapeRecord, usualTexts } from './cloudtrail-shape.ts';
import { and, type Condition, not } from './condition.ts';
import { writeDraft } from './draft.ts';
import { type Findings, messageFindings } from './message-findings.ts';
import { Landscape, type RegionVerdict } from './region.ts';
import { jsonCondition, type Rule, ruleMatches, textMembers } from './rule.ts';

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

type Side = 'onlyA' | 'onlyB' | 'both';
const SIDES: readonly Side[] = ['onlyA', 'onlyB', 'both'];
const WANTED: Readonly<Record<Side, readonly [boolean, boolean]>> = {
  onlyA: [true, false],
  onlyB: [false, true],
  both: [true, true],
};

/**
 * Compares two rules by what they mean. Every event it gives was judged by both rules as they run.
 * Where the outcome hangs on what AWS does not document, or takes too much work, the relation is
 * `uncertain` and a note says why.
 */
export function compareRules(a: Rule, b: Rule, { work = DEFAULT_WORK }: CompareOptions = {}): Comparison {
  const judge = new Judge(a, b);
  const findings = judge.findings(new Budget(work));
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
    notes: [...new Set([...a.notes, ...b.notes, ...emptyNotes(findings), ...reasons, ...digitNotes(texts, judge)])],
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

/** Some differences lie in how a number is written, which an object cannot show. */
function digitNotes(messages: Comparison['messages'], judge: Judge): string[] {
  return SIDES.flatMap((side) => {
    const message = messages[side];
    const event = asEvent(message);
    if (message === null || typeof event !== 'object' || judge.isIn(JSON.stringify(event), side)) return [];
    return [`the digits of a number matter: the event of "${side}" is ${message}`];
  });
}

/** Two rules, and the proofs about them. */
class Judge {
  readonly #a: Rule;
  readonly #b: Rule;

  constructor(a: Rule, b: Rule) {
    this.#a = a;
    this.#b = b;
  }

  /** Does the message lie where it should, by the rules as they run? */
  isIn(message: string, side: Side): boolean {
    const [a, b] = WANTED[side];
    return ruleMatches(this.#a, message) === a && ruleMatches(this.#b, message) === b;
  }

  findings(budget: Budget): Findings {
    try {
      const isText = textMembers(this.#a).length + textMembers(this.#b).length > 0;
      return isText ? messageFindings(this.#a, this.#b, budget) : this.#jsonFindings(budget);
    } catch (error) {
      if (!(error instanceof OutOfWork)) throw error;
      const unknown = { kind: 'hinges', message: undefined, reasons: [`gave up: ${error.message}`] } as const;
      return { onlyA: unknown, onlyB: unknown, both: unknown };
    }
  }

  #jsonFindings(budget: Budget): Findings {
    const [a, b] = [jsonCondition(this.#a), jsonCondition(this.#b)];
    const landscape = new Landscape([a, b], usualTexts, budget);
    const decide = (side: Side, condition: Condition): Findings[Side] =>
      this.#confirmed(landscape.decide(condition), side);
    return {
      onlyA: decide('onlyA', and(a, not(b))),
      onlyB: decide('onlyB', and(b, not(a))),
      both: decide('both', and(a, b)),
    };
  }

  #confirmed(verdict: RegionVerdict, side: Side): Findings[Side] {
    if (verdict.kind === 'none') return verdict;
    if (!verdict.event)
      return { kind: 'hinges', message: undefined, reasons: verdict.kind === 'hinges' ? verdict.reasons : [] };
    const isFit = (message: string): boolean => this.isIn(message, side);
    if (!isFit(writeDraft(verdict.event)))
      return {
        kind: 'hinges',
        message: undefined,
        reasons: ['an event of the proof was not confirmed by the matcher'],
      };
    const message = writeDraft(shapeRecord(verdict.event, isFit));
    return verdict.kind === 'some' ? { kind: 'some', message } : { kind: 'hinges', message, reasons: verdict.reasons };
  }
}
