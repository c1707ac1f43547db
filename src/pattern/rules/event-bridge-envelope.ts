import { type Condition, NEVER, not, or, valueAt } from '../prover/condition.ts';
import { kindProbe, type Leaf, type Probe } from '../prover/probe.ts';
import { anySaid } from '../prover/saying.ts';
import { CONSTANT_CUSTOMS, NUMERIC_STRING_CUSTOMS } from '../prover/world.ts';
import { type Wanted, wantedCondition } from './event-bridge-matcher.ts';
import { RuleError } from './rule-error.ts';
import { scalarProbe, stringProbe, valueOrListed } from './scalar.ts';
import { endingWith, exactly, fitting } from './text-matcher.ts';

/** What EventBridge calls a record, by the record's own `eventType`. */
const DETAIL_TYPES: ReadonlyMap<string, string> = new Map([
  ['AwsApiCall', 'AWS API Call via CloudTrail'],
  ['AwsConsoleSignIn', 'AWS Console Sign In via CloudTrail'],
  ['AwsConsoleAction', 'AWS Console Action via CloudTrail'],
  ['AwsServiceEvent', 'AWS Service Event via CloudTrail'],
  ['AwsCloudTrailInsight', 'AWS Insight via CloudTrail'],
]);
const DOMAIN = '.amazonaws.com';
const WORLD = { constants: CONSTANT_CUSTOMS[0]!, numericStrings: NUMERIC_STRING_CUSTOMS[0]! };

/** Members of the envelope that repeat a member of the record. */
const SAME: Readonly<Record<string, string>> = {
  account: 'recipientAccountId',
  region: 'awsRegion',
  time: 'eventTime',
};

export const ENVELOPE_MEMBERS: ReadonlySet<string> = new Set([
  ...['detail', 'detail-type', 'source', 'resources', 'version', 'id'],
  ...Object.keys(SAME),
]);

/**
 * What an event pattern asks of the envelope, said of the CloudTrail record in it. EventBridge makes
 * the envelope of the record: its kind from `eventType`, its source from `eventSource`.
 */
export function envelopeCondition(name: string, list: readonly unknown[], wanted: readonly Wanted[]): Condition {
  const same = Object.hasOwn(SAME, name) ? SAME[name] : undefined;
  if (same !== undefined) return wantedCondition(wanted, (probe) => valueOrListed([same], probe));
  switch (name) {
    case 'detail-type':
      return wantedCondition(wanted, (probe) => valueAt([{ kind: 'name', name: 'eventType' }], detailTypeProbe(probe)));
    case 'source':
      return or(...list.map((entry) => sourceCondition(entry)));
    // Records of CloudTrail come with an empty list of resources, and with version 0.
    case 'resources':
      return wanted.some((each) => 'isAbsent' in each) ? not(NEVER) : NEVER;
    case 'version':
      return wanted.some((each) => 'probe' in each && each.probe.holds(textLeaf('0'), WORLD)) ? not(NEVER) : NEVER;
    default:
      throw new RuleError('cannot be told from a CloudTrail record', [name]);
  }
}

const textLeaf = (text: string): Leaf => ({ kind: 'string', text, value: undefined, isDoubtful: false });

/** There are so few detail types that each can be asked for alone. */
function detailTypeProbe(probe: Probe): Probe {
  const fitting = [...DETAIL_TYPES].filter(([, detailType]) => probe.holds(textLeaf(detailType), WORLD));
  const eventTypes = fitting.map(([eventType]) => eventType);
  return {
    constants: eventTypes,
    languages: [],
    numbers: [],
    says: anySaid(eventTypes.map((text) => ({ parts: [text], ignoresCase: false }))),
    holds: (leaf) => leaf.kind === 'string' && eventTypes.includes(leaf.text),
  };
}

const EVENT_SOURCE = ['eventSource'];
const serviceProbe = stringProbe([endingWith(DOMAIN)]);

/** `aws.iam` stands for `iam.amazonaws.com`. */
function sourceCondition(entry: unknown): Condition {
  if (typeof entry === 'string') return sourceIs(entry);
  const [operator, argument] = typeof entry === 'object' && entry !== null ? (Object.entries(entry)[0] ?? []) : [];
  if (operator === 'prefix' && typeof argument === 'string') return sourceBegins(argument);
  if (operator === 'exists')
    return valueOrListed(EVENT_SOURCE, argument === true ? serviceProbe : kindProbe(() => false));
  if (operator === 'anything-but' && isTexts(argument)) {
    const texts = [argument].flat();
    return valueOrListed(EVENT_SOURCE, without(texts));
  }
  throw new RuleError('is compared by name, prefix and anything-but only', ['source']);
}

const isTexts = (argument: unknown): argument is string | string[] =>
  typeof argument === 'string' || (Array.isArray(argument) && argument.every((each) => typeof each === 'string'));

const eventSourceOf = (source: string): string | undefined =>
  source.startsWith('aws.') ? `${source.slice('aws.'.length)}${DOMAIN}` : undefined;

function sourceIs(source: string): Condition {
  const eventSource = eventSourceOf(source);
  return eventSource === undefined ? NEVER : valueOrListed(EVENT_SOURCE, stringProbe([exactly(eventSource)]));
}

function sourceBegins(prefix: string): Condition {
  if ('aws.'.startsWith(prefix)) return valueOrListed(EVENT_SOURCE, serviceProbe);
  if (!prefix.startsWith('aws.')) return NEVER;
  return valueOrListed(EVENT_SOURCE, stringProbe([fitting([prefix.slice('aws.'.length), DOMAIN])]));
}

function without(sources: readonly string[]): Probe {
  const excepted = stringProbe(sources.flatMap((source) => eventSourceOf(source) ?? []).map((text) => exactly(text)));
  return {
    constants: [],
    languages: excepted.languages,
    numbers: [],
    says: excepted.says?.kind === 'texts' ? { ...excepted.says, kind: 'no-texts' } : undefined,
    holds: (leaf, world) => scalarProbe.holds(leaf, world) && !excepted.holds(leaf, world),
  };
}
