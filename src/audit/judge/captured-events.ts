import type { JsonObject } from '../../pattern/index.ts';
import { eventBridgeRule, filterRule, type Gap, gapIn, type Rule, ruleMatches, unionOf } from '../../pattern/index.ts';
import type { FieldSelector, Trail } from '../state.ts';
import { telling } from './counterexample.ts';
import { eventSourceOf } from './example-events.ts';
import type { Target } from './target.ts';

/** What of a target's events a trail records. */
export interface Captured {
  readonly status: 'all' | 'some' | 'none' | 'unsure';
  readonly lost: JsonObject | null;
  /** Words for what is left out, such as `read-only events`. */
  readonly without: string;
  /** True where only sources are left out, and other events of the target are recorded. */
  readonly isPartial: boolean;
}

type Narrowing = Readonly<Record<string, unknown>>;

/** One selector of management events: `narrowing` is an event pattern that they must match. */
interface Selected {
  readonly narrowing: Narrowing;
  /** It narrows in a way that is not understood. */
  readonly isUnclear: boolean;
}

/**
 * Compares what a trail's selectors let through with what a target asks for. An event counts as its
 * control's only if it comes from the service that the control is about: leaving out KMS costs the control
 * of IAM policies nothing.
 */
export function capturedEvents(trail: Trail, target: Target): Captured {
  const selected = selectedBy(trail);
  if (selected.length === 0) {
    return { status: 'none', lost: target.examples[0] ?? null, without: 'all management events', isPartial: false };
  }
  if (selected.some(({ narrowing, isUnclear }) => !isUnclear && Object.keys(narrowing).length === 0)) return ALL;
  const clear = selected.filter(({ isUnclear }) => !isUnclear);
  const rule = unionOf(clear.map(({ narrowing }) => eventBridgeRule(JSON.stringify(narrowing))));
  const gap = gapIn(unionOf([rule, elsewhere(target)]), target.rule);
  if (gap.kind === 'none') return ALL;
  const isUnsure = gap.kind === 'hinges' || clear.length < selected.length;
  const lost = telling(target, (event) => !ruleMatches(rule, event), eventOf(gap));
  return {
    status: isUnsure && !(lost && clear.length === selected.length) ? 'unsure' : 'some',
    lost,
    without: wordsFor(selected),
    isPartial:
      selected.every(({ narrowing }) => !('readOnly' in narrowing)) &&
      target.examples.some((event) => ruleMatches(rule, JSON.stringify(event))),
  };
}

const ALL: Captured = { status: 'all', lost: null, without: '', isPartial: false };
const eventOf = (gap: Gap): JsonObject | string | null => gap.event;

/** Events of other services than the control's. */
function elsewhere({ control }: Target): Rule {
  const source = eventSourceOf(control);
  return source === undefined
    ? unionOf([])
    : filterRule(`{ $.eventSource != "${source}" || $.eventSource NOT EXISTS }`);
}

function selectedBy({ EventSelectors = [], AdvancedEventSelectors }: Trail): readonly Selected[] {
  if (!AdvancedEventSelectors)
    return merged(EventSelectors.filter(({ IncludeManagementEvents }) => IncludeManagementEvents !== false).map(basic));
  const management = AdvancedEventSelectors.filter(({ FieldSelectors }) => FieldSelectors.some(isManagement));
  return merged(
    management.map(({ FieldSelectors }) => advanced(FieldSelectors.filter((selector) => !isManagement(selector)))),
  );
}

/** Every management event reads or writes: selectors that differ in that alone, one for each, are one without it. */
function merged(selected: readonly Selected[]): readonly Selected[] {
  const groups = new Map<string, { selected: Selected; readOnly: Set<unknown> }>();
  for (const { narrowing, isUnclear } of selected) {
    const { readOnly = [true, false], ...others } = narrowing;
    const key = JSON.stringify([others, isUnclear]);
    const group = groups.get(key) ?? { selected: { narrowing: others, isUnclear }, readOnly: new Set() };
    for (const value of readOnly as readonly unknown[]) group.readOnly.add(value);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ selected: { narrowing, isUnclear }, readOnly }) =>
    readOnly.size > 1 ? { narrowing, isUnclear } : { narrowing: { readOnly: [...readOnly], ...narrowing }, isUnclear },
  );
}

const isManagement = ({ Field, Equals = [] }: FieldSelector): boolean =>
  Field === 'eventCategory' && Equals.includes('Management');

function basic(selector: NonNullable<Trail['EventSelectors']>[number]): Selected {
  const { ReadWriteType = 'All', ExcludeManagementEventSources: excluded = [] } = selector;
  const narrowing: Record<string, unknown> = {};
  if (ReadWriteType === 'ReadOnly') narrowing.readOnly = [true];
  if (ReadWriteType === 'WriteOnly') narrowing.readOnly = [false];
  if (excluded.length > 0) narrowing.eventSource = [{ 'anything-but': excluded }];
  return { narrowing, isUnclear: !['All', 'ReadOnly', 'WriteOnly'].includes(ReadWriteType) };
}

function advanced(selectors: readonly FieldSelector[]): Selected {
  const narrowing: Record<string, unknown> = {};
  let isUnclear = new Set(selectors.map(({ Field }) => Field)).size < selectors.length;
  for (const selector of selectors) {
    const wanted = wantedOf(selector);
    if (!wanted || !FIELDS.has(selector.Field)) isUnclear = true;
    else if (selector.Field === 'userIdentity.arn') narrowing.userIdentity = { arn: wanted };
    else narrowing[selector.Field] = wanted;
  }
  return { narrowing, isUnclear };
}

const FIELDS = new Set([
  'readOnly',
  'eventSource',
  'eventName',
  'eventType',
  'sessionCredentialFromConsole',
  'userIdentity.arn',
]);

/** What an event pattern wants of the field; undefined where several operators meet, or none. */
function wantedOf({ Field, ...operators }: FieldSelector): readonly unknown[] | undefined {
  const given = Object.entries(operators).filter(([, values]) => values && values.length > 0) as [string, string[]][];
  const [first] = given;
  if (!first || given.length > 1) return undefined;
  const [operator, values] = first;
  switch (operator) {
    case 'Equals':
      return Field === 'readOnly' ? values.map((value) => value === 'true') : values;
    case 'NotEquals':
      return Field === 'readOnly' ? values.map((value) => value !== 'true') : [{ 'anything-but': values }];
    case 'StartsWith':
      return values.map((prefix) => ({ prefix }));
    case 'EndsWith':
      return values.map((suffix) => ({ suffix }));
    case 'NotStartsWith':
      return [{ 'anything-but': { prefix: values } }];
    case 'NotEndsWith':
      return [{ 'anything-but': { suffix: values } }];
    default:
      return undefined;
  }
}

function wordsFor(selected: readonly Selected[]): string {
  const [only, ...more] = selected;
  if (!only || more.length > 0) return 'some management events';
  const { readOnly, eventSource, ...others } = only.narrowing as Record<string, unknown[]>;
  const excluded = (eventSource?.[0] as { 'anything-but'?: unknown } | undefined)?.['anything-but'];
  if (Object.keys(others).length > 0 || only.isUnclear) return 'some management events';
  if (readOnly) return readOnly[0] === true ? 'all events that write' : 'all events that only read';
  return Array.isArray(excluded) ? `the events of ${excluded.join(', ')}` : 'some management events';
}
