import { BENCHMARKS } from '../controls/benchmark.ts';
import { acceptedForms, type Control, canonicalPattern } from '../controls/control.ts';
import type { ScannerOpinion } from '../finding.ts';
import { AccountView } from '../judge/account-view.ts';
import { targetOf } from '../judge/target.ts';
import { prowler } from '../scanners/prowler.ts';
import type { Scanner } from '../scanners/scanner.ts';
import { securityHub } from '../scanners/security-hub.ts';
import type { Scenario } from '../state.ts';
import { ownFilter } from './own-names.ts';
import type { JudgeControl, RepairPlan } from './plan.ts';
import type { RepairOptions } from './repair-options.ts';
import { after } from './simulate.ts';
import { situationOf } from './situation.ts';
import type { Blocker, Step } from './step.ts';

/** Scanners that compare texts, and can be pleased by a filter that says the same in their words. */
export const SATISFIABLE: Readonly<Record<string, Scanner>> = { prowler, securityhub: securityHub };

/**
 * Adds to a plan, for each scanner named that would still complain, a filter with a text that it accepts,
 * on the metric that rings already. Every text the benchmark has printed is tried; one is taken only
 * where the scanner is then content and the chain still passes.
 */
export function satisfy(
  scenario: Scenario,
  plan: RepairPlan,
  control: Control,
  judge: JudgeControl,
  options: RepairOptions,
  scanners: readonly string[],
): RepairPlan {
  if (plan.after.verdict !== 'PASS') return plan;
  const steps = [...plan.steps];
  const blockers: Blocker[] = [...plan.blockers];
  let state = plan.steps.reduce(after, scenario);
  for (const name of scanners) {
    const scanner = SATISFIABLE[name];
    if (!scanner || !complains(scanner, state, control, options)) continue;
    const step = textsOf(control)
      .map((text) => verbatimFilter(state, control, judge, options, { name, text }))
      .find((one) => {
        if (!one) return false;
        const tried = after(state, one);
        return !complains(scanner, tried, control, options) && judge(tried).verdict === 'PASS';
      });
    if (step) {
      steps.push(step);
      state = after(state, step);
    } else {
      const { why } = opinionOf(scanner, state, control, options);
      blockers.push({
        why: `${scanner.tool} would still complain: ${why}`,
        todo: 'No text that the benchmark has printed pleases it: record an exception there.',
      });
    }
  }
  return { ...plan, steps, blockers, after: judge(state) };
}

const complains = (scanner: Scanner, state: Scenario, control: Control, options: RepairOptions): boolean =>
  opinionOf(scanner, state, control, options).says === 'FAIL';

function opinionOf(
  scanner: Scanner,
  state: Scenario,
  control: Control,
  { benchmark }: RepairOptions,
): Omit<ScannerOpinion, 'tool'> {
  return scanner.opinion(new AccountView(state), targetOf(control, benchmark, state.auditedAccount));
}

/** Every text that a benchmark has had for the control, newest first. */
const textsOf = (control: Control): string[] => [
  ...new Set(
    [...BENCHMARKS].reverse().flatMap((one) => [canonicalPattern(control, one), ...acceptedForms(control, one)]),
  ),
];

function verbatimFilter(
  state: Scenario,
  control: Control,
  judge: JudgeControl,
  options: RepairOptions,
  { name, text }: { readonly name: string; readonly text: string },
): Step | undefined {
  const { filters, ownFilter: own, logGroup, scope } = situationOf(state, judge(state), control, options);
  const fed = [own, ...filters].find((filter) => filter !== undefined)?.metricTransformations[0];
  if (!fed) return undefined;
  const { metricName, metricNamespace } = fed;
  return {
    service: 'logs',
    operation: 'PutMetricFilter',
    scope,
    input: {
      logGroupName: logGroup,
      filterName: `${ownFilter(control)}-${name}`,
      filterPattern: text,
      metricTransformations: [{ metricName, metricNamespace, metricValue: '1' }],
    },
    why: `${SATISFIABLE[name]?.tool} compares texts, and looks for this one`,
    change: null,
    foreign: false,
  };
}
