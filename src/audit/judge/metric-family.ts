import type { Scope } from '../../base/scope.ts';
import { readFieldSelection } from '../../chain/logs/field-selection.ts';
import { parseNumber, parsePattern } from '../../pattern/index.ts';
import type { MetricFilter } from '../state.ts';
import { isValid } from './valid-pattern.ts';

/** A metric filter as a source of one metric. */
export interface Feeder {
  readonly filter: MetricFilter;
  readonly pattern: string;
  /** What a match adds; undefined where that is a field of the event. */
  readonly value: number | undefined;
  readonly unit: string;
  readonly defaultValue: number | undefined;
  /** Dimension names with the selectors of their values. */
  readonly dimensions: Readonly<Record<string, string>>;
  readonly systemFields: readonly string[];
  /** Whether it looks at the group's own events; undefined where its selection is not understood. */
  readonly isSelected: boolean | undefined;
}

/** The filters of one log group that feed one metric: same namespace, name and names of dimensions. */
export interface MetricFamily extends Scope {
  readonly namespace: string;
  readonly name: string;
  readonly dimensionNames: readonly string[];
  readonly feeders: readonly Feeder[];
}

/** Sorts the filters of a log group by the metric that they feed. */
export function metricFamilies(scope: Scope, filters: readonly MetricFilter[]): readonly MetricFamily[] {
  const families = new Map<string, MetricFamily & { feeders: Feeder[] }>();
  for (const filter of filters) {
    for (const transformation of filter.metricTransformations) {
      const feeder = feederOf(filter, transformation, scope);
      const dimensionNames = [...Object.keys(feeder.dimensions), ...feeder.systemFields].sort();
      const { metricNamespace: namespace, metricName: name } = transformation;
      const key = JSON.stringify([namespace, name, dimensionNames]);
      const family = families.get(key);
      if (family) family.feeders.push(feeder);
      else families.set(key, { ...scope, namespace, name, dimensionNames, feeders: [feeder] });
    }
  }
  return [...families.values()];
}

function feederOf(
  filter: MetricFilter,
  transformation: MetricFilter['metricTransformations'][number],
  { account, region }: Scope,
): Feeder {
  return {
    filter,
    pattern: filter.filterPattern,
    value: parseNumber(String(transformation.metricValue).trim()),
    unit: transformation.unit ?? 'None',
    defaultValue: transformation.defaultValue,
    dimensions: transformation.dimensions ?? {},
    systemFields: filter.emitSystemFieldDimensions ?? [],
    isSelected: readFieldSelection(filter.fieldSelectionCriteria ?? '')?.({ account, region }),
  };
}

export const metricNameOf = ({ namespace, name, dimensionNames }: MetricFamily): string =>
  dimensionNames.length === 0 ? `${namespace}/${name}` : `${namespace}/${name} by ${dimensionNames.join(', ')}`;

/**
 * The pattern of a feeder's events that land on the metric with the given dimensions; undefined where
 * none does, or it cannot be said as a pattern.
 */
export function patternUnder(
  feeder: Feeder,
  dimensions: ReadonlyMap<string, string>,
  { account, region }: Scope,
): string | undefined {
  const system: Readonly<Record<string, string>> = { '@aws.account': account, '@aws.region': region };
  for (const field of feeder.systemFields) if (system[field] !== dimensions.get(field)) return undefined;
  const wanted = Object.entries(feeder.dimensions).map(([name, selector]) => [selector, dimensions.get(name)] as const);
  if (wanted.length === 0) return feeder.pattern;
  const inner =
    isValid(feeder.pattern) && parsePattern(feeder.pattern).kind === 'json'
      ? feeder.pattern.trim().slice(1, -1)
      : undefined;
  if (inner === undefined || wanted.some(([, value]) => value === undefined || value.includes('"'))) return undefined;
  const narrowed = `{ (${inner}) && ${wanted.map(([selector, value]) => `(${selector} = "${value}")`).join(' && ')} }`;
  return isValid(narrowed) ? narrowed : undefined;
}
