/** The CIS AWS Foundations Benchmarks that have the monitoring controls, oldest first. */
export const BENCHMARKS = [
  '1.2.0',
  '1.3.0',
  '1.4.0',
  '1.5.0',
  '2.0.0',
  '3.0.0',
  '4.0.0',
  '4.0.1',
  '5.0.0',
  '6.0.0',
  '7.0.0',
] as const;

export type Benchmark = (typeof BENCHMARKS)[number];

/** What a number without a version means. */
export const DEFAULT_BENCHMARK: Benchmark = '5.0.0';

/**
 * The benchmark that `text` names: `5.0.0`, `v5.0.0`, `5.0` or `5`. A short form means the newest
 * version it fits. Undefined when there is none.
 */
export function benchmarkOf(text: string): Benchmark | undefined {
  const wanted = text.trim().replace(/^v/i, '');
  return BENCHMARKS.findLast((version) => version === wanted || version.startsWith(`${wanted}.`));
}

/** True when `version` is `first` or came after it. */
export const isSince = (version: Benchmark, first: Benchmark): boolean =>
  BENCHMARKS.indexOf(version) >= BENCHMARKS.indexOf(first);

/** The section that holds the monitoring controls: 3 at first, 5 from version 6.0.0 on. */
export function sectionOf(version: Benchmark): 3 | 4 | 5 {
  if (version === '1.2.0') return 3;
  return isSince(version, '6.0.0') ? 5 : 4;
}
