import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultPoint } from '../../src/base/faults.ts';
import { seededIds } from '../../src/base/ids.ts';
import { openStore } from '../../src/store/store.ts';
import { startChild } from '../engine/child.ts';
import { until } from '../engine/until.ts';
import { bucketOf, deliveryKey, recordOf, storedIds } from '../intake/trail-world.ts';
import { hasMoto, startMoto } from '../s3/moto.ts';

/** Kills per run: a short form in every test run, 50 with `npm run test:crash`. */
const KILLS = Math.ceil(Number(process.env.TRAILBELL_CRASH_KILLS ?? 12) / 4);
const SEED = Number(process.env.TRAILBELL_CRASH_SEED ?? Date.now() % 1_000_000);
const POINTS: FaultPoint[] = [
  'between-read-and-ingest',
  'between-ingest-and-mark',
  'before-commit',
  'between-commit-and-reply',
];
const ROOT = 'AWSLogs/o-abcdefghij/';
const random = seededIds(SEED);
const pick = (below: number): number => Math.floor(random.fraction() * below);

describe.skipIf(!hasMoto)(`kill -9 during the intake of a bucket (seed ${SEED})`, () => {
  let folder: string;
  let moto: Awaited<ReturnType<typeof startMoto>>;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'trailbell-s3-kill-'));
    moto = await startMoto();
  }, 60_000);
  afterAll(async () => {
    await moto?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it(`counts every event once over ${KILLS} deaths`, { timeout: 60_000 + KILLS * 15_000 }, async () => {
    const bucket = await bucketOf(moto.url, 'trail');
    const config = join(folder, 'trailbell.json');
    const dataDir = join(folder, 'data');
    const s3 = [{ name: 'org', bucket: 'trail', endpoint: moto.url, parallel: 4 }];
    writeFileSync(config, JSON.stringify({ port: 0, dataDir, cis: true, logLevel: 'error', intakes: { s3 } }));
    const env = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
    const start = (more: NodeJS.ProcessEnv) => startChild(['--config', config], { ...env, ...more });
    const delivered: string[] = [];

    async function deliver(files: number): Promise<void> {
      for (let n = 0; n < files; n += 1) {
        const account = `11112222333${pick(3)}`;
        const at = Date.now() - pick(600_000);
        const ids = Array.from({ length: 1 + pick(40) }, (_, each) => `e${delivered.length + each}`);
        const records = ids.map((id) =>
          recordOf(id, at, { recipientAccountId: account, userIdentity: { type: 'Root' } }),
        );
        await bucket.put(deliveryKey(ROOT, { at, account, ids }), JSON.stringify({ Records: records }));
        delivered.push(...ids);
      }
    }

    for (let death = 0; death < KILLS; death += 1) {
      await deliver(15);
      const point = POINTS[death % (POINTS.length * 2)];
      const engine = await start(point ? { TRAILBELL_FAULT: `${point}:${1 + pick(12)}` } : {}).catch((error: Error) => {
        // The named instant may come while it starts; nothing else may end it there.
        expect(error.message).toContain('ended with null before it was ready');
      });
      if (!engine) continue;
      await Promise.race([engine.gone, new Promise((resolve) => setTimeout(resolve, 50 + pick(400)))]);
      await engine.kill();
    }

    const engine = await start({});
    const read = async (): Promise<number> => {
      const text = await (await fetch(`${engine.url}/metrics`)).text();
      return text.includes('trailbell_intake_records_total{intake="s3 org"') ? count(text) : Number.NaN;
    };
    const count = (text: string): number => {
      const figure = (outcome: string) =>
        Number(new RegExp(`records_total\\{intake="s3 org",outcome="${outcome}"\\} (\\d+)`).exec(text)?.[1] ?? 0);
      const sum = ['stored', 'duplicates', 'filtered', 'refused', 'failed'].map(figure).reduce((a, b) => a + b);
      expect(figure('records'), 'what comes in adds up, or is under way').toBeGreaterThanOrEqual(sum);
      return figure('records') - sum;
    };
    await until(
      'the bucket to be read',
      async () => {
        const underWay = await read();
        const { intakes } = (await (await fetch(`${engine.url}/api/v1/intakes`)).json()) as {
          intakes: { objects: { waiting: number; read: number }; trouble: unknown }[];
        };
        const store = await openStore(join(dataDir, 'trailbell.db'));
        const marks = await store.read
          .selectFrom('intake_objects')
          .select('object')
          .where('status', '=', 'done')
          .execute();
        await store.close();
        return underWay === 0 && intakes[0]?.objects.waiting === 0 && marks.length === KILLS * 15;
      },
      60_000,
    );
    expect(await engine.stop()).toBe(0);
    const store = await openStore(join(dataDir, 'trailbell.db'));
    expect(await storedIds(store)).toEqual([...delivered].sort());
    const metric = store.read.selectFrom('metrics').select('id').where('name', '=', 'CIS-4.3');
    const { sum } = await store.read
      .selectFrom('datapoints')
      .select(({ fn }) => fn.sum<number>('sum').as('sum'))
      .where('metric_id', 'in', metric)
      .executeTakeFirstOrThrow();
    expect(Number(sum), 'every event is counted once').toBe(delivered.length);
    const rings = await store.read.selectFrom('rings').select('id').execute();
    expect(rings.length, 'the alarm rang').toBeGreaterThan(0);
    await store.close();
  });
});
