import { describe, expect, it, vi } from 'vitest';
import { eachStore, sqliteStore } from '../../test/stores.ts';
import { type FaultPoint, noFaults } from '../base/faults.ts';
import { Writer } from './writer.ts';

const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 5));

eachStore((open) => {
  describe('writing', () => {
    it('keeps what a job wrote and gives its answer back', async () => {
      const store = await open();
      const answer = await store.write(async ({ db }) => {
        await db.insertInto('settings').values({ key: 'a', value: '1' }).execute();
        return 7;
      });
      expect(answer).toBe(7);
      expect(await store.read.selectFrom('settings').selectAll().execute()).toEqual([{ key: 'a', value: '1' }]);
    });

    it('takes back only the job that fails, and runs no action of it', async () => {
      const store = await open();
      const ran: string[] = [];
      const job = (key: string, fail: boolean) =>
        store.write(async (tx) => {
          tx.onCommit(() => ran.push(key));
          await tx.db.insertInto('settings').values({ key, value: '' }).execute();
          if (fail) throw new Error(`no ${key}`);
        });
      const results = await Promise.allSettled([job('a', false), job('b', true), job('c', false), job('a', false)]);
      expect(results.map((r) => r.status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected']);
      expect(ran).toEqual(['a', 'c']);
      const kept = await store.read.selectFrom('settings').select('key').orderBy('key').execute();
      expect(kept.map((row) => row.key)).toEqual(['a', 'c']);
    });

    it('takes a job that comes the moment an earlier one is done, however many turns later that is', async () => {
      const store = await open();
      for (let turns = 0; turns < 8; turns += 1) {
        await store.write(async () => turns);
        for (let turn = 0; turn < turns; turn += 1) await undefined;
      }
      expect(await store.write(async () => 'done')).toBe('done');
    });

    it('never shows a reader what is not committed', async () => {
      const store = await open();
      let seen: unknown[] | undefined;
      await store.write(async ({ db }) => {
        await db.insertInto('settings').values({ key: 'a', value: '1' }).execute();
        seen = await store.read.selectFrom('settings').selectAll().execute();
      });
      expect(seen).toEqual([]);
    });

    it('returns numbers, bytes and generated ids alike', async () => {
      const store = await open();
      const bytes = new Uint8Array([0, 1, 255]);
      const base = { group_id: 1, stream_id: 1, first_at: 1_764_000_000_123, last_at: 2, ingested_at: 3, count: 4 };
      const row = await store.write(({ db }) =>
        db
          .insertInto('log_chunks')
          .values({ ...base, codec: 'plain', bytes, raw_bytes: 3 })
          .returning(['id', 'first_at', 'bytes'])
          .executeTakeFirstOrThrow(),
      );
      expect({ ...row, bytes: [...row.bytes] }).toEqual({ id: 1, first_at: 1_764_000_000_123, bytes: [0, 1, 255] });
    });

    it('refuses work after it is closed', async () => {
      const store = await open();
      await store.close();
      await expect(store.write(async () => 1)).rejects.toThrow('closed');
    });
  });
});

describe('writing to a disk that takes its time', () => {
  const open = sqliteStore();

  it('answers only when a commit is on the disk, and lets what comes meanwhile share the next', async () => {
    const store = await open();
    const syncs: (() => void)[] = [];
    let commits = 0;
    const reach = (point: FaultPoint) => {
      if (point === 'before-commit') commits += 1;
    };
    const writer = new Writer(store.read, reach, () => new Promise((resolve) => syncs.push(resolve)));
    const answered: number[] = [];
    const job = (n: number) => writer.run(async () => n).then((answer) => answered.push(answer));
    const first = job(1);
    await vi.waitFor(() => expect(syncs).toHaveLength(1));
    const others = [job(2), job(3)];
    const durable = writer.durable().then(() => answered.push(0));
    await pause();
    others.push(job(4));
    await pause();
    expect({ commits, answered }).toEqual({ commits: 1, answered: [] });
    syncs.shift()?.();
    await Promise.all([first, durable]);
    expect(answered.sort()).toEqual([0, 1]);
    await vi.waitFor(() => expect(syncs).toHaveLength(1));
    expect(commits).toBe(2);
    const closing = writer.close();
    syncs.shift()?.();
    await Promise.all([...others, closing]);
    expect({ commits, answered }).toEqual({ commits: 2, answered: [0, 1, 2, 3, 4] });
  });

  it('refuses everything once the disk has refused a commit', async () => {
    const store = await open();
    const writer = new Writer(store.read, noFaults, () => Promise.reject(new Error('EIO')));
    const answers = await Promise.allSettled([writer.run(async () => 1), writer.run(async () => 2)]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(writer.run(async () => 3)).rejects.toThrow('cannot be written to the disk');
    await expect(writer.durable()).rejects.toThrow('cannot be written to the disk');
  });
});
