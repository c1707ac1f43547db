import { parseArn } from '../../base/scope.ts';
import type { Finding } from '../finding.ts';
import { type LogGroupName, logGroupNamed } from '../judge/log-group-name.ts';
import type { Alarm, MetricFilter, Scenario } from '../state.ts';
import { type DrillStep, step } from './drill-step.ts';

/** The links of an account's chain that a drill goes along, as far as the audit found them. */
export interface ChainToDrill {
  readonly trail: string | undefined;
  readonly group: LogGroupName | undefined;
  readonly filters: readonly MetricFilter[];
  readonly metric: { readonly namespace: string; readonly name: string } | undefined;
  /** The alarm on the metric. */
  readonly alarm: Alarm | undefined;
  /** The composite alarm that tells in its place; undefined where it tells itself. */
  readonly composite: Alarm | undefined;
  /** ARNs of the topics that are told. */
  readonly topics: readonly string[];
  /** Why what is missing here may be there all the same: something could not be read. */
  readonly unread: string | undefined;
}

/** Looks up what a finding's path names in the state that was judged. */
export function chainToDrill({ state }: Scenario, { path, verdict, reason }: Finding): ChainToDrill {
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
  const alarmNamed = (text: string | undefined): Alarm | undefined => {
    const named = parseArn(text ?? '')?.resource.replace(/^alarm:/, '') ?? text;
    return state.alarms.find(
      ({ AlarmName, account, region }) => AlarmName === named && account === group?.account && region === group.region,
    );
  };
  const [alarm, composite] = [alarmNamed(path.alarm), alarmNamed(path.composite)];
  return {
    trail: path.trail,
    group,
    filters,
    metric: plain && { namespace: plain.metricNamespace, name: plain.metricName },
    alarm,
    composite,
    topics: ((composite ?? alarm)?.AlarmActions ?? []).filter((arn) => parseArn(arn)?.service === 'sns'),
    unread: verdict === 'UNKNOWN' ? reason : undefined,
  };
}

/** A link that the audit did not find: broken, unless it could not look. */
export const missingLink = ({ unread }: ChainToDrill, link: DrillStep['link'], says: string): DrillStep =>
  unread === undefined ? step(link, '', false, says) : step(link, '', null, `could not be read: ${unread}`);
