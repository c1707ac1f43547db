import type { Sample } from './run.ts';

/** Of two runs side by side: how the p99 of the second stands to that of the first, span by span. */
export interface Comparison {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly spans: number;
}

const SPAN = 10_000;
/** Fewer rings have no p99. */
const FEWEST = 200;

/** The value below which a share of sorted values lies. */
export const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

export function comparison(first: readonly Sample[], second: readonly Sample[]): Comparison {
  const [before, after] = [p99BySpan(first), p99BySpan(second)];
  const ratios = [...before].flatMap(([span, p99]) => {
    const other = after.get(span);
    return other === undefined ? [] : [other / p99];
  });
  const sorted = ratios.sort((a, b) => a - b);
  return { median: quantile(sorted, 0.5), least: quantile(sorted, 0), most: quantile(sorted, 1), spans: sorted.length };
}

function p99BySpan(samples: readonly Sample[]): Map<number, number> {
  const spans = new Map<number, number[]>();
  for (const { at, latency } of samples) {
    const span = Math.floor(at / SPAN);
    const latencies = spans.get(span);
    if (latencies) latencies.push(latency);
    else spans.set(span, [latency]);
  }
  return new Map(
    [...spans].flatMap(([span, latencies]): [number, number][] =>
      latencies.length < FEWEST
        ? []
        : [
            [
              span,
              quantile(
                latencies.sort((a, b) => a - b),
                0.99,
              ),
            ],
          ],
    ),
  );
}
