import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { eachStore } from '../../../test/stores.ts';
import { FakeClock } from '../../base/fake-clock.ts';
import { seededIds, systemIds } from '../../base/ids.ts';
import { stsHandlers } from '../sts/caller-identity.ts';
import type { Call } from '../wire/handlers.ts';
import { AccessKeys } from './access-keys.ts';
import { loadKeyFile } from './key-file.ts';
import { seal, unseal } from './sealed-secret.ts';

const START = Date.UTC(2026, 0, 5);
const KEY = Buffer.alloc(32, 7);
const ACCOUNT = '111122223333';

eachStore((open) => {
  describe('access keys', () => {
    it('shows a secret once, keeps it sealed, and finds it again for verifying', async () => {
      const store = await open();
      const keys = new AccessKeys({ store, clock: new FakeClock(START), ids: seededIds(1), key: KEY });
      const made = await keys.create({ account: ACCOUNT, note: 'collector' });
      expect(made.accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
      expect(made.secret).toMatch(/^[A-Za-z0-9+/]{40}$/);
      const [row] = await store.read.selectFrom('access_keys').selectAll().execute();
      expect(JSON.stringify(row)).not.toContain(made.secret);
      expect(await keys.find(made.accessKeyId)).toEqual({
        accessKeyId: made.accessKeyId,
        account: ACCOUNT,
        secret: made.secret,
      });
      const { secret: _, ...listed } = made;
      expect(await keys.list()).toEqual([listed]);
    });

    it('limits a key to operations that exist', async () => {
      const store = await open();
      const keys = new AccessKeys({ store, clock: new FakeClock(START), ids: seededIds(1), key: KEY });
      const operations = ['sns:*', 'logs:PutLogEvents', 'trailbell:Ingest', 'sns:*'];
      const made = await keys.create({ account: ACCOUNT, operations });
      expect(made.operations).toEqual(['logs:PutLogEvents', 'sns:*', 'trailbell:Ingest']);
      expect((await keys.find(made.accessKeyId))?.operations).toEqual(made.operations);
      const wrong = keys.create({ account: ACCOUNT, operations: ['logs:putlogevents'] });
      await expect(wrong).rejects.toThrow('There is no operation logs:putlogevents; did you mean logs:PutLogEvents?');
      for (const operation of ['s3:PutObject', 'logs', 'logs:', 'logs:PutLogEvents:x', '*', '__proto__:*']) {
        await expect(keys.create({ account: ACCOUNT, operations: [operation] })).rejects.toThrow('no operation');
      }
      await expect(keys.create({ account: '12' })).rejects.toThrow('twelve digits');
      expect(await keys.list()).toHaveLength(1);
    });

    it('stops believing a revoked key: at once here, within seconds in another process', async () => {
      const store = await open();
      const clock = new FakeClock(START);
      const here = new AccessKeys({ store, clock, ids: seededIds(1), key: KEY });
      const there = new AccessKeys({ store, clock, ids: seededIds(2), key: KEY });
      const { accessKeyId } = await here.create({ account: ACCOUNT });
      expect(await here.find(accessKeyId)).toBeDefined();
      expect(await there.find(accessKeyId)).toBeDefined();
      expect(await here.revoke(accessKeyId)).toBe(true);
      expect(await here.find(accessKeyId)).toBeUndefined();
      await clock.advance(2_000);
      expect(await there.find(accessKeyId)).toBeUndefined();
      expect((await here.list())[0]?.revokedAt).toBe(START);
      expect(await here.revoke('AKIANOBODY')).toBe(false);
    });

    it('finds a key made in another process after asking for it too early', async () => {
      const store = await open();
      const clock = new FakeClock(START);
      const there = new AccessKeys({ store, clock, ids: seededIds(1), key: KEY });
      // The same seed gives the id that will be made.
      const early = await there.create({ account: ACCOUNT });
      const other = new AccessKeys({ store, clock, ids: seededIds(3), key: KEY });
      expect(await other.find('AKIAUNKNOWN')).toBeUndefined();
      expect((await other.find(early.accessKeyId))?.secret).toBe(early.secret);
    });

    it('answers who the caller is', async () => {
      const store = await open();
      const keys = new AccessKeys({ store, clock: new FakeClock(START), ids: seededIds(1), key: KEY });
      const named = await keys.create({ account: ACCOUNT, note: 'collector' });
      const spoken = await keys.create({ account: ACCOUNT, note: 'for the firewall, Berlin' });
      const ask = async (caller: string | undefined, sts = stsHandlers(keys)) => {
        const call = { scope: { account: ACCOUNT, region: 'us-east-1' }, caller } as Call;
        return (await sts.GetCallerIdentity?.({}, call))?.Arn;
      };
      expect(await ask(named.accessKeyId)).toBe(`arn:aws:iam::${ACCOUNT}:user/collector`);
      expect(await ask(spoken.accessKeyId)).toBe(`arn:aws:iam::${ACCOUNT}:user/${spoken.accessKeyId}`);
      expect(await ask('test', stsHandlers())).toBe(`arn:aws:iam::${ACCOUNT}:root`);
      expect(await ask(undefined)).toBe(`arn:aws:iam::${ACCOUNT}:root`);
    });
  });
});

describe('a sealed secret', () => {
  it('opens only for its owner, under its key, unaltered', () => {
    const sealed = seal('secret', 'AKIA1 1', KEY, systemIds);
    expect(unseal(sealed, 'AKIA1 1', KEY)).toBe('secret');
    expect(seal('secret', 'AKIA1 1', KEY, systemIds)).not.toBe(sealed);
    expect(() => unseal(sealed, 'AKIA2 1', KEY)).toThrow();
    expect(() => unseal(sealed, 'AKIA1 1', Buffer.alloc(32, 8))).toThrow();
    expect(() => unseal(`${sealed.slice(0, -2)}AA`, 'AKIA1 1', KEY)).toThrow();
    expect(() => unseal('v2.a.b.c', 'AKIA1 1', KEY)).toThrow('not known');
  });
});

describe('the key file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trailbell-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is made once, for its owner alone, and read from then on', async () => {
    const path = join(folder, 'keys');
    const keys = await Promise.all(Array.from({ length: 8 }, () => loadKeyFile(path)));
    const a = await loadKeyFile(path);
    expect(a).toHaveLength(32);
    for (const key of keys) expect(key.equals(a)).toBe(true);
    expect(readdirSync(folder)).toEqual(['keys']);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path).equals(a)).toBe(true);
  });

  it('is refused when it was cut', async () => {
    const path = join(folder, 'cut');
    writeFileSync(path, 'short');
    await expect(loadKeyFile(path)).rejects.toThrow('32 bytes');
  });
});
