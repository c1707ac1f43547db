import { deflateSync } from 'node:zlib';
import { type Kysely, sql } from 'kysely';
import { expect, it } from 'vitest';
import { LogsWorld, NOON, SCOPE, STREAM } from '../../../test/chain/logs-world.ts';
import { eachStore, type Prepare } from '../../../test/stores.ts';
import { migrate } from '../../store/migrate.ts';
import type { Tables } from '../../store/tables.ts';
import { createLogGroup } from './log-groups.ts';
import { createLogStream } from './log-streams.ts';

const OLD = 'an old one: é\ud83d';

/** A store as versions left it that wrote every chunk as a JSON list. */
const oldStore: Prepare = async (raw, dialect) => {
  const db = raw as Kysely<Tables>;
  await migrate(db, dialect);
  await sql`delete from kysely_migration where name > '0013-findings'`.execute(db);
  const tx = { db, onCommit: () => undefined };
  const group = await createLogGroup(tx, SCOPE, { name: 'CloudTrail/logs' }, NOON);
  const stream = await createLogStream(tx, group, STREAM, NOON);
  await db
    .insertInto('log_chunks')
    .values({
      group_id: group.id,
      stream_id: stream.id,
      first_at: NOON - 1,
      last_at: NOON - 1,
      ingested_at: NOON - 1,
      count: 1,
      raw_bytes: 40,
      codec: 'deflate',
      bytes: deflateSync(JSON.stringify([[NOON - 1, OLD]])),
    })
    .execute();
};

eachStore((open) => {
  it('reads a store of a version that wrote all chunks as JSON, and goes on in it', async () => {
    const world = new LogsWorld(await open(oldStore));
    await world.put(['a new one: é']);
    expect((await world.readAll()).map(({ at, message }) => [at, message])).toEqual([
      [NOON - 1, OLD],
      [NOON, 'a new one: é'],
    ]);
    const rows = await world.store.read.selectFrom('log_chunks').select('codec').orderBy('id').execute();
    expect(rows.map(({ codec }) => codec)).toEqual(['deflate', 'texts']);
  });
});
