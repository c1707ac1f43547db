import { EventView } from '../event-view.ts';
import { and, type Condition, NEVER, not, or, valueAt } from '../prover/condition.ts';
import { constantProbe } from '../prover/probe.ts';
import type { Rule } from '../prover/rule.ts';
import { ENVELOPE_MEMBERS, envelopeCondition } from './event-bridge-envelope.ts';
import { readWanted, wantedCondition } from './event-bridge-matcher.ts';
import { judgeCondition } from './judge-condition.ts';
import { RuleError } from './rule-error.ts';
import { valueOrListed } from './scalar.ts';

/** Deeper than any record, and shallow enough to be read by recursion. */
const DEEPEST = 64;
const MOST_CHARACTERS = 100_000;

/**
 * Reads an EventBridge event pattern, or a rule as PutRule takes and DescribeRule gives it, for
 * CloudTrail's events: what is asked of `detail` is asked of the record. A pattern that names no
 * member of EventBridge's envelope is asked of the record itself. Throws `RuleError`.
 */
export function eventBridgeRule(json: string): Rule {
  const document = readDocument(json);
  const { EventPattern: pattern, State: state } = document;
  if (pattern === undefined) return ruleOf(patternCondition(document), []);
  const inner = typeof pattern === 'string' ? readDocument(pattern) : pattern;
  if (!isObject(inner)) throw new RuleError('is not an event pattern', ['EventPattern']);
  const condition = patternCondition(inner);
  if (state === 'DISABLED') return ruleOf(NEVER, ['the EventBridge rule is disabled']);
  if (state === 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS') return ruleOf(condition, []);
  const note =
    'EventBridge gives read-only management events to a rule in state ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS only';
  return ruleOf(and(condition, not(READ_ONLY_MANAGEMENT)), [note]);
}

const at = (name: string, value: boolean): Condition => valueAt([{ kind: 'name', name }], constantProbe(value));
const READ_ONLY_MANAGEMENT = and(at('readOnly', true), not(at('managementEvent', false)));

const ruleOf = (condition: Condition, notes: readonly string[]): Rule => ({
  members: [{ condition, matches: (message) => judgeCondition(condition, message) }],
  notes,
});

type JsonMap = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads with numbers as they are written, which EventBridge compares. */
function readDocument(json: string): JsonMap {
  if (json.length > MOST_CHARACTERS) throw new RuleError('the rule is too long');
  const object = new EventView(json).sourceObject;
  if (!object) throw new RuleError('an event pattern is a JSON object');
  return object;
}

function patternCondition(pattern: JsonMap): Condition {
  const names = Object.keys(pattern).filter((name) => name !== '$or');
  const alternatives = Array.isArray(pattern.$or)
    ? pattern.$or.filter(isObject).flatMap((each) => Object.keys(each))
    : [];
  const isEnveloped = [...names, ...alternatives].some((name) => ENVELOPE_MEMBERS.has(name));
  return membersCondition(pattern, isEnveloped ? undefined : [], []);
}

/** `inRecord` is the path within the record, or undefined while still outside of it. */
function membersCondition(
  pattern: JsonMap,
  inRecord: readonly string[] | undefined,
  path: readonly string[],
): Condition {
  if (path.length > DEEPEST) throw new RuleError('the pattern nests too deep', path.slice(0, 3));
  const members = Object.entries(pattern);
  if (members.length === 0) throw new RuleError('the pattern asks for nothing', path);
  return and(...members.map(([name, value]) => memberCondition(name, value, inRecord, [...path, name])));
}

function memberCondition(
  name: string,
  value: unknown,
  inRecord: readonly string[] | undefined,
  path: readonly string[],
): Condition {
  if (name === '$or' && Array.isArray(value) && value.every(isObject)) {
    if (value.length < 2) throw new RuleError('takes two alternatives or more', path);
    return or(...value.map((each) => membersCondition(each, inRecord, path)));
  }
  if (isObject(value)) {
    if (inRecord) return membersCondition(value, [...inRecord, name], path);
    if (name === 'detail') return membersCondition(value, [], path);
  }
  if (!Array.isArray(value)) throw new RuleError('expected a list of values or an object', path);
  const wanted = readWanted(value, path);
  return inRecord
    ? wantedCondition(wanted, (probe) => valueOrListed([...inRecord, name], probe))
    : envelopeCondition(name, value, wanted);
}
