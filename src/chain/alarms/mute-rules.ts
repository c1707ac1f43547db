import type { Kysely, Selectable } from 'kysely';
import { Refusal } from '../../base/refusal.ts';
import type { Scope } from '../../base/scope.ts';
import type { MuteRulesTable } from '../../store/quiet-tables.ts';
import type { Tables } from '../../store/tables.ts';
import type { Tx } from '../../store/writer.ts';
import { isOver, parseMuteSchedule, windowEndAt } from './mute-schedule.ts';

/** A mute rule's parameters as they were given, in AWS's spelling; dates in milliseconds. */
export interface MuteRuleDefinition {
  readonly Name: string;
  readonly Description?: string | undefined;
  readonly Rule: {
    readonly Schedule: {
      readonly Expression: string;
      readonly Duration: string;
      readonly Timezone?: string | undefined;
    };
  };
  readonly MuteTargets?: { readonly AlarmNames: readonly string[] } | undefined;
  readonly StartDate?: number | undefined;
  readonly ExpireDate?: number | undefined;
}

export interface MuteRule {
  readonly id: number;
  readonly scope: Scope;
  readonly definition: MuteRuleDefinition;
  readonly tags: Readonly<Record<string, string>>;
  readonly updatedAt: number;
}

export type MuteStatus = 'SCHEDULED' | 'ACTIVE' | 'EXPIRED';

/**
 * Makes a mute rule, or replaces all of one but its tags. What its alarms hold back is looked at anew.
 * @throws Refusal ValidationError
 */
export async function putMuteRule(
  tx: Tx,
  scope: Scope,
  definition: MuteRuleDefinition,
  tags: Readonly<Record<string, string>>,
  now: number,
): Promise<void> {
  const { StartDate, ExpireDate } = definition;
  scheduleOf(definition);
  if (StartDate !== undefined && ExpireDate !== undefined && StartDate >= ExpireDate)
    throw new Refusal('ValidationError', 'ExpireDate must be after StartDate');
  const targets = [...new Set(definition.MuteTargets?.AlarmNames ?? [])];
  await checkTargets(tx, scope, targets);
  const before = await findMuteRule(tx.db, scope, definition.Name);
  const stored = { definition: JSON.stringify(definition), updated_at: now };
  const { id } = await tx.db
    .insertInto('mute_rules')
    .values({ ...scopeOf(scope), name: definition.Name, tags: JSON.stringify(tags), ...stored })
    .onConflict((conflict) => conflict.columns(['account', 'region', 'name']).doUpdateSet(stored))
    .returning('id')
    .executeTakeFirstOrThrow();
  await tx.db.deleteFrom('mute_targets').where('rule_id', '=', id).execute();
  const rows = targets.map((alarm_name) => ({ rule_id: id, ...scopeOf(scope), alarm_name }));
  if (rows.length > 0) await tx.db.insertInto('mute_targets').values(rows).execute();
  await lookAgain(tx, scope, [...targets, ...(before?.definition.MuteTargets?.AlarmNames ?? [])], now);
}

/** Removes a mute rule, if it is there; what it held back is told at once. */
export async function deleteMuteRule(tx: Tx, scope: Scope, name: string, now: number): Promise<void> {
  const rule = await findMuteRule(tx.db, scope, name);
  if (!rule) return;
  await tx.db.deleteFrom('mute_rules').where('id', '=', rule.id).execute();
  await tx.db.deleteFrom('mute_targets').where('rule_id', '=', rule.id).execute();
  await lookAgain(tx, scope, rule.definition.MuteTargets?.AlarmNames ?? [], now);
}

export async function findMuteRule(db: Kysely<Tables>, scope: Scope, name: string): Promise<MuteRule | undefined> {
  const row = await db
    .selectFrom('mute_rules')
    .selectAll()
    .where('account', '=', scope.account)
    .where('region', '=', scope.region)
    .where('name', '=', name)
    .executeTakeFirst();
  return row && muteRuleFrom(row);
}

/** Mute rules by name; those on one alarm where `alarmName` is given. */
export async function listMuteRules(
  db: Kysely<Tables>,
  scope: Scope,
  alarmName?: string,
  after?: string,
): Promise<MuteRule[]> {
  let query = db
    .selectFrom('mute_rules')
    .selectAll()
    .where('account', '=', scope.account)
    .where('region', '=', scope.region);
  if (after !== undefined) query = query.where('name', '>', after);
  if (alarmName !== undefined)
    query = query.where('id', 'in', (sub) =>
      sub
        .selectFrom('mute_targets')
        .select('rule_id')
        .where('account', '=', scope.account)
        .where('region', '=', scope.region)
        .where('alarm_name', '=', alarmName),
    );
  return (await query.orderBy('name').execute()).map(muteRuleFrom);
}

export async function setMuteRuleTags(tx: Tx, id: number, tags: Readonly<Record<string, string>>): Promise<void> {
  await tx.db
    .updateTable('mute_rules')
    .set({ tags: JSON.stringify(tags) })
    .where('id', '=', id)
    .execute();
}

export function muteStatus({ definition }: MuteRule, now: number): MuteStatus {
  if (mutesUntil(definition, now) !== undefined) return 'ACTIVE';
  const over = isOver(scheduleOf(definition), definition.Rule.Schedule.Expression, now);
  return over || (definition.ExpireDate ?? now + 1) <= now ? 'EXPIRED' : 'SCHEDULED';
}

/** Whether a rule mutes once only, or again and again. */
export const muteType = ({ definition }: MuteRule): 'ONE_TIME' | 'RECURRING' =>
  scheduleOf(definition).kind === 'at' ? 'ONE_TIME' : 'RECURRING';

/** The end of the mute window that an alarm is in at `now`; undefined where its actions run. */
export async function mutedUntil(
  db: Kysely<Tables>,
  scope: Scope,
  alarmName: string,
  now: number,
): Promise<number | undefined> {
  const rules = await listMuteRules(db, scope, alarmName);
  const ends = rules.flatMap(({ definition }) => mutesUntil(definition, now) ?? []);
  return ends.length > 0 ? Math.max(...ends) : undefined;
}

/** Every alarm that is muted at `now`, as JSON of account, region and name, with the end of its window. */
export async function mutedAlarms(db: Kysely<Tables>, now: number): Promise<Map<string, number>> {
  const muted = new Map<string, number>();
  const rules = (await db.selectFrom('mute_rules').selectAll().execute()).map(muteRuleFrom);
  for (const { scope, definition } of rules) {
    const until = mutesUntil(definition, now);
    if (until === undefined) continue;
    for (const name of definition.MuteTargets?.AlarmNames ?? []) {
      const key = JSON.stringify([scope.account, scope.region, name]);
      muted.set(key, Math.max(until, muted.get(key) ?? until));
    }
  }
  return muted;
}

function mutesUntil(definition: MuteRuleDefinition, now: number): number | undefined {
  const { StartDate = now, ExpireDate = Number.POSITIVE_INFINITY } = definition;
  if (now < StartDate || now >= ExpireDate) return undefined;
  const end = windowEndAt(scheduleOf(definition), now);
  return end === undefined ? undefined : Math.min(end, ExpireDate);
}

function scheduleOf({ Rule }: MuteRuleDefinition) {
  const { Expression, Duration, Timezone } = Rule.Schedule;
  return parseMuteSchedule(Expression, Duration, Timezone);
}

async function checkTargets(tx: Tx, scope: Scope, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const rows = await inScope(tx, scope).select('name').where('name', 'in', names).execute();
  const known = new Set(rows.map(({ name }) => name));
  const missing = names.filter((name) => !known.has(name));
  if (missing.length > 0) throw new Refusal('ValidationError', `The alarms [${missing.join(', ')}] do not exist`);
}

async function lookAgain(tx: Tx, scope: Scope, names: readonly string[], now: number): Promise<void> {
  if (names.length === 0) return;
  const alarms = await inScope(tx, scope).select('id').where('name', 'in', names).execute();
  await tx.db
    .updateTable('alarm_timers')
    .set({ due_at: now })
    .where('kind', '=', 'muted')
    .where('alarm_id', 'in', [-1, ...alarms.map(({ id }) => id)])
    .execute();
}

const inScope = (tx: Tx, { account, region }: Scope) =>
  tx.db.selectFrom('alarms').where('account', '=', account).where('region', '=', region);

const scopeOf = ({ account, region }: Scope) => ({ account, region });

const muteRuleFrom = (row: Selectable<MuteRulesTable>): MuteRule => ({
  id: row.id,
  scope: { account: row.account, region: row.region },
  definition: JSON.parse(row.definition) as MuteRuleDefinition,
  tags: JSON.parse(row.tags) as Record<string, string>,
  updatedAt: row.updated_at,
});
