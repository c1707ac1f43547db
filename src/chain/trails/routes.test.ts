import { describe, expect, it } from 'vitest';
import { eachStore } from '../../../test/stores.ts';
import type { Store } from '../../store/store.ts';
import { createLogGroup, deleteLogGroup, getLogGroup } from '../logs/log-groups.ts';
import { type EventSelector, isSelected, type SelectedFacts } from './event-selectors.ts';
import { type RecordFacts, routesNow } from './routes.ts';
import { insertTrail, markDelivered, setLogging, setSelectors } from './trails.ts';

const ACCOUNT = '111122223333';
const FALLBACK = { scope: { account: '000000000000', region: 'us-east-1' }, group: 'CloudTrail/logs' };

const record = (facts: Partial<RecordFacts> = {}): RecordFacts => ({
  account: ACCOUNT,
  region: 'us-east-1',
  source: 'iam.amazonaws.com',
  readOnly: false,
  category: 'Management',
  resources: [],
  ...facts,
});

interface TestTrail {
  readonly name: string;
  readonly region?: string;
  readonly group: string;
  readonly multi?: boolean;
  readonly organization?: boolean;
  readonly global?: boolean;
  readonly selectors?: EventSelector[];
}

async function addTrail(store: Store, trail: TestTrail) {
  const { name, region = 'us-east-1', group, multi = false, organization = false, global = true, selectors } = trail;
  const scope = { account: ACCOUNT, region };
  return store.write(async (tx) => {
    await createLogGroup(tx, scope, { name: group }, 1).catch(() => undefined);
    const made = await insertTrail(tx, {
      scope,
      name,
      definition: {
        S3BucketName: 'bucket',
        IncludeGlobalServiceEvents: global,
        IsMultiRegionTrail: multi,
        IsOrganizationTrail: organization,
        LogFileValidationEnabled: false,
      },
      logGroupArn: `arn:aws:logs:${region}:${ACCOUNT}:log-group:${group}:*`,
      tags: new Map(),
      now: 1,
    });
    await setLogging(tx, made, true, 2);
    if (selectors) await setSelectors(tx, made, selectors);
    return made;
  });
}

const targets = async (store: Store, facts: Partial<RecordFacts> = {}) =>
  (await routesNow(store.read, FALLBACK))
    .of(record(facts))
    .map(({ scope, group, stream }) => `${scope.region} ${group} ${stream}`);

const UNCLAIMED = `us-east-1 CloudTrail/logs ${ACCOUNT}_CloudTrail_eu-west-1`;

eachStore((open) => {
  describe('a record', () => {
    it('that no trail claims enters the fallback, in a stream of its region', async () => {
      const store = await open();
      const [destination] = (await routesNow(store.read, FALLBACK)).of(record({ region: 'eu-west-1' }));
      expect(destination).toEqual({ ...FALLBACK, stream: `${ACCOUNT}_CloudTrail_eu-west-1`, trailId: undefined });
    });

    it("enters the log group of its account's logging trail, in the stream of the trail's home", async () => {
      const store = await open();
      const trail = await addTrail(store, { name: 'main', group: 'audit', multi: true });
      const audit = `us-east-1 audit ${ACCOUNT}_CloudTrail_us-east-1`;
      expect(await targets(store, { region: 'eu-west-1' })).toEqual([audit]);
      expect(await targets(store, { region: 'eu-west-1', account: '444455556666' })).toEqual([
        'us-east-1 CloudTrail/logs 444455556666_CloudTrail_eu-west-1',
      ]);
      await store.write((tx) => setLogging(tx, { ...trail, isLogging: true }, false, 3));
      expect(await targets(store, { region: 'eu-west-1' })).toEqual([UNCLAIMED]);
    });

    it('of a region that the trail does not see is not lost', async () => {
      const store = await open();
      await addTrail(store, { name: 'main', group: 'audit' });
      expect(await targets(store, { region: 'eu-west-1' })).toEqual([UNCLAIMED]);
      expect(await targets(store)).toEqual([`us-east-1 audit ${ACCOUNT}_CloudTrail_us-east-1`]);
    });

    it('enters every log group that claims it, and none twice', async () => {
      const store = await open();
      await addTrail(store, { name: 'one', group: 'audit', multi: true });
      await addTrail(store, { name: 'three', group: 'audit', multi: true });
      await addTrail(store, { name: 'two', region: 'eu-west-1', group: 'audit' });
      expect(await targets(store, { region: 'eu-west-1' })).toEqual([
        `us-east-1 audit ${ACCOUNT}_CloudTrail_us-east-1`,
        `eu-west-1 audit ${ACCOUNT}_CloudTrail_eu-west-1`,
      ]);
    });

    it('of any account enters the log group of an organization trail', async () => {
      const store = await open();
      await addTrail(store, { name: 'main', group: 'audit', organization: true });
      expect(await targets(store, { account: '444455556666' })).toEqual([
        'us-east-1 audit 444455556666_CloudTrail_us-east-1',
      ]);
    });

    it('is kept out by the selectors of all trails that claim it', async () => {
      const store = await open();
      const selectors: EventSelector[] = [{ ReadWriteType: 'WriteOnly' }];
      await addTrail(store, { name: 'main', group: 'audit', selectors });
      expect(await targets(store, { readOnly: true })).toEqual([]);
      expect(await targets(store)).toHaveLength(1);
      await addTrail(store, { name: 'other', group: 'audit' });
      expect(await targets(store, { readOnly: true })).toHaveLength(1);
    });

    it('of a global service is kept out by a trail without such events', async () => {
      const store = await open();
      await addTrail(store, { name: 'main', group: 'audit', global: false });
      expect(await targets(store)).toEqual([]);
      expect(await targets(store, { source: 'ec2.amazonaws.com' })).toHaveLength(1);
    });

    it('enters the fallback when the log group of its trail was deleted', async () => {
      const store = await open();
      await addTrail(store, { name: 'main', group: 'audit' });
      const scope = { account: ACCOUNT, region: 'us-east-1' };
      await store.write(async (tx) => deleteLogGroup(tx, await getLogGroup(tx.db, scope, 'audit')));
      expect(await targets(store)).toEqual([`us-east-1 CloudTrail/logs ${ACCOUNT}_CloudTrail_us-east-1`]);
    });
  });

  it('a delivery is noted on the trails it went through', async () => {
    const store = await open();
    const one = await addTrail(store, { name: 'one', group: 'audit' });
    await addTrail(store, { name: 'two', group: 'audit' });
    await store.write((tx) => markDelivered(tx, [one.id], 77));
    await store.write((tx) => markDelivered(tx, [], 88));
    const rows = await store.read.selectFrom('trails').select(['name', 'delivered_at']).orderBy('name').execute();
    expect(rows).toEqual([
      { name: 'one', delivered_at: 77 },
      { name: 'two', delivered_at: null },
    ]);
  });
});

describe('basic event selectors', () => {
  const s3 = (more: Partial<SelectedFacts> = {}): SelectedFacts =>
    record({ source: 's3.amazonaws.com', category: 'Data', resources: ['arn:aws:s3:::bucket/logs/a'], ...more });
  const values = (...Values: string[]): EventSelector[] => [{ DataResources: [{ Type: 'AWS::S3::Object', Values }] }];

  it('tell reads from writes, and pass what does not say', () => {
    const readOnly: EventSelector[] = [{ ReadWriteType: 'ReadOnly' }];
    expect(isSelected(readOnly, record({ readOnly: true }))).toBe(true);
    expect(isSelected(readOnly, record({ readOnly: false }))).toBe(false);
    expect(isSelected(readOnly, record({ readOnly: undefined }))).toBe(true);
  });

  it('leave out management events of a source, or all', () => {
    const kms = [{ ExcludeManagementEventSources: ['kms.amazonaws.com'] }];
    expect(isSelected(kms, record({ source: 'kms.amazonaws.com' }))).toBe(false);
    expect(isSelected(kms, record())).toBe(true);
    expect(isSelected([{ IncludeManagementEvents: false }], record())).toBe(false);
  });

  it('pass data events of the resources they name', () => {
    expect(isSelected([{}], s3())).toBe(false);
    expect(isSelected(values('arn:aws:s3:::bucket/logs'), s3())).toBe(true);
    expect(isSelected(values('arn:aws:s3:::bucket/other'), s3())).toBe(false);
    expect(isSelected(values('arn:aws:s3'), s3({ resources: [] }))).toBe(true);
    expect(isSelected(values('arn:aws:s3:::'), s3({ source: 'lambda.amazonaws.com' }))).toBe(false);
  });

  it('never pass network events, and always insights', () => {
    expect(isSelected([{}], record({ category: 'NetworkActivity' }))).toBe(false);
    expect(isSelected([{ IncludeManagementEvents: false }], record({ category: 'Insight' }))).toBe(true);
  });
});
