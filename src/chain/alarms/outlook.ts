import type { Kysely } from 'kysely';
import type { Tables } from '../../store/tables.ts';
import type { MetricTransformation } from '../logs/metric-filter.ts';
import type { Alarm } from './alarm.ts';
import { ruleOf } from './definition.ts';
import { mayRingEarly, type Outlook } from './early.ts';
import { type AlarmRule, breaches } from './rule.ts';

const DAY = 86_400_000;

/** What is known of the data that may still come for an alarm. */
export async function outlookFor(db: Kysely<Tables>, alarm: Alarm, now: number): Promise<Outlook> {
  const rule = ruleOf(alarm.definition);
  // The filters are read only where the answer matters.
  if (!mayRingEarly(rule, alarm.state)) return { everyPointBreaches: false };
  const put = await db.selectFrom('metrics').select('put_at').where('id', '=', alarm.metricId).executeTakeFirst();
  if (!put || (put.put_at ?? 0) > now - DAY) return { everyPointBreaches: false };
  const sources = await transformationsOf(db, alarm);
  return { everyPointBreaches: sources.length > 0 && sources.every((source) => eachPointBreaches(rule, source)) };
}

async function transformationsOf(db: Kysely<Tables>, { scope, definition }: Alarm): Promise<MetricTransformation[]> {
  const rows = await db
    .selectFrom('metric_filters as filter')
    .innerJoin('log_groups as owner', 'owner.id', 'filter.group_id')
    .select('filter.transformation')
    .where('owner.account', '=', scope.account)
    .where('owner.region', '=', scope.region)
    // Wildcards in a name only find too much; what is found is compared below.
    .where('filter.transformation', 'like', `%"metricName":${JSON.stringify(definition.MetricName ?? '')}%`)
    .execute();
  return rows
    .map(({ transformation }) => JSON.parse(transformation) as MetricTransformation)
    .filter((source) => source.metricName === definition.MetricName)
    .filter((source) => source.metricNamespace === definition.Namespace)
    .filter((source) => definition.Unit === undefined || definition.Unit === (source.unit ?? 'None'));
}

function eachPointBreaches(rule: AlarmRule, source: MetricTransformation): boolean {
  const value = Number(source.metricValue);
  if (source.defaultValue !== undefined || !(value >= 0)) return false;
  return breaches(rule, rule.statistic.name === 'SampleCount' ? 1 : value);
}
