import type { Scope } from '../../base/scope.ts';
import {
  type CompiledPattern,
  type EventView,
  PatternSet,
  parseNumber,
  referenceTo,
  type ValueReference,
} from '../../pattern/index.ts';
import type { Tx } from '../../store/writer.ts';
import { readFieldSelection } from './field-selection.ts';
import { compileFilterPattern, compileMetricPattern } from './filter-rules.ts';
import type { LogGroup } from './log-groups.ts';
import type { MetricFilter } from './metric-filter.ts';
import { metricFiltersOf } from './metric-filters.ts';
import type { SubscriptionFilter } from './subscription-filter.ts';
import { subscriptionFiltersOf } from './subscription-filters.ts';

export type Dimensions = readonly (readonly [name: string, value: string])[];

/** What one event adds to a metric. */
export interface FilterSample {
  readonly value: number;
  readonly dimensions: Dimensions;
}

/** A metric filter that is ready to count. */
export interface CountingFilter {
  readonly kind: 'counting';
  readonly filter: MetricFilter;
  /**
   * The sample of an event that matches. Undefined when the value or a dimension is not in the event:
   * then the event does not count.
   */
  sampleOf(event: EventView): FilterSample | undefined;
}

/** A subscription filter that is ready to forward. */
export interface ForwardingFilter {
  readonly kind: 'forwarding';
  readonly filter: SubscriptionFilter;
  /** The `extractedFields` of an event that matches; undefined where AWS gives none. */
  fieldsOf(event: EventView): Readonly<Record<string, string>> | undefined;
}

export type CompiledFilters = PatternSet<CountingFilter | ForwardingFilter>;

/** Compiled sets kept at a time; a group beyond that is compiled again. */
const KEPT_SETS = 500;

/** The filters of log groups, compiled once per revision. */
export class FilterCache {
  readonly #sets = new Map<number, { readonly revision: number; readonly set: CompiledFilters }>();

  /** The filters of a group as it stands in the transaction. */
  async filtersOf(tx: Tx, group: LogGroup): Promise<CompiledFilters> {
    const known = this.#sets.get(group.id);
    if (known?.revision === group.filters_revision) return known.set;
    const set: CompiledFilters = new PatternSet<CountingFilter | ForwardingFilter>([
      ...compileCounting(await metricFiltersOf(tx.db, group.id), group),
      ...compileForwarding(await subscriptionFiltersOf(tx.db, group.id), group),
    ]);
    // A revision that is rolled back comes again with other filters.
    tx.onCommit(() => this.#keep(group, set));
    return set;
  }

  #keep(group: LogGroup, set: CompiledFilters): void {
    this.#sets.delete(group.id);
    this.#sets.set(group.id, { revision: group.filters_revision, set });
    if (this.#sets.size > KEPT_SETS) this.#forgetOldest();
  }

  #forgetOldest(): void {
    const [oldest] = this.#sets.keys();
    if (oldest !== undefined) this.#sets.delete(oldest);
  }
}

interface Member<Filter> {
  readonly id: Filter;
  readonly compiled: CompiledPattern;
}

interface Selective {
  readonly options: { readonly fieldSelectionCriteria?: string };
}

const isFor =
  (origin: Scope) =>
  ({ options }: Selective): boolean =>
    readFieldSelection(options.fieldSelectionCriteria ?? '')?.(origin) ?? false;

function compileCounting(filters: readonly MetricFilter[], origin: Scope): Member<CountingFilter>[] {
  return filters.filter(isFor(origin)).map((filter) => {
    const compiled = compileMetricPattern(filter.pattern);
    const readValue = valueReader(filter.transformation.metricValue, (text) => referenceTo(compiled, text));
    const dimensionsOf = dimensionsReader(filter, origin, (text) => referenceTo(compiled, text));
    const sampleOf = (event: EventView) => sample(readValue(event), dimensionsOf(event));
    return { id: { kind: 'counting', filter, sampleOf }, compiled };
  });
}

function compileForwarding(filters: readonly SubscriptionFilter[], group: LogGroup): Member<ForwardingFilter>[] {
  const known: Readonly<Record<string, string>> = {
    '@aws.account': group.account,
    '@aws.region': group.region,
    '@source.log': group.name,
  };
  return filters.filter(isFor(group)).map((filter) => {
    const compiled = compileFilterPattern(filter.pattern);
    const emitted = (filter.options.emitSystemFields ?? []).map((field) => [field, known[field] ?? ''] as const);
    const hasFields = compiled.pattern.kind === 'delimited' || emitted.length > 0;
    const fieldsOf = (event: EventView): Record<string, string> | undefined => {
      if (!hasFields) return undefined;
      const extracted = Object.entries(compiled.extract(event));
      return Object.fromEntries([...extracted.map(([name, value]) => [name.slice(1), value] as const), ...emitted]);
    };
    return { id: { kind: 'forwarding', filter, fieldsOf }, compiled };
  });
}

const sample = (value: number | undefined, dimensions: Dimensions | undefined): FilterSample | undefined =>
  value === undefined || !dimensions ? undefined : { value, dimensions };

type Refer = (text: string) => ValueReference | undefined;

function valueReader(metricValue: string, refer: Refer): (event: EventView) => number | undefined {
  const literal = parseNumber(metricValue);
  if (literal !== undefined) return () => literal;
  const reference = refer(metricValue);
  return (event) => reference?.numberIn(event);
}

/** AWS's longest dimension value; a longer text in an event cannot be published. */
const LONGEST_DIMENSION = 1024;

function dimensionsReader(
  { transformation, options }: MetricFilter,
  origin: Scope,
  refer: Refer,
): (event: EventView) => Dimensions | undefined {
  const fields = options.emitSystemFieldDimensions ?? [];
  const fixed = [...new Set(fields)].map(
    (field) => [field, field === '@aws.account' ? origin.account : origin.region] as const,
  );
  const references = Object.entries(transformation.dimensions ?? {}).map(
    ([name, text]) => [name, refer(text)] as const,
  );
  return (event) => {
    const found: [string, string][] = [];
    for (const [name, reference] of references) {
      const value = reference?.textIn(event);
      if (!value || value.length > LONGEST_DIMENSION || value.includes('\0')) return undefined;
      found.push([name, value]);
    }
    return [...found, ...fixed];
  };
}
