import type { Dimensions } from '../../chain/metrics/metric.ts';
import { invalidValue } from './refusals.ts';

interface Dimension {
  readonly Name: string;
  readonly Value: string;
}

/** A request's dimensions as a set. */
export function dimensionsOf(given: readonly Dimension[] | undefined): Dimensions {
  const names = new Set<string>();
  for (const { Name } of given ?? []) {
    if (names.has(Name)) throw invalidValue('No metric may specify the same dimension name twice.');
    names.add(Name);
  }
  return (given ?? []).map(({ Name, Value }) => [Name, Value] as const);
}

export const dimensionShapes = (dimensions: Dimensions): { Name: string; Value: string }[] =>
  dimensions.map(([Name, Value]) => ({ Name, Value }));
