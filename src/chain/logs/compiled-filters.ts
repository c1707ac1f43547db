import type { Scope } from '../../base/scope.ts';
import { type EventView, PatternSet, parseNumber, referenceTo, type ValueReference } from '../../pattern/index.ts';
import type { Tx } from '../../store/writer.ts';
import { readFieldSelection } from './field-selection.ts';
import { compileMetricPattern } from './filter-rules.ts';
import type { LogGroup } from './log-groups.ts';
import type { MetricFilter } from './metric-filter.ts';
import { metricFiltersOf } from './metric-filters.ts';

export type Dimensions = readonly (readonly [name: string, value: string])[];

/** What one event adds to a metric. */
export interface FilterSample {
  readonly value: number;
  readonly dimensions: Dimensions;
}

/** A metric filter that is ready to count. */
export interface CompiledFilter {
  readonly filter: MetricFilter;
  /**
   * The sample of an event that matches. Undefined when the value or a dimension is not in the event:
   * then the event does not count.
   */
  sampleOf(event: EventView): FilterSample | undefined;
}

export type CompiledFilters = PatternSet<CompiledFilter>;

/** Compiled sets kept at a time; a group beyond that is compiled again. */
const KEPT_SETS = 500;

/** The metric filters of log groups, compiled once per revision. */
export class FilterCache {
  readonly #sets = new Map<number, { readonly revision: number; readonly set: CompiledFilters }>();

  /** The filters of a group as it stands in the transaction. */
  async filtersOf(tx: Tx, group: LogGroup): Promise<CompiledFilters> {
    const known = this.#sets.get(group.id);
    if (known?.revision === group.filters_revision) return known.set;
    const set = compileFilters(await metricFiltersOf(tx.db, group.id), group);
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

function compileFilters(filters: readonly MetricFilter[], origin: Scope): CompiledFilters {
  const members = filters
    .filter(({ options }) => readFieldSelection(options.fieldSelectionCriteria ?? '')?.(origin))
    .map((filter) => {
      const compiled = compileMetricPattern(filter.pattern);
      const readValue = valueReader(filter.transformation.metricValue, (text) => referenceTo(compiled, text));
      const dimensionsOf = dimensionsReader(filter, origin, (text) => referenceTo(compiled, text));
      return {
        id: { filter, sampleOf: (event: EventView) => sample(readValue(event), dimensionsOf(event)) },
        compiled,
      };
    });
  return new PatternSet(members);
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
