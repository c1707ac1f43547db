import type { Kysely } from 'kysely';
import { arnOf, parseArn } from '../../base/scope.ts';
import type { Tables } from '../../store/tables.ts';

/** One thing that keeps a chain from ringing, or from ringing surely. */
export interface ChainProblem {
  /** A fixed word for scripts. */
  readonly code:
    | 'actions-disabled'
    | 'no-action'
    | 'no-source'
    | 'no-topic'
    | 'no-subscriber'
    | 'unconfirmed'
    | 'dead-letters'
    | 'mail-not-configured';
  readonly message: string;
  /** A command or a step that mends it. */
  readonly fix: string;
  /** True when nobody would be told; false for what only deserves a look. */
  readonly silent: boolean;
}

/** A chain from log group to subscriber, seen from its alarm. */
export interface ChainState {
  readonly alarm: string;
  readonly account: string;
  readonly region: string;
  readonly state: string;
  readonly stateSince: number;
  readonly metric: string | null;
  readonly filters: readonly { logGroup: string; filter: string; lastEventAt: number | null }[];
  readonly topics: readonly string[];
  readonly subscribers: readonly { protocol: string; endpoint: string }[];
  readonly canRing: boolean;
  readonly problems: readonly ChainProblem[];
}

interface Definition {
  Namespace?: string;
  MetricName?: string;
  AlarmActions?: string[];
}

export interface HealthSettings {
  /** Base of the commands printed as fixes. */
  readonly endpoint: string;
  readonly mailConfigured: boolean;
}

/**
 * Walks every metric alarm's chain in the stored state and says whether it would ring. Bounded work:
 * one query per table, joined in memory.
 */
export async function chainStates(db: Kysely<Tables>, settings: HealthSettings): Promise<ChainState[]> {
  const [alarms, filters, topics, subscriptions, dead, metrics] = await Promise.all([
    db.selectFrom('alarms').selectAll().where('kind', '=', 'metric').orderBy('name').execute(),
    filterSources(db),
    db.selectFrom('topics').select(['account', 'region', 'name']).execute(),
    db.selectFrom('subscriptions').select(['topic_arn', 'protocol', 'endpoint', 'status']).execute(),
    db
      .selectFrom('deliveries')
      .select(({ fn }) => ['topic_arn', fn.countAll<number>().as('count')])
      .where('status', '=', 'dead')
      .groupBy('topic_arn')
      .execute(),
    db.selectFrom('metrics').select(['id', 'put_at']).where('put_at', 'is not', null).execute(),
  ]);
  const knownTopics = new Set(topics.map((topic) => arnOf('sns', topic, topic.name)));
  const byTopic = new Map<string, typeof subscriptions>();
  for (const subscription of subscriptions) {
    byTopic.set(subscription.topic_arn, [...(byTopic.get(subscription.topic_arn) ?? []), subscription]);
  }
  const deadByTopic = new Map(dead.map((row) => [row.topic_arn, row.count]));
  const putMetrics = new Set(metrics.map((metric) => metric.id));

  return alarms.map((alarm) => {
    const definition = JSON.parse(alarm.definition) as Definition;
    const fed = filters.get(sourceKey(alarm, definition.Namespace ?? '', definition.MetricName ?? '')) ?? [];
    const actions = (definition.AlarmActions ?? []).filter((arn) => parseArn(arn)?.service === 'sns');
    const existing = actions.filter((arn) => knownTopics.has(arn));
    const reached = existing.flatMap((arn) => byTopic.get(arn) ?? []);
    const confirmed = reached.filter((subscription) => subscription.status === 'confirmed');
    const problems: ChainProblem[] = [];
    const report = (code: ChainProblem['code'], silent: boolean, message: string, fix: string) =>
      problems.push({ code, message, fix, silent });

    const aws = `aws --endpoint-url ${settings.endpoint} --region ${alarm.region}`;
    if (alarm.actions_enabled === 0) {
      const fix = `${aws} cloudwatch enable-alarm-actions --alarm-names "${alarm.name}"`;
      report('actions-disabled', true, 'its actions are switched off', fix);
    }
    if (fed.length === 0 && !(alarm.metric_id !== null && putMetrics.has(alarm.metric_id))) {
      report('no-source', true, 'nothing feeds its metric', `${aws} logs put-metric-filter --metric-transformations …`);
    }
    if (actions.length === 0) {
      report('no-action', true, 'it has no topic to tell', `${aws} cloudwatch put-metric-alarm --alarm-actions …`);
    } else if (existing.length === 0) {
      const name = parseArn(actions[0] ?? '')?.resource ?? '';
      report('no-topic', true, `its topic ${actions[0]} does not exist`, `${aws} sns create-topic --name ${name}`);
    } else if (confirmed.length === 0) {
      const waiting = reached.some((subscription) => subscription.status === 'pending');
      const subscribe = `${aws} sns subscribe --topic-arn ${existing[0]} --protocol email --notification-endpoint YOU@EXAMPLE.COM`;
      if (waiting) report('unconfirmed', true, 'nobody has confirmed a subscription', 'open the link in the mail');
      else report('no-subscriber', true, 'nobody has subscribed', subscribe);
    }
    const lost = existing.reduce((sum, arn) => sum + (deadByTopic.get(arn) ?? 0), 0);
    if (lost > 0) {
      report('dead-letters', false, `${lost} deliveries were given up`, `${settings.endpoint}/console shows why`);
    }
    const mailOnly = confirmed.length > 0 && confirmed.every(({ protocol }) => protocol.startsWith('email'));
    if (mailOnly && !settings.mailConfigured) {
      report('mail-not-configured', true, 'mails stay on this machine', 'start the engine with --smtp smtp://HOST');
    }
    return {
      alarm: alarm.name,
      account: alarm.account,
      region: alarm.region,
      state: alarm.state,
      stateSince: alarm.state_transitioned_at,
      metric: definition.MetricName ? `${definition.Namespace}/${definition.MetricName}` : null,
      filters: fed,
      topics: existing,
      subscribers: confirmed.map(({ protocol, endpoint }) => ({ protocol, endpoint })),
      canRing: !problems.some((problem) => problem.silent),
      problems,
    };
  });
}

const sourceKey = (scope: { account: string; region: string }, namespace: string, name: string): string =>
  JSON.stringify([scope.account, scope.region, namespace, name]);

/** Metric filters by the metric they publish. */
async function filterSources(db: Kysely<Tables>): Promise<Map<string, ChainState['filters'][number][]>> {
  const rows = await db
    .selectFrom('metric_filters as f')
    .innerJoin('log_groups as g', 'g.id', 'f.group_id')
    .leftJoin('log_streams as s', 's.group_id', 'g.id')
    .select(['g.account', 'g.region', 'g.name as group', 'f.name as filter', 'f.transformation'])
    .select(({ fn }) => fn.max<number | null>('s.last_ingested_at').as('last'))
    .groupBy(['g.account', 'g.region', 'g.name', 'f.name', 'f.transformation'])
    .execute();
  const sources = new Map<string, ChainState['filters'][number][]>();
  for (const row of rows) {
    const { metricNamespace, metricName } = JSON.parse(row.transformation) as Record<string, string>;
    const key = sourceKey(row, metricNamespace ?? '', metricName ?? '');
    const known = sources.get(key) ?? [];
    known.push({ logGroup: row.group, filter: row.filter, lastEventAt: row.last });
    sources.set(key, known);
  }
  return sources;
}
