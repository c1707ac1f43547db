import { arnOf, parseArn, type Scope } from '../../base/scope.ts';
import type { Control } from '../controls/control.ts';
import type { Finding } from '../finding.ts';
import type { Alarm, MetricFilter, Scenario, Trail } from '../state.ts';
import { OWN_LOG_GROUP, ownAlarm, ownFilter } from './own-names.ts';
import type { RepairOptions } from './repair-options.ts';

/** The state around the chain that a finding speaks of, looked up once. */
export interface Situation {
  readonly scenario: Scenario;
  readonly finding: Finding;
  readonly control: Control;
  readonly options: RepairOptions;
  /** The trail of the best chain, or the one most worth mending. */
  readonly trail: Trail | undefined;
  /** Account and region of the chain: those of the log group, else of the trail, else of the caller. */
  readonly scope: Scope;
  readonly logGroup: string;
  /** The filters of the best chain. */
  readonly filters: readonly MetricFilter[];
  readonly ownFilter: MetricFilter | undefined;
  readonly alarm: Alarm | undefined;
  readonly ownAlarm: Alarm | undefined;
}

/** Looks up what a finding names, in the state it was judged from. */
export function situationOf(scenario: Scenario, finding: Finding, control: Control, options: RepairOptions): Situation {
  const { state } = scenario;
  const trail = trailOf(scenario, finding);
  const group = logGroupOf(trail);
  const home = trail && {
    account: parseArn(trail.describe.TrailARN)?.account ?? scenario.auditedAccount,
    region: trail.describe.HomeRegion ?? parseArn(trail.describe.TrailARN)?.region ?? scenario.cliRegion,
  };
  const scope = group?.scope ?? home ?? { account: scenario.auditedAccount, region: scenario.cliRegion };
  const logGroup = group?.name ?? OWN_LOG_GROUP;
  const here = (one: Scope): boolean => one.account === scope.account && one.region === scope.region;
  const onGroup = state.metricFilters.filter((one) => here(one) && one.logGroupName === logGroup);
  const alarms = state.alarms.filter(here);
  return {
    scenario,
    finding,
    control,
    options,
    trail,
    scope,
    logGroup,
    filters: onGroup.filter(({ filterName }) => finding.path.filters?.includes(filterName)),
    ownFilter: onGroup.find(({ filterName }) => filterName === ownFilter(control)),
    alarm: alarms.find(({ AlarmName }) => AlarmName === finding.path.alarm),
    ownAlarm: alarms.find(({ AlarmName }) => AlarmName === ownAlarm(control)),
  };
}

/** The chain's trail; else a multi-region one; else any. */
function trailOf({ state }: Scenario, { path }: Finding): Trail | undefined {
  const { trails } = state;
  return (
    trails.find(({ describe }) => describe.TrailARN === path.trail || describe.Name === path.trail) ??
    trails.find(({ describe }) => describe.IsMultiRegionTrail) ??
    trails[0]
  );
}

/** Where a trail delivers to, from the ARN that it names. */
export function logGroupOf(trail: Trail | undefined): { scope: Scope; name: string } | undefined {
  const arn = parseArn(trail?.describe.CloudWatchLogsLogGroupArn ?? '');
  if (!arn) return undefined;
  const name = arn.resource.replace(/^log-group:/, '').replace(/:\*$/, '');
  return { scope: { account: arn.account, region: arn.region }, name };
}

/** The ARN of a log group as CloudTrail wants it. */
export const logGroupArn = (scope: Scope, name: string): string => `${arnOf('logs', scope, `log-group:${name}`)}:*`;
