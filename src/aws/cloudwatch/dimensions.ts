import type { Dimensions } from '../../chain/metrics/metric.ts';
import { invalidValue } from './refusals.ts';

interface Dimension {
  readonly Name: string;
  readonly Value: string;
}

/** A request's dimensions as a set. `path` names them in a refusal. */
export function dimensionsOf(given: readonly Dimension[] | undefined, path: string): Dimensions {
  const names = new Set<string>();
  (given ?? []).forEach(({ Name }, i) => {
    if (names.has(Name)) throw invalidValue(`The parameter ${path}.member.${i + 1}.Name is a duplicate.`);
    names.add(Name);
  });
  return (given ?? []).map(({ Name, Value }) => [Name, Value] as const);
}

export const dimensionShapes = (dimensions: Dimensions): { Name: string; Value: string }[] =>
  dimensions.map(([Name, Value]) => ({ Name, Value }));
