import { compareNumbers } from '../decimal.ts';
import { and, type Condition, or, valueAt } from '../prover/condition.ts';
import { kindProbe, type Leaf, type Probe } from '../prover/probe.ts';
import { anySaid, type OrderSign, type Saying } from '../prover/saying.ts';
import type { Step } from '../syntax-tree.ts';
import type { TextMatcher } from './text-matcher.ts';

const NOTHING = { constants: [], languages: [], numbers: [] };

/** Strings that fit one of some matchers. */
export const stringProbe = (matchers: readonly TextMatcher[]): Probe => ({
  ...NOTHING,
  languages: matchers.map(({ language }) => language),
  names: (text) => matchers.some(({ fits }) => fits(text)),
  says: anySaid(matchers.map(({ said }) => said)),
  holds: (leaf) => leaf.kind === 'string' && matchers.some(({ fits }) => fits(leaf.text)),
});

/** Strings equal to one of some texts. */
export const textsProbe = (texts: readonly string[]): Probe => ({
  ...NOTHING,
  constants: texts,
  names: (text) => texts.includes(text),
  says: anySaid(texts.map((text) => ({ parts: [text], ignoresCase: false }))),
  holds: (leaf) => leaf.kind === 'string' && texts.includes(leaf.text),
});

/** Scalars of any kind whose text fits one of some matchers: numbers as written, `true` and `false`. */
export const scalarTextProbe = (matchers: readonly TextMatcher[]): Probe => ({
  ...NOTHING,
  languages: matchers.map(({ language }) => language),
  says: ofScalars(anySaid(matchers.map(({ said }) => said))),
  holds(leaf) {
    const text = textOf(leaf);
    return text !== undefined && matchers.some(({ fits }) => fits(text));
  },
});

const ofScalars = (says: Saying | undefined): Saying | undefined =>
  says?.kind === 'texts' ? { ...says, scalars: true } : says;

const textOf = (leaf: Leaf): string | undefined => {
  if (leaf.kind === 'string' || leaf.kind === 'number') return leaf.text;
  return leaf.kind === 'constant' && leaf.value !== null ? String(leaf.value) : undefined;
};

/** Numbers written exactly so. */
export const numberTextProbe = (text: string): Probe => ({
  ...NOTHING,
  constants: [text],
  says: { kind: 'numbers', bounds: [{ sign: '=', number: text }] },
  holds: (leaf) => leaf.kind === 'number' && leaf.text === text,
});

/** What a sign says of the order of a value against a number. */
export const ORDERS: Readonly<Record<OrderSign, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
};

/** Numbers whose order against each of some numbers is as wanted; strings too, when `looksSuffice`. */
export const numericProbe = (
  bounds: readonly { readonly number: string; readonly sign: OrderSign }[],
  { looksSuffice = false } = {},
): Probe => ({
  ...NOTHING,
  numbers: bounds.map(({ number }) => number),
  says: { kind: 'numbers', bounds },
  holds(leaf) {
    if (leaf.kind !== 'number' && !(looksSuffice && leaf.kind === 'string')) return false;
    const { value } = leaf;
    return value !== undefined && bounds.every(({ number, sign }) => ORDERS[sign](compareNumbers(value, number)));
  },
});

export const scalarProbe = kindProbe(({ kind }) => kind === 'string' || kind === 'number' || kind === 'constant', {
  kind: 'present',
});
const arrayProbe = kindProbe(({ kind }) => kind === 'array', { kind: 'list' });

/** Members of CloudTrail records that may hold lists; everything else in a record is one value or an object. */
const MAY_HOLD_LISTS = new Set([
  'requestParameters',
  'responseElements',
  'additionalEventData',
  'serviceEventDetails',
  'resources',
]);
const RECORD_MEMBERS = new Set([
  ...['eventVersion', 'userIdentity', 'eventTime', 'eventSource', 'eventName', 'awsRegion', 'sourceIPAddress'],
  ...['userAgent', 'errorCode', 'errorMessage', 'requestID', 'eventID', 'eventType', 'apiVersion', 'managementEvent'],
  ...['readOnly', 'recipientAccountId', 'sharedEventID', 'vpcEndpointId', 'eventCategory', 'tlsDetails'],
]);

/** The value at a path fulfils a probe, or one of the values in a list there does. */
export function valueOrListed(path: readonly string[], probe: Probe): Condition {
  const steps: Step[] = path.map((name) => ({ kind: 'name', name }));
  const alone = valueAt(steps, probe);
  const [top = ''] = path;
  if (RECORD_MEMBERS.has(top) && !MAY_HOLD_LISTS.has(top)) return alone;
  return or(alone, and(valueAt(steps, arrayProbe), valueAt([...steps, { kind: 'every' }], probe)));
}
