import type { Kysely } from 'kysely';
import { isMailGroup } from '../../chain/topics/mail-windows.ts';
import type { Tables } from '../../store/tables.ts';
import { drillKey } from '../../trail/drill-record.ts';

/** How far a drill came along one chain, link by link. Times are milliseconds. */
export interface DrillLink {
  readonly link: 'log group' | 'metric filter' | 'metric' | 'alarm' | 'topic' | 'subscription';
  readonly name: string;
  /** When it was reached; null while, or because, it was not. */
  readonly at: number | null;
  readonly holds: boolean;
  /** For a link that does not hold. */
  readonly says: string | null;
}

export interface DrillReport {
  readonly id: string;
  /** `rang`: at least one subscriber took the message. `waiting`: something may still come. */
  readonly outcome: 'rang' | 'waiting' | 'silent';
  readonly links: readonly DrillLink[];
}

/**
 * What the store knows of a drill by now. It is found by the session that its record began, so a drill is
 * followed across restarts. A drill that no filter counted has no session: its links end there.
 */
export async function followDrill(db: Kysely<Tables>, id: string): Promise<DrillReport> {
  const matches = await db
    .selectFrom('matches as m')
    .innerJoin('sessions as s', 's.id', 'm.session_id')
    .innerJoin('log_groups as g', 'g.id', 'm.group_id')
    .innerJoin('metric_filters as f', 'f.id', 'm.filter_id')
    .innerJoin('metrics', 'metrics.id', 'm.metric_id')
    .select(['m.session_id', 'm.metric_id', 'm.ingested_at', 'g.name as group_name', 'f.name as filter_name'])
    .select(['metrics.namespace', 'metrics.name as metric_name'])
    .where('s.principal', '=', drillKey(id))
    .orderBy('m.id')
    .execute();
  const links: DrillLink[] = [];
  const seen = new Set<string>();
  const add = (link: DrillLink): void => {
    const key = JSON.stringify([link.link, link.name]);
    if (!seen.has(key)) links.push(link);
    seen.add(key);
  };
  const reached = (link: DrillLink['link'], name: string, at: number): void =>
    add({ link, name, at, holds: true, says: null });
  for (const match of matches) reached('log group', match.group_name, match.ingested_at);
  for (const match of matches) reached('metric filter', match.filter_name, match.ingested_at);
  for (const match of matches) reached('metric', `${match.namespace}/${match.metric_name}`, match.ingested_at);
  if (matches.length === 0) {
    add({ link: 'metric filter', name: '', at: null, holds: false, says: 'no metric filter counted the drill' });
    return { id, outcome: 'silent', links };
  }
  const sessionIds = matches.map(({ session_id }) => session_id ?? '');
  const metricIds = matches.map(({ metric_id }) => metric_id);
  const broken = (link: DrillLink['link'], name: string, says: string): void =>
    add({ link, name, at: null, holds: false, says });
  const alarms = await alarmsOf(db, metricIds, sessionIds);
  if (alarms.length === 0) broken('alarm', '', 'no alarm watches the metric');
  for (const alarm of alarms) {
    if (alarm.ring && alarm.published.length > 0) reached('alarm', alarm.name, alarm.ring.at);
    else broken('alarm', alarm.name, whySilent(alarm));
  }
  const deliveries = await deliveriesOf(
    db,
    alarms.flatMap(({ ring }) => (ring ? [ring.id] : [])),
  );
  for (const { ring, published } of alarms) {
    for (const { arn, failure } of published) {
      if (failure === undefined) reached('topic', arn, ring?.at ?? 0);
      else broken('topic', arn, failure);
      const isHeard = deliveries.some(({ topic_arn }) => topic_arn === arn);
      if (failure === undefined && !isHeard) broken('subscription', arn, 'nobody is subscribed and has confirmed');
    }
  }
  for (const one of deliveries) {
    const name = `${one.protocol} ${one.endpoint}`;
    if (one.status === 'delivered') reached('subscription', name, one.finished_at ?? one.published_at);
    else broken('subscription', name, one.error ?? whyLater(one));
  }
  return { id, outcome: outcomeOf(alarms, deliveries), links };
}

/** A mail that others have come before is no broken link. */
function whyLater(one: { readonly status: string; readonly group_id: string | null; readonly due_at: number }): string {
  if (one.status !== 'waiting' || !isMailGroup(one.group_id)) return one.status;
  return `waiting: it is mailed with others at ${new Date(one.due_at).toISOString()}`;
}

function outcomeOf(
  alarms: readonly { ring: unknown; state: string }[],
  deliveries: readonly { status: string }[],
): DrillReport['outcome'] {
  if (deliveries.some(({ status }) => status === 'delivered')) return 'rang';
  if (deliveries.some(({ status }) => status === 'waiting')) return 'waiting';
  // An alarm that is not in ALARM yet may be judged at any moment.
  if (alarms.some(({ ring, state }) => !ring && state !== 'ALARM')) return 'waiting';
  return 'silent';
}

interface Published {
  readonly arn: string;
  readonly failure?: string;
}

interface FollowedAlarm {
  readonly name: string;
  readonly state: string;
  readonly actions_enabled: number;
  /** What it rang for the drill; undefined while it has not. */
  readonly ring: { readonly id: string; readonly at: number } | undefined;
  /** The topics that the ring went to, and those that did not take it. */
  readonly published: readonly Published[];
}

async function alarmsOf(
  db: Kysely<Tables>,
  metricIds: readonly number[],
  sessionIds: readonly string[],
): Promise<FollowedAlarm[]> {
  const alarms = await db
    .selectFrom('alarm_metrics')
    .innerJoin('alarms', 'alarms.id', 'alarm_metrics.alarm_id')
    .select(['alarms.id', 'alarms.name', 'alarms.state', 'alarms.actions_enabled'])
    .distinct()
    .where('alarm_metrics.metric_id', 'in', [...metricIds])
    .orderBy('alarms.name')
    .execute();
  const told = await db
    .selectFrom('ring_sessions')
    .innerJoin('rings', 'rings.id', 'ring_sessions.ring_id')
    .select(['ring_sessions.alarm_id', 'rings.id', 'rings.at', 'rings.published'])
    .where('ring_sessions.session_id', 'in', [...sessionIds])
    .execute();
  return alarms.map(({ id, ...alarm }) => {
    const ring = told.find(({ alarm_id }) => alarm_id === id);
    return { ...alarm, ring, published: ring ? (JSON.parse(ring.published) as Published[]) : [] };
  });
}

function whySilent({ ring, state, actions_enabled }: FollowedAlarm): string {
  if (!actions_enabled) return 'its actions are switched off';
  if (ring) return 'it has no topic to tell, is muted, or is held back by a suppressor';
  if (state === 'ALARM') {
    return 'it is in ALARM already, and rings again only when tagged trailbell:ring=every-session';
  }
  return `it is in ${state} and has not rung for the drill`;
}

async function deliveriesOf(db: Kysely<Tables>, rings: readonly string[]) {
  if (rings.length === 0) return [];
  return await db
    .selectFrom('messages')
    .innerJoin('deliveries', 'deliveries.message_id', 'messages.id')
    .select(['messages.topic_arn', 'messages.published_at'])
    .select(['deliveries.protocol', 'deliveries.endpoint', 'deliveries.status'])
    .select(['deliveries.finished_at', 'deliveries.error', 'deliveries.group_id', 'deliveries.due_at'])
    .where('messages.ring_id', 'in', [...rings])
    .orderBy('deliveries.id')
    .execute();
}
