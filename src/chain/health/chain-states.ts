import type { Kysely, Selectable } from 'kysely';
import { arnOf, parseArn } from '../../base/scope.ts';
import type { AlarmsTable, Tables } from '../../store/tables.ts';
import { mutedAlarms } from '../alarms/mute-rules.ts';
import { ownTags } from '../alarms/own-tags.ts';
import { listSilences } from '../answers/silences.ts';
import { channelTagProblem } from '../channels/chat/chat-kind.ts';
import { publishStatement, ringRefusal } from '../topics/access/permitted-topic.ts';
import { heartbeatTagProblem } from '../topics/heartbeats.ts';
import { shownEndpoint } from '../topics/subscription.ts';
import { alarmPages } from './alarm-pages.ts';
import type { ChainProblem } from './chain-problem.ts';
import { escalationProblems } from './escalation-problems.ts';
import { cannotDeliver, failingSentence } from './failing-endpoints.ts';
import { filterSources, sourceKey } from './filter-sources.ts';
import { quietReason } from './quiet.ts';
import { queueRefusal } from './refusing-queues.ts';
import { silenceProblems } from './silence-problems.ts';
import { topicsSeen } from './topics-seen.ts';

/** A chain from log group to subscriber, seen from its alarm. */
export interface ChainState {
  readonly alarm: string;
  readonly account: string;
  readonly region: string;
  readonly state: string;
  readonly stateSince: number;
  /** Of an alarm on a single metric. */
  readonly metric: string | null;
  /** Of a composite alarm. */
  readonly rule: string | null;
  readonly filters: readonly { logGroup: string; filter: string; lastEventAt: number | null }[];
  readonly topics: readonly string[];
  readonly subscribers: readonly { protocol: string; endpoint: string }[];
  readonly canRing: boolean;
  readonly problems: readonly ChainProblem[];
}

interface Definition {
  Namespace?: string;
  MetricName?: string;
  Metrics?: { MetricStat?: { Metric?: { Namespace?: string; MetricName?: string } } }[];
  AlarmRule?: string;
  AlarmActions?: string[];
}

export interface HealthSettings {
  /** Base of the commands printed as fixes. */
  readonly endpoint: string;
  readonly mailConfigured: boolean;
  readonly now: number;
}

/** Broken endpoints named for one chain. */
const MOST_BROKEN = 5;

/** What a topic's tags ask for that means nothing. */
const topicTagProblems = (tags: Readonly<Record<string, string>>): string[] =>
  [channelTagProblem(tags), heartbeatTagProblem(tags)].filter((problem) => problem !== undefined);

const SEND_EVENTS =
  'send CloudTrail records: serve --watch FOLDER, trailbell ingest PATH, or put-log-events; then see what stops the sender';

/**
 * Walks every alarm's chain in the stored state and says whether it would ring, by the alarms' names.
 * Bounded work: one query per table, joined in memory, and the alarms themselves in pages.
 */
export async function chainStates(db: Kysely<Tables>, settings: HealthSettings): Promise<ChainState[]> {
  const [filters, seen, dead, put, children, muted, silences] = await Promise.all([
    filterSources(db),
    topicsSeen(db),
    db
      .selectFrom('deliveries')
      .select(({ fn }) => ['topic_arn', fn.countAll<number>().as('count')])
      .where('status', '=', 'dead')
      .groupBy('topic_arn')
      .execute(),
    db
      .selectFrom('alarm_metrics')
      .innerJoin('metrics', 'metrics.id', 'alarm_metrics.metric_id')
      .select('alarm_metrics.alarm_id')
      .where('metrics.put_at', 'is not', null)
      .execute(),
    db.selectFrom('alarm_children').select('child_id').where('role', '=', 'rule').execute(),
    mutedAlarms(db, settings.now),
    listSilences(db, settings.now),
  ]);
  const deadByTopic = new Map(dead.map((row) => [row.topic_arn, row.count]));
  const isPut = new Set(put.map(({ alarm_id }) => alarm_id));
  const isChild = new Set(children.map(({ child_id }) => child_id));

  const stateOf = (alarm: Selectable<AlarmsTable>): ChainState => {
    const definition = JSON.parse(alarm.definition) as Definition;
    const watched = metricsOf(definition);
    const fed = watched.flatMap(([namespace, name]) => filters.get(sourceKey(alarm, namespace, name)) ?? []);
    const actions = (definition.AlarmActions ?? []).filter((arn) => parseArn(arn)?.service === 'sns');
    const source = { account: alarm.account, arn: arnOf('cloudwatch', alarm, `alarm:${alarm.name}`) };
    const existing = actions.flatMap((arn) => seen.topics.get(arn) ?? []);
    const refusals = existing.flatMap((topic) => {
      const refusal = ringRefusal(topic, source);
      return refusal === undefined ? [] : [{ topic, refusal }];
    });
    const open = existing.filter((topic) => !refusals.some((refused) => refused.topic === topic));
    const reached = open.flatMap(({ arn }) => seen.subscriptions.get(arn) ?? []);
    const confirmed = reached.filter((subscription) => subscription.status === 'confirmed');
    const problems: ChainProblem[] = [];
    const report = (code: ChainProblem['code'], silent: boolean, message: string, fix: string) =>
      problems.push({ code, message, fix, silent });

    const aws = `aws --endpoint-url ${settings.endpoint} --region ${alarm.region}`;
    if (alarm.actions_enabled === 0) {
      const fix = `${aws} cloudwatch enable-alarm-actions --alarm-names "${alarm.name}"`;
      report('actions-disabled', true, 'its actions are switched off', fix);
    }
    const isFedByHand = isPut.has(alarm.id);
    if (alarm.kind === 'metric' && fed.length === 0 && !isFedByHand) {
      report('no-source', true, 'nothing feeds its metric', `${aws} logs put-metric-filter --metric-transformations …`);
    }
    const quiet = isFedByHand ? undefined : quietReason(fed, settings.now);
    if (quiet !== undefined) report('quiet', true, quiet, SEND_EVENTS);
    if (actions.length === 0) {
      const put = alarm.kind === 'composite' ? 'put-composite-alarm' : 'put-metric-alarm';
      // Where it is part of a composite alarm, that one tells, and has a chain of its own.
      if (!isChild.has(alarm.id))
        report('no-action', true, 'it has no topic to tell', `${aws} cloudwatch ${put} --alarm-actions …`);
    } else if (existing.length === 0) {
      const name = parseArn(actions[0] ?? '')?.resource ?? '';
      report('no-topic', true, `its topic ${actions[0]} does not exist`, `${aws} sns create-topic --name ${name}`);
    } else if (open.length > 0 && confirmed.length === 0) {
      const waiting = reached.find((subscription) => subscription.status === 'pending');
      const subscribe = `${aws} sns subscribe --topic-arn ${open[0]?.arn} --protocol email --notification-endpoint YOU@EXAMPLE.COM`;
      const unheard = waiting?.failing ? `, and the request did not arrive: ${failingSentence(waiting)}` : '';
      if (waiting)
        report('unconfirmed', true, `nobody has confirmed a subscription${unheard}`, howToConfirm(waiting, settings));
      else report('no-subscriber', true, 'nobody has subscribed', subscribe);
    }
    for (const { topic, refusal } of refusals) {
      const add = `add to its policy ${publishStatement(topic.arn, alarm)}`;
      const fix = refusal.includes('encryption key') ? 'give it a key of your own, or none' : add;
      report('topic-refuses', open.length === 0, `topic ${topic.name} refuses its rings: ${refusal}`, fix);
    }
    const broken = confirmed.flatMap((subscription) => {
      const refusal = queueRefusal(subscription, seen);
      if (refusal) return [refusal];
      if (!cannotDeliver(subscription, settings.now)) return [];
      return [{ message: failingSentence(subscription), fix: `mend it; ${settings.endpoint}/console tries again` }];
    });
    for (const { message, fix } of broken.slice(0, MOST_BROKEN))
      report('cannot-deliver', broken.length === confirmed.length, message, fix);
    const lost = existing.reduce((sum, { arn }) => sum + (deadByTopic.get(arn) ?? 0), 0);
    if (lost > 0) {
      report('dead-letters', false, `${lost} deliveries were given up`, `${settings.endpoint}/console shows why`);
    }
    const mailOnly = confirmed.length > 0 && confirmed.every(({ protocol }) => protocol.startsWith('email'));
    if (mailOnly && !settings.mailConfigured) {
      report('mail-not-configured', true, 'mails stay on this machine', 'start the engine with --smtp smtp://HOST');
    }
    const until = muted.get(JSON.stringify([alarm.account, alarm.region, alarm.name]));
    if (until !== undefined) {
      const end = new Date(until).toISOString();
      report('muted', false, `its actions are muted until ${end}`, `${aws} cloudwatch list-alarm-mute-rules`);
    }
    const { severity, escalations, problems: ignored } = ownTags(JSON.parse(alarm.tags) as Record<string, string>);
    problems.push(
      ...silenceProblems({ ...alarm, alarm: alarm.name, severity }, silences, settings.endpoint),
      ...escalationProblems(alarm, source, escalations, seen, aws),
    );
    for (const problem of ignored) {
      report('tag-ignored', false, problem, `${aws} cloudwatch tag-resource --resource-arn … --tags …`);
    }
    for (const { arn, tags } of existing) {
      for (const problem of topicTagProblems(tags))
        report('tag-ignored', false, problem, `${aws} sns tag-resource --resource-arn ${arn} --tags …`);
    }
    return {
      alarm: alarm.name,
      account: alarm.account,
      region: alarm.region,
      state: alarm.state,
      stateSince: alarm.state_transitioned_at,
      metric: definition.MetricName ? `${definition.Namespace}/${definition.MetricName}` : null,
      rule: definition.AlarmRule ?? null,
      filters: fed.map(({ logGroup, filter, lastEventAt }) => ({ logGroup, filter, lastEventAt })),
      topics: existing.map(({ arn }) => arn),
      subscribers: confirmed.map(({ protocol, endpoint }) => ({ protocol, endpoint: shownEndpoint(endpoint) })),
      canRing: !problems.some((problem) => problem.silent),
      problems,
    };
  };
  const states: ChainState[] = [];
  for await (const page of alarmPages(db)) for (const alarm of page) states.push(stateOf(alarm));
  return states.sort((a, b) => (a.alarm < b.alarm ? -1 : Number(a.alarm > b.alarm)));
}

/** Where the link lies that confirms a subscription. */
function howToConfirm(
  { protocol, endpoint }: { protocol: string; endpoint: string },
  settings: HealthSettings,
): string {
  if (!protocol.startsWith('email')) {
    return `have ${shownEndpoint(endpoint)} visit the SubscribeURL that was posted to it; subscribe again for a new one`;
  }
  if (settings.mailConfigured) return `open the link in the mail to ${endpoint}`;
  return `open the link in the mail to ${endpoint}, which waits at ${settings.endpoint}/console/mail`;
}

/** Namespace and name of every metric that an alarm watches; none for a composite alarm. */
function metricsOf({ Namespace, MetricName, Metrics = [] }: Definition): [string, string][] {
  const named = [...Metrics.map(({ MetricStat }) => MetricStat?.Metric), { Namespace, MetricName }];
  return named.flatMap((metric) => (metric?.MetricName ? [[metric.Namespace ?? '', metric.MetricName]] : []));
}
