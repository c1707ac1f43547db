import { BENCHMARKS, type Benchmark, benchmarkOf, DEFAULT_BENCHMARK } from '../controls/benchmark.ts';
import { findJudged, type JudgedControl, judgedControls, slugOf } from '../controls/judged-control.ts';
import type { Finding } from '../finding.ts';
import { type Scenario, StateError } from '../state.ts';
import { AccountView } from './account-view.ts';
import { Coverages } from './coverage.ts';
import type { JudgeOptions } from './judge-options.ts';
import { linksOf } from './link.ts';
import { literalVerdict } from './literal.ts';
import { otherMeans } from './other-means.ts';
import { bestOf, type Path } from './path.ts';
import { findingFrom } from './report.ts';
import { securityHubLinks } from './security-hub.ts';
import { type Target, targetOf } from './target.ts';
import { pathsFrom, type Walk } from './walk.ts';

const USUAL_DELIVERY_HOURS = 24;

/**
 * One finding for each control asked for, in the benchmark's order. Pure: the same scenario and options
 * give the same findings. Throws `StateError` for a control or benchmark that there is not.
 */
export function judge(scenario: Scenario, options: JudgeOptions): Finding[] {
  const benchmark = options.benchmark ?? benchmarkNamed(scenario.benchmark);
  const view = new AccountView(scenario);
  const proofs = options.proofs ?? new Coverages();
  return wantedControls(scenario, options, benchmark).map((judged) => {
    if (judged.kind === 'security-hub') {
      const path: Path = { links: securityHubLinks(view), names: {} };
      return findingFrom({ view, judged, benchmark, path, literal: literalHub(path), options });
    }
    const target = targetOf(judged.control, benchmark, scenario.auditedAccount);
    const walk: Walk = { view, target, proofs, settings: settingsOf(options) };
    const path = bestPath(walk);
    const means = otherMeans(walk, path, options);
    return findingFrom({
      view,
      judged,
      benchmark,
      path,
      literal: literalVerdict(view, target),
      options,
      target,
      means,
    });
  });
}

const settingsOf = ({ now, deliveryHours = USUAL_DELIVERY_HOURS, ignoreRetired = false }: JudgeOptions) => ({
  now,
  deliveryHours,
  ignoreRetired,
});

function benchmarkNamed(text: string | undefined): Benchmark {
  if (text === undefined) return DEFAULT_BENCHMARK;
  const found = benchmarkOf(text);
  if (found) return found;
  throw new StateError(`There is no benchmark "${text}"; there are ${BENCHMARKS.join(', ')}`);
}

function wantedControls(scenario: Scenario, options: JudgeOptions, benchmark: Benchmark): readonly JudgedControl[] {
  const named = options.controls ?? (scenario.control === undefined ? undefined : [scenario.control]);
  if (!named) return judgedControls(benchmark);
  const wanted = new Set(
    named.map((text) => {
      const found = findJudged(text, benchmark);
      if ('problem' in found) throw new StateError(found.problem);
      return slugOf(found);
    }),
  );
  return judgedControls(benchmark).filter((judged) => wanted.has(slugOf(judged)));
}

/** The best way from any trail of the account. */
function bestPath(walk: Walk): Path {
  const { view, target } = walk;
  const { account, scenario } = view;
  const link = linksOf('cloudtrail:DescribeTrails', account);
  if (!view.canRead(account) || view.denies('cloudtrail:DescribeTrails', { account, region: scenario.cliRegion }))
    return { links: [link.unknown('T1', `the trails of account ${account}`)], names: {} };
  const paths = view.trails.flatMap((trail) => pathsFrom(walk, trail));
  return bestOf(paths) ?? { links: [noTrail(account, target)], names: {} };
}

const noTrail = (account: string, { examples }: Target) =>
  linksOf('cloudtrail:DescribeTrails', account).broken('T1', {
    says: `Account ${account} has no trail: nothing is recorded.`,
    fix: 'Create a multi-region trail with a log group: aws cloudtrail create-trail --is-multi-region-trail, then start-logging.',
    ...(examples[0] && { counterexample: examples[0] }),
  });

/** The text asks for a hub in each region, and says nothing of what cannot be read. */
const literalHub = ({ links }: Path): Finding['literal'] => {
  if (links.some(({ status }) => status === 'broken')) return 'FAIL';
  return links.some(({ status }) => status === 'unknown') ? 'UNADDRESSED' : 'PASS';
};
