import { parseArn } from '../../base/scope.ts';
import type { Finding } from '../finding.ts';
import { type LogGroupName, logGroupNamed } from '../judge/log-group-name.ts';
import type { Alarm, MetricFilter, Scenario } from '../state.ts';

/** The links of an account's chain that a drill goes along, as far as the audit found them. */
export interface ChainToDrill {
  readonly trail: string | undefined;
  readonly group: LogGroupName | undefined;
  readonly filters: readonly MetricFilter[];
  readonly metric: { readonly namespace: string; readonly name: string } | undefined;
  readonly alarm: Alarm | undefined;
  /** ARNs of the topics that the alarm tells. */
  readonly topics: readonly string[];
}

/** Looks up what a finding's path names in the state that was judged. */
export function chainToDrill({ state }: Scenario, { path }: Finding): ChainToDrill {
  const group = logGroupNamed(path.logGroup);
  const filters = state.metricFilters.filter(
    ({ account, region, logGroupName, filterName }) =>
      group !== undefined &&
      account === group.account &&
      region === group.region &&
      logGroupName === group.name &&
      (path.filters ?? []).includes(filterName),
  );
  const plain = filters
    .flatMap(({ metricTransformations }) => metricTransformations)
    .find(({ dimensions }) => !dimensions);
  const named = parseArn(path.alarm ?? '')?.resource.replace(/^alarm:/, '') ?? path.alarm;
  const alarm = state.alarms.find(
    ({ AlarmName, account, region }) => AlarmName === named && account === group?.account && region === group.region,
  );
  return {
    trail: path.trail,
    group,
    filters,
    metric: plain && { namespace: plain.metricNamespace, name: plain.metricName },
    alarm,
    topics: (alarm?.AlarmActions ?? []).filter((arn) => parseArn(arn)?.service === 'sns'),
  };
}
