import { BENCHMARKS, type Benchmark, DEFAULT_BENCHMARK, isSince, sectionOf } from './benchmark.ts';
import { type Control, numberIn } from './control.ts';
import { CONTROLS, findControl } from './find-control.ts';

/** What an audit judges: a control with a filter and an alarm, or the one on Security Hub, which has neither. */
export type JudgedControl = { readonly kind: 'chain'; readonly control: Control } | { readonly kind: 'security-hub' };

const SECURITY_HUB = { slug: 'security-hub-enabled', place: 16, since: '1.5.0' } as const;

export const slugOf = (judged: JudgedControl): string =>
  judged.kind === 'chain' ? judged.control.slug : SECURITY_HUB.slug;

/** Its number in a benchmark; undefined where that lacks it. */
export function judgedNumber(judged: JudgedControl, benchmark: Benchmark): string | undefined {
  if (judged.kind === 'chain') return numberIn(judged.control, benchmark);
  return isSince(benchmark, SECURITY_HUB.since) ? `${sectionOf(benchmark)}.${SECURITY_HUB.place}` : undefined;
}

/** Its numbers elsewhere: `{"cis-1.2.0": "3.3", "cis-5.0.0": "4.3", "cis-7.0.0": "5.3", "securityHub": "CloudWatch.1"}`. */
export function idsOf(judged: JudgedControl): Readonly<Record<string, string>> {
  const ids: Record<string, string> = {};
  for (const version of ['1.2.0', '5.0.0', '7.0.0'] as const) {
    const number = judgedNumber(judged, version);
    if (number !== undefined) ids[`cis-${version}`] = number;
  }
  if (judged.kind === 'chain' && judged.control.securityHub) ids.securityHub = judged.control.securityHub;
  return ids;
}

/** All that a benchmark asks for in this section, by place. */
export const judgedControls = (benchmark: Benchmark): readonly JudgedControl[] =>
  [...CONTROLS.map((control) => ({ kind: 'chain', control }) as const), { kind: 'security-hub' } as const].filter(
    (judged) => judgedNumber(judged, benchmark) !== undefined,
  );

/**
 * The control that a text names in a benchmark: by slug, Security Hub id, its number there, or its 4.x
 * number. Answers a sentence for the user when there is none.
 */
export function findJudged(text: string, benchmark: Benchmark): JudgedControl | { readonly problem: string } {
  const wanted = text.trim().toLowerCase().replace(/^cis-/, '');
  const hub: JudgedControl = { kind: 'security-hub' };
  const numbers = [judgedNumber(hub, benchmark), judgedNumber(hub, DEFAULT_BENCHMARK)];
  if (wanted === SECURITY_HUB.slug || numbers.includes(wanted))
    return numbers[0] ? hub : { problem: `${SECURITY_HUB.slug} is not in ${benchmark}` };
  const found = findControl(text, benchmark);
  if ('control' in found) return { kind: 'chain', control: found.control };
  const elsewhere = findControl(text, DEFAULT_BENCHMARK);
  if ('control' in elsewhere && numberIn(elsewhere.control, benchmark) !== undefined)
    return { kind: 'chain', control: elsewhere.control };
  return { problem: BENCHMARKS.includes(benchmark) ? found.problem : `There is no benchmark ${benchmark}` };
}
