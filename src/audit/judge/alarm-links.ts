import type { Alarm } from '../state.ts';
import { type AccountView, arnOfAlarm } from './account-view.ts';
import { putAlarmAgain, SOUND_SETTINGS } from './alarm-command.ts';
import { awsCommand } from './command.ts';
import { countingFeeders } from './filter-links.ts';
import { type Link, linksOf } from './link.ts';
import { type OneEvent, type Reaction, reactionTo } from './one-event.ts';
import type { Watcher } from './watchers.ts';

/** A ring less often than this is worth a warning: the benchmark's own alarm can ring every five minutes. */
const USUAL_GAP = 300;

/** A2: whether one event takes the alarm from OK to ALARM; undefined where no match counts at all. */
export function reactionLink(view: AccountView, watcher: Watcher): Link | undefined {
  const { alarm, feeders, inputs } = watcher;
  const counting = countingFeeders(feeders);
  const values = [...new Set(counting.map(({ value }) => value ?? 0))].slice(0, 20);
  if (values.length === 0) return undefined;
  const hasZeros = feeders.some(({ defaultValue }) => defaultValue === 0);
  const others = othersOf(view, alarm, inputs);
  const reactions = values.map((value) => reactionTo(alarm, { value, inputs, hasZeros, others }));
  return linkOf(alarm, reactions.find(({ kind }) => kind !== 'rings') ?? reactions[0]!);
}

function linkOf(alarm: Alarm, reaction: Reaction): Link {
  const link = linksOf('cloudwatch:DescribeAlarms', arnOfAlarm(alarm));
  const name = alarm.AlarmName;
  switch (reaction.kind) {
    case 'rings': {
      const gap = (periodOf(alarm) ?? 0) * (alarm.EvaluationPeriods ?? 1);
      const warnings = reaction.staysOn ? ['rings-once'] : gap > USUAL_GAP ? [`re-notification-gap-${gap}s`] : [];
      return link.holds('A2', { says: `One event turns alarm ${name} from OK to ALARM.`, warnings });
    }
    case 'always-on':
      return link.broken('A2', {
        says: `Alarm ${name} is in ALARM without any event, so an event changes nothing${alarm.TreatMissingData === 'breaching' ? ' (missing data count as breaching)' : ''}.`,
        fix: `${SOUND} ${mend(alarm)}`,
      });
    case 'silent':
      return link.broken('A2', {
        says: `Alarm ${name} stays silent: ${reaction.why}.`,
        fix: `${SOUND} ${mend(alarm)}`,
      });
    case 'depends':
      return link.review('A2', `Whether alarm ${name} rings at one event hangs on data of other metrics.`);
    case 'not-judged':
      return link.review('A2', `Alarm ${name} is of a kind that cannot be computed here: ${reaction.why}`);
  }
}

const SOUND = 'Let it look for a Sum of 1 or more in one period, missing data not breaching:';

/** The benchmark's settings for an alarm on one metric; metric math is its maker's. */
const mend = (alarm: Alarm): string =>
  alarm.MetricName === undefined ? `see alarm ${alarm.AlarmName}` : putAlarmAgain(alarm, SOUND_SETTINGS);

const periodOf = ({ Period, Metrics = [] }: Alarm): number | undefined =>
  Period ?? Metrics.flatMap((query) => query.MetricStat?.Period ?? query.Period ?? [])[0];

/** What is known of the data of an expression's other metrics: only those of metric filters can be told. */
function othersOf(view: AccountView, alarm: Alarm, own: readonly string[]): OneEvent['others'] {
  const others = new Map<string, 'zeros' | 'nothing' | 'unknown'>();
  for (const { Id, MetricStat: stat } of alarm.Metrics ?? []) {
    if (!stat || own.includes(Id)) continue;
    const { MetricName: name, Namespace: namespace } = stat.Metric;
    const transformations = view
      .feedersOf(name ?? '')
      .filter((filter) => filter.region === alarm.region)
      .flatMap((filter) => filter.metricTransformations)
      .filter((each) => each.metricName === name && each.metricNamespace === namespace);
    const known = transformations.some(({ defaultValue }) => defaultValue !== undefined) ? 'zeros' : 'nothing';
    others.set(Id, transformations.length === 0 ? 'unknown' : known);
  }
  return others;
}

/** A4: whether the alarm can still change to ALARM. */
export function restLink(alarm: Alarm): Link {
  const link = linksOf('cloudwatch:DescribeAlarms', arnOfAlarm(alarm));
  const { AlarmName: name, StateValue, stateHours } = alarm;
  if (StateValue !== 'ALARM') return link.holds('A4', { says: `Alarm ${name} is at rest.` });
  const range = ((periodOf(alarm) ?? 60) * ((alarm.EvaluationPeriods ?? 1) + 2)) / 3_600;
  if (stateHours === undefined || stateHours <= Math.max(range, 1))
    return link.holds('A4', { says: `Alarm ${name} is in ALARM now.`, warnings: ['in-alarm'] });
  const reset = awsCommand(
    alarm.region,
    ...['cloudwatch', 'set-alarm-state', '--alarm-name', name, '--state-value', 'OK', '--state-reason', 'reset'],
  );
  return link.broken('A4', {
    says: `Alarm ${name} has been in ALARM for ${Math.round(stateHours)} hours: a new event changes nothing, so nobody is told.`,
    fix: `Find out what keeps it in ALARM, treat missing data as notBreaching, then: ${reset}`,
  });
}
