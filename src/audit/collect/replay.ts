import type { Benchmark } from '../controls/benchmark.ts';
import { canonicalPattern } from '../controls/control.ts';
import { CONTROLS } from '../controls/find-control.ts';
import type { Finding } from '../finding.ts';
import type { Replay } from '../report/report.ts';
import type { Scenario } from '../state.ts';
import { logGroupOf } from './arn.ts';
import type { WatchedDoor } from './watched-door.ts';

/** Verdicts that rest on which events the filters match. */
const ABOUT_FILTERS: readonly string[] = ['F1', 'F2'];

/**
 * Asks AWS's own matcher about a counterexample: the benchmark's pattern must match it, and no filter
 * of the log group may. Undefined where there is nothing to ask, or AWS does not say.
 */
export async function replay(finding: Finding, scenario: Scenario, door: WatchedDoor): Promise<Replay | undefined> {
  const { counterexample, brokenLink, name, benchmark, account, control } = finding;
  const asked = CONTROLS.find(({ slug }) => slug === name);
  if (!counterexample || !asked || brokenLink === null || !ABOUT_FILTERS.includes(brokenLink)) return undefined;
  const group = finding.path.logGroup;
  const wanted = logGroupOf(group)?.name ?? group;
  const filters = scenario.state.metricFilters.filter(
    ({ account: owner, region, logGroupName }) =>
      owner === door.account && region === finding.region && (wanted === undefined || logGroupName === wanted),
  );
  // The call takes a pattern alone: it cannot tell what else keeps an event from a filter.
  if (filters.some((filter) => filter.fieldSelectionCriteria || filter.applyOnTransformedLogs)) return undefined;
  const message = JSON.stringify(counterexample);
  const matches = async (filterPattern: string): Promise<boolean | undefined> => {
    const outcome = await door.ask('logs:TestMetricFilter', finding.region, {
      filterPattern,
      logEventMessages: [message],
    });
    return outcome.kind === 'answer' ? (outcome.output.matches?.length ?? 0) > 0 : undefined;
  };
  const prescribed = await matches(canonicalPattern(asked, benchmark as Benchmark));
  if (prescribed === undefined) return undefined;
  if (!prescribed) {
    return {
      account,
      control,
      confirmed: false,
      says: "the endpoint's own matcher does not match it with the benchmark's pattern",
    };
  }
  for (const { filterName, filterPattern } of filters) {
    const matched = await matches(filterPattern);
    if (matched === undefined) return undefined;
    if (matched)
      return { account, control, confirmed: false, says: `the endpoint's own matcher matches it with ${filterName}` };
  }
  return { account, control, confirmed: true, says: "confirmed by the endpoint's own matcher" };
}
