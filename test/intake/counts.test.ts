import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FakeClock } from '../../src/base/fake-clock.ts';
import type { AcceptRecords } from '../../src/intake/accept-records.ts';
import { nodeFileSystem } from '../../src/intake/file-system.ts';
import { FolderIntake } from '../../src/intake/folder.ts';
import { ingestApi } from '../../src/intake/http.ts';
import { pushApi } from '../../src/intake/push/push-api.ts';
import { PushKeys } from '../../src/intake/push/push-keys.ts';
import { S3Intake } from '../../src/intake/s3/s3-intake.ts';
import { SyslogIntake } from '../../src/intake/syslog/syslog-intake.ts';
import { until } from '../engine/until.ts';
import { sqliteStore } from '../stores.ts';
import { MemoryBucket } from './memory-bucket.ts';
import { FALLBACK, intakeWorld, recordOf } from './trail-world.ts';

const NOON = Date.UTC(2026, 2, 4, 12);
const DAMAGE = '{"no": "record"}';
const textOf = (...ids: string[]): string => ids.map((id) => `${JSON.stringify(recordOf(id, NOON))}\n`).join('');

describe('what comes in has one outcome each, over refusals and failures', () => {
  const open = sqliteStore();

  /** A store that takes nothing at first. */
  async function world() {
    const clock = new FakeClock(NOON);
    const { context, accept } = intakeWorld(await open(), clock);
    const left = { failures: 1 };
    const failing: AcceptRecords = async (handover) => {
      left.failures -= 1;
      if (left.failures >= 0) throw new Error('the disk is full');
      return accept(handover);
    };
    return { context, clock, accept: failing, left };
  }

  it('pushed', async () => {
    const api = pushApi({ ...(await world()), keys: new PushKeys([], true) });
    const post = async (body: string) => (await api.routes.request('/api/v1/push', { method: 'POST', body })).status;
    const statuses = [];
    for (const body of [textOf('a', 'b'), textOf('a', 'b'), textOf('a', 'b'), DAMAGE, `${textOf('c')}${DAMAGE}`])
      statuses.push(await post(body));
    expect(statuses).toEqual([500, 200, 200, 400, 200]);
    expect(api.stats().anybody).toEqual({
      records: 9,
      stored: 3,
      duplicates: 2,
      filtered: 0,
      refused: 2,
      failed: 2,
      undated: 0,
    });
  });

  it('ingested', async () => {
    const api = ingestApi({ ...(await world()), fallback: FALLBACK });
    const post = (body: string) =>
      api.routes.request(`/api/v1/ingest?object=o&fingerprint=${body.length}`, { method: 'POST', body });
    const statuses = [];
    for (const body of [textOf('a', 'b'), textOf('a', 'b'), textOf('a', 'b'), DAMAGE])
      statuses.push((await post(body)).status);
    expect(statuses).toEqual([500, 200, 200, 400]);
    expect(api.stats()).toMatchObject({ records: 7, stored: 2, duplicates: 2, refused: 1, failed: 2 });
  });

  it('read from a bucket', async () => {
    const { context, clock, accept } = await world();
    const bucket = new MemoryBucket();
    const key = (name: string) => `AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/04/${name}.json`;
    bucket.put(key('a'), textOf('a', 'b'));
    const pace = { every: 60_000, quietEvery: 60_000, lookBack: 86_400_000 };
    const intake = new S3Intake({
      ...{ context, accept, bucket, pace, name: 'org', source: 's3://trail', prefix: '', start: undefined },
      ...{ parallel: 8, lagLimit: 60_000 },
    });
    await intake.pass().catch(() => undefined);
    expect(intake.state().stats).toMatchObject({ records: 2, stored: 0, failed: 2 });
    bucket.put(key('b'), `${textOf('c')}${DAMAGE}\n`);
    for (let n = 0; n < 3; n += 1) {
      await clock.advance(60_000);
      await intake.pass();
    }
    bucket.put(key('a'), textOf('a', 'b'), 'another etag');
    await clock.advance(60_000);
    await intake.pass();
    expect(intake.state().stats).toMatchObject({ records: 8, stored: 3, duplicates: 2, refused: 1, failed: 2 });
  });

  it('read from a folder', async () => {
    const { context, accept } = await world();
    const folder = mkdtempSync(join(tmpdir(), 'trailbell-counts-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'a.json'), textOf('a', 'b'));
    const intake = new FolderIntake({ context, accept, files: nodeFileSystem, folder, patience: 0 });
    await intake.scan().catch(() => undefined);
    expect(intake.stats()).toMatchObject({ records: 2, stored: 0, failed: 2 });
    writeFileSync(join(folder, 'b.json'), `${textOf('c')}${DAMAGE}\n`);
    await intake.scan();
    expect(intake.stats()).toMatchObject({ records: 6, stored: 3, duplicates: 0, refused: 1, failed: 2 });
  });

  it('sent by syslog', async () => {
    const { context, accept, clock, left } = await world();
    const intake = new SyslogIntake({ context, accept, port: 0, host: '127.0.0.1', allow: ['127.0.0.1'] });
    const socket = connect(await intake.start(), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(`${textOf('a')}${DAMAGE}\n`);
    await until('the first attempt', () => intake.stats().records === 2);
    expect(intake.stats()).toMatchObject({ stored: 0, failed: 0, refused: 1 });
    await until('another attempt', async () => {
      await clock.advance(1_000);
      return intake.stats().stored === 1;
    });
    left.failures = 1_000;
    socket.write(textOf('b'));
    await until('the third record', () => intake.stats().records === 3);
    await intake.stop();
    expect(intake.stats()).toMatchObject({ records: 3, stored: 1, refused: 1, failed: 1 });
  });
});
