import { expect, it } from 'vitest';
import { eachStore } from '../../test/stores.ts';
import { Prepared, PreparedInsert } from './prepared.ts';

const INSERT = new PreparedInsert('settings', ['key', 'value'], (query) =>
  query.onConflict((conflict) => conflict.column('key').doUpdateSet(({ ref }) => ({ value: ref('excluded.value') }))),
);

const BETWEEN = new Prepared((db, { from, until }: { from: string; until: string }) =>
  db.selectFrom('settings').selectAll().where('value', '!=', 'none').where('key', '<', until).where('key', '>=', from),
);

eachStore((open) => {
  it('puts values where the statement asks for them, in whatever order they are given', async () => {
    const store = await open();
    await store.write(({ db }) =>
      INSERT.run(db, [
        { value: '1', key: 'a' },
        { key: 'b', value: '2' },
      ]),
    );
    expect(await BETWEEN.rows(store.read, { until: 'b', from: 'a' })).toEqual([{ key: 'a', value: '1' }]);
    expect(await BETWEEN.rows(store.read, { from: 'b', until: 'c' })).toEqual([{ key: 'b', value: '2' }]);
  });

  it('inserts any number of rows once each, and has its say where one is there', async () => {
    const store = await open();
    for (const [round, size] of [0, 1, 3, 4, 5, 63, 64, 90, 200].entries()) {
      const rows = Array.from({ length: size }, (_, i) => ({
        key: `k${String(i).padStart(3, '0')}`,
        value: `${round}`,
      }));
      await store.write(({ db }) => INSERT.run(db, rows));
      const kept = await store.read.selectFrom('settings').selectAll().orderBy('key').execute();
      expect(kept.slice(0, size)).toEqual(rows);
    }
    expect(await store.read.selectFrom('settings').selectAll().execute()).toHaveLength(200);
  });
});
