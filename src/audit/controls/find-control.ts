import { BENCHMARKS, type Benchmark, DEFAULT_BENCHMARK } from './benchmark.ts';
import { type Control, numberIn } from './control.ts';
import { identityControls } from './identity-controls.ts';
import { networkControls } from './network-controls.ts';

/** All controls that ask for a metric filter and an alarm, by place. */
export const CONTROLS: readonly Control[] = [...identityControls, ...networkControls];

/** The controls that `benchmark` has. */
export const controlsOf = (benchmark: Benchmark): readonly Control[] =>
  CONTROLS.filter((control) => numberIn(control, benchmark) !== undefined);

export type Found =
  | { readonly control: Control; readonly benchmark: Benchmark; readonly number: string }
  | { readonly problem: string };

/**
 * The control that `text` names: by slug (`root-usage`), by Security Hub id (`CloudWatch.1`) or by
 * number (`4.3`, `cis-4.3`) in `benchmark`. Answers a sentence for the user when there is none.
 */
export function findControl(text: string, benchmark: Benchmark = DEFAULT_BENCHMARK): Found {
  const wanted = text.trim().toLowerCase().replace(/^cis-/, '');
  const named = CONTROLS.find(({ slug, securityHub }) => slug === wanted || securityHub?.toLowerCase() === wanted);
  if (named) {
    const number = numberIn(named, benchmark);
    return number ? { control: named, benchmark, number } : { problem: `${named.slug} is not in ${benchmark}` };
  }
  const numbered = controlNumbered(wanted, benchmark);
  if (numbered) return { control: numbered, benchmark, number: wanted };
  return { problem: problemWith(text, wanted, benchmark) };
}

const controlNumbered = (number: string, benchmark: Benchmark): Control | undefined =>
  CONTROLS.find((control) => numberIn(control, benchmark) === number);

function problemWith(text: string, wanted: string, benchmark: Benchmark): string {
  const elsewhere = BENCHMARKS.filter((version) => controlNumbered(wanted, version));
  if (elsewhere.length > 0) {
    return `${text} is not in ${benchmark}; it is a number of ${elsewhere.join(', ')} (give the benchmark's version)`;
  }
  return `There is no control "${text}"; the names are ${CONTROLS.map(({ slug }) => slug).join(', ')}`;
}
