import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deliveryKey } from '../../../test/intake/trail-world.ts';
import type { Bucket } from '../../trail/archive/bucket.ts';
import { FolderPlan } from './folder-plan.ts';
import { findTrailFolders, keyAt, type TrailFolder, trailFolder } from './trail-folders.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOON = Date.UTC(2026, 2, 4, 12);
const PACE = { every: MINUTE, quietEvery: 5 * MINUTE, lookBack: 48 * HOUR };
const ROOT = 'AWSLogs/o-abcdefghij/';
const folderOf = (region: string, service = 'CloudTrail'): TrailFolder =>
  trailFolder(`${ROOT}111122223333/${service}/${region}/`) as TrailFolder;

describe('a plan for a folder', () => {
  it('lists from a key that no later delivery comes before, and that earlier ones do', () => {
    const moment = fc.integer({ min: Date.UTC(2015, 0), max: Date.UTC(2035, 0) });
    fc.assert(
      fc.property(moment, fc.integer({ min: 0, max: 10 * 24 * HOUR }), (at, later) => {
        const from = keyAt(folderOf('us-east-1'), at);
        expect(deliveryKey(ROOT, { at: at + later, ids: ['x'] }) > from).toBe(true);
        expect(deliveryKey(ROOT, { at: at - later - MINUTE, ids: ['x'] }) < from).toBe(true);
      }),
    );
  });

  it('looks every minute where something happens and where root signs in, and elsewhere less often', () => {
    const dueAfter = (region: string, newest: number) => {
      const plan = new FolderPlan(folderOf(region));
      plan.met(newest);
      plan.looked(NOON, PACE);
      return plan.dueAt - NOON;
    };
    expect(dueAfter('eu-west-1', NOON - HOUR)).toBe(MINUTE);
    expect(dueAfter('eu-west-1', NOON - 3 * HOUR)).toBe(5 * MINUTE);
    expect(dueAfter('us-east-1', NOON - 3 * HOUR)).toBe(MINUTE);
  });

  it('sweeps at first, every six hours, and after something was missed', () => {
    const plan = new FolderPlan(folderOf('us-east-1'));
    expect(plan.mustSweep(NOON)).toBe(true);
    plan.swept(NOON);
    expect(plan.mustSweep(NOON + 5 * HOUR)).toBe(false);
    expect(plan.mustSweep(NOON + 6 * HOUR)).toBe(true);
    plan.missed();
    expect([plan.mustSweep(NOON), plan.dueAt]).toEqual([true, 0]);
  });

  it('goes back two hours behind the last look, over midnight, and never before the first day', () => {
    const plan = new FolderPlan(folderOf('us-east-1'));
    const midnight = Date.UTC(2026, 2, 5);
    plan.looked(midnight + MINUTE, PACE);
    expect(plan.look(midnight + 2 * MINUTE, 0).after).toContain('/2026/03/04/');
    expect(plan.look(midnight + 2 * MINUTE, midnight).after).toContain('/2026/03/05/');
    // Digests are named by their trails first: all of the day is listed.
    const digests = new FolderPlan(folderOf('us-east-1', 'CloudTrail-Digest'));
    digests.looked(NOON, PACE);
    expect(digests.look(NOON + HOUR, 0).after).toMatch(/\/2026\/03\/04\/$/);
  });
});

describe('the folders of a bucket', () => {
  const KEYS = [
    'AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/04/x.json.gz',
    'AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/03/04/x.json.gz',
    'AWSLogs/111122223333/Config/us-east-1/2026/3/4/x.json.gz',
    'org/AWSLogs/o-abcdefghij/444455556666/CloudTrail/eu-west-1/2026/03/04/x.json.gz',
    'a/b/c/d/e/f/g/AWSLogs/444455556666/CloudTrail/eu-west-1/2026/03/04/x.json.gz',
    'notes.txt',
  ];
  const listed: string[] = [];
  const bucket = {
    name: 'trail',
    async list(prefix: string) {
      listed.push(prefix);
      const below = KEYS.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
      const folders = below.filter((rest) => rest.includes('/')).map((rest) => `${prefix}${rest.split('/')[0]}/`);
      return { objects: [], prefixes: [...new Set(folders)], next: undefined };
    },
  } as unknown as Bucket;
  const found = async (prefix: string, digests = false) =>
    (await findTrailFolders(bucket, prefix, digests)).map((folder) => folder.prefix);

  it('are found below any prefix, without looking into days or at other services', async () => {
    expect(await found('')).toEqual([
      'AWSLogs/111122223333/CloudTrail/us-east-1/',
      'org/AWSLogs/o-abcdefghij/444455556666/CloudTrail/eu-west-1/',
    ]);
    expect(listed.filter((prefix) => /Config|2026/.test(prefix))).toEqual([]);
    expect(await found('org/AWSLogs/o-abcdefghij/')).toHaveLength(1);
    expect(await found('AWSLogs/111122223333/CloudTrail/us-east-1/')).toHaveLength(1);
    expect(await found('AWSLogs/', true)).toHaveLength(2);
  });
});
