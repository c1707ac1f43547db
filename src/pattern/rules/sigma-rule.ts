import { parse } from 'yaml';
import { and, type Condition, or } from '../prover/condition.ts';
import type { Rule, Spelling } from '../prover/rule.ts';
import { judgeCondition } from './judge-condition.ts';
import { RuleError } from './rule-error.ts';
import { sigmaCondition } from './sigma-condition.ts';
import { type SigmaReading, type SigmaValue, sigmaFieldCondition } from './sigma-field.ts';

const MOST_CHARACTERS = 100_000;
const MOST_VALUES = 2000;

/**
 * Reads a Sigma rule for CloudTrail: searches, modifiers and condition. With `caseCounts`, events that write a text
 * in another case than the rule are left out of comparisons wherever it stands. Throws `RuleError`.
 */
export function sigmaRule(yaml: string, { caseCounts = false } = {}): Rule {
  const document = readYaml(yaml);
  const { detection, logsource } = document;
  if (!isMap(detection)) throw new RuleError('is missing', ['detection']);
  const { condition: wanted, timeframe, ...named } = detection;
  if (timeframe !== undefined) throw new RuleError('rules over time are not compared', ['detection', 'timeframe']);
  const spellings: Spelling[] = [];
  const spell = (spelling: Spelling): void => void spellings.push(spelling);
  const searches = new Map(
    Object.entries(named).map(([name, search]) => [
      name,
      searchCondition(search, ['detection', name], { spell, caseCounts }),
    ]),
  );
  const texts = Array.isArray(wanted) ? wanted : [wanted];
  if (texts.length === 0 || !texts.every((text) => typeof text === 'string'))
    throw new RuleError('is missing', ['detection', 'condition']);
  const condition = or(...texts.map((text) => sigmaCondition(text, searches)));
  const service = isMap(logsource) ? logsource.service : undefined;
  const notes = service === 'cloudtrail' ? [] : ['the Sigma rule is not made for the log source cloudtrail'];
  if (spellings.length > 0) notes.push(caseCounts ? CASE_COUNTS : CASE_OF_AWS);
  return { members: [{ condition, matches: (message) => judgeCondition(condition, message) }], notes, spellings };
}

const CASE_OF_AWS =
  'Sigma ignores case; values that CloudTrail would have to write in another case than the rules are left out';
const CASE_COUNTS = 'Sigma ignores case; texts in another case than the rule writes them are left out';

type YamlMap = Readonly<Record<string, unknown>>;

const isMap = (value: unknown): value is YamlMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function readYaml(text: string): YamlMap {
  if (text.length > MOST_CHARACTERS) throw new RuleError('the rule is too long');
  let document: unknown;
  try {
    // Numbers too long for a double stay exact; few aliases, because they can blow a small text up.
    document = parse(text, { intAsBigInt: true, maxAliasCount: 20 });
  } catch (error) {
    throw new RuleError(`is not YAML: ${String((error as Error).message).split('\n')[0]}`);
  }
  if (!isMap(document)) throw new RuleError('a Sigma rule is a YAML map');
  return document;
}

/** A map asks for all of its fields; a list of maps for one of them. */
function searchCondition(search: unknown, path: readonly string[], reading: SigmaReading): Condition {
  if (Array.isArray(search)) {
    if (search.length === 0 || !search.every(isMap))
      throw new RuleError('a search without a field is not compared', path);
    return or(...search.map((each) => searchCondition(each, path, reading)));
  }
  if (!isMap(search)) throw new RuleError('a search without a field is not compared', path);
  const fields = Object.entries(search);
  return and(
    ...fields.map(([key, value]) => sigmaFieldCondition(key, valuesOf(value, [...path, key]), [...path, key], reading)),
  );
}

function valuesOf(value: unknown, path: readonly string[]): SigmaValue[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (list.length > MOST_VALUES) throw new RuleError('the list is too long', path);
  const isValue = (each: unknown): each is SigmaValue =>
    each === null || ['string', 'number', 'bigint', 'boolean'].includes(typeof each);
  if (!list.every(isValue)) throw new RuleError('expected texts, numbers, booleans or null', path);
  return list;
}
