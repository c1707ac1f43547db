import { type Kysely, Migrator, sql } from 'kysely';
import { expect, it } from 'vitest';
import { AlarmsWorld, ROOT, SCOPE, START } from '../../../test/chain/alarms-world.ts';
import { eachStore } from '../../../test/stores.ts';
import type { Dialect } from '../../store/dialect.ts';
import { chain0001 } from '../../store/migrations/0001-chain.ts';
import type { Tables } from '../../store/tables.ts';
import { readDatapoints } from '../metrics/datapoints.ts';
import { findAlarm } from './alarms.ts';

const MINUTE = 60_000;
const NAMES = ['root-used', 'key-used'];

/** The first schema there was, without what later ones add. */
async function firstSchema(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const { rows } =
    dialect === 'postgres'
      ? await sql<{ schema: string }>`select current_schema() as schema`.execute(db)
      : { rows: [] };
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ '0001-chain': chain0001(dialect) }) },
    ...(rows[0] && { migrationTableSchema: rows[0].schema }),
  });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}

/** Two alarms with data, written as the first version wrote them. */
async function fill(old: Kysely<Tables>): Promise<void> {
  for (const [i, name] of NAMES.entries()) {
    const metric_id = i + 1;
    const MetricName = i === 0 ? 'RootUse' : 'KeyUse';
    await old
      .insertInto('metrics')
      .values({
        ...SCOPE,
        namespace: 'CISBenchmark',
        name: MetricName,
        dimensions: '[]',
        created_at: START - MINUTE,
        updated_at: START - MINUTE,
        put_at: null,
      })
      .execute();
    await old
      .insertInto('datapoints')
      .values({
        metric_id,
        at: START - MINUTE,
        resolution: 60,
        unit: 'None',
        count: 3,
        sum: 0,
        minimum: 0,
        maximum: 0,
        distribution: null,
      })
      .execute();
    await old
      .insertInto('alarms')
      .values({
        ...SCOPE,
        name,
        kind: 'metric',
        definition: JSON.stringify({ ...ROOT, AlarmName: name, MetricName, TreatMissingData: 'notBreaching' }),
        metric_id,
        actions_enabled: 1,
        state: 'OK',
        state_reason: 'as it was',
        state_reason_data: null,
        state_updated_at: START - MINUTE,
        state_transitioned_at: START - MINUTE,
        configured_at: START - MINUTE,
        created_at: START - MINUTE,
        tags: '{"team":"a"}',
        phase: 20_000,
        window_end: START - MINUTE,
        due_at: null,
      })
      .execute();
  }
}

eachStore((open) => {
  it('keeps alarms and datapoints of a store that the first version wrote, and rings by them', async () => {
    const store = await open(async (db, dialect) => {
      await firstSchema(db, dialect);
      await fill(db as Kysely<Tables>);
    });
    expect(await store.read.selectFrom('alarm_metrics').selectAll().orderBy('alarm_id').execute()).toEqual([
      { alarm_id: 1, query_id: '', metric_id: 1 },
      { alarm_id: 2, query_id: '', metric_id: 2 },
    ]);
    for (const [i, name] of NAMES.entries()) {
      const points = await readDatapoints(store.read, i + 1, 0, START);
      expect(points).toMatchObject([{ at: START - MINUTE, count: 3, sum: 0 }]);
      expect(await findAlarm(store.read, SCOPE, name)).toMatchObject({
        state: 'OK',
        reason: 'as it was',
        tags: { team: 'a' },
        metricId: i + 1,
      });
    }
    const world = new AlarmsWorld(store);
    await world.count(2, START, 'KeyUse');
    await world.run(90);
    expect(world.published.map(({ subject }) => subject)).toEqual(['ALARM: "key-used" in EU (Ireland)']);
    await world.count(1);
    await world.run(90);
    expect((await world.alarm()).state).toBe('ALARM');
    expect(world.errors).toEqual([]);
    await world.stop();
  });
});
