import { type Kysely, type Migration, Migrator, sql } from 'kysely';
import type { Dialect } from './dialect.ts';
import { chain0001 } from './migrations/0001-chain.ts';
import { alarmMetrics0002 } from './migrations/0002-alarm-metrics.ts';
import { alarmCompany0003 } from './migrations/0003-alarm-company.ts';
import { fifo0004 } from './migrations/0004-fifo.ts';
import { dashboards0005 } from './migrations/0005-dashboards.ts';
import { subscriptionFilters0006 } from './migrations/0006-subscription-filters.ts';
import { endpointFailures0007 } from './migrations/0007-endpoint-failures.ts';
import { rootGrants0008 } from './migrations/0008-root-grants.ts';
import { answers0009 } from './migrations/0009-answers.ts';
import { queueAttemptsMailWindows0010 } from './migrations/0010-queue-attempts-mail-windows.ts';
import { forwards0011 } from './migrations/0011-forwards.ts';
import { setAside0012 } from './migrations/0012-set-aside.ts';
import { findings0013 } from './migrations/0013-findings.ts';
import { chunkTexts0014 } from './migrations/0014-chunk-texts.ts';
import type { Tables } from './tables.ts';

/** Brings the schema up to date. A store written by a newer program is refused, untouched. */
export async function migrate(db: Kysely<Tables>, dialect: Dialect): Promise<void> {
  const migrations: Record<string, Migration> = {
    '0001-chain': chain0001(dialect),
    '0002-alarm-metrics': alarmMetrics0002(dialect),
    '0003-alarm-company': alarmCompany0003(dialect),
    '0004-fifo': fifo0004(dialect),
    '0005-dashboards': dashboards0005(dialect),
    '0006-subscription-filters': subscriptionFilters0006(dialect),
    '0007-endpoint-failures': endpointFailures0007(dialect),
    '0008-root-grants': rootGrants0008(dialect),
    '0009-answers': answers0009(dialect),
    '0010-queue-attempts-mail-windows': queueAttemptsMailWindows0010(dialect),
    '0011-forwards': forwards0011(dialect),
    '0012-set-aside': setAside0012,
    '0013-findings': findings0013(dialect),
    '0014-chunk-texts': chunkTexts0014,
  };
  if (await isCurrent(db, Object.keys(migrations))) return;
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => migrations },
    ...(dialect === 'postgres' && { migrationTableSchema: await currentSchema(db) }),
  });
  const { error } = await migrator.migrateToLatest();
  if (!error) return;
  if (error instanceof Error && /corrupted migrations|previously executed migration/.test(error.message)) {
    throw new Error('The store was written by a newer Trailbell; use that version, or another data directory');
  }
  throw error;
}

/** Whether exactly these migrations are there: asking so costs one query, where Kysely reads the whole catalogue. */
async function isCurrent(db: Kysely<Tables>, names: readonly string[]): Promise<boolean> {
  try {
    const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
    return rows.length === names.length && rows.every(({ name }, i) => name === names[i]);
  } catch {
    return false;
  }
}

/** Named, because Kysely otherwise takes the bookkeeping of another schema in the same database for ours. */
async function currentSchema(db: Kysely<Tables>): Promise<string> {
  const { rows } = await sql<{ schema: string | null }>`select current_schema() as schema`.execute(db);
  return rows[0]?.schema ?? 'public';
}
