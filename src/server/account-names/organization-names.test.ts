import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { awsStub, STUB_KEY } from '../../../test/aws/aws-stub.ts';
import { startEngine } from '../../../test/engine/start.ts';
import { until } from '../../../test/engine/until.ts';
import { eachStore } from '../../../test/stores.ts';
import { FakeClock } from '../../base/fake-clock.ts';
import { silentLog } from '../../base/log.ts';
import { openNetwork } from '../../base/network.ts';
import { organizationAccounts } from './organization-accounts.ts';
import { forgetOrganization, OrganizationNames, organizationProblem } from './organization-names.ts';

const NOON = Date.UTC(2026, 2, 4, 12);
const MINUTE = 60_000;

eachStore((open) => {
  it('the names of an organization are read every hour, outlive restarts and failures, and say so', async () => {
    const store = await open();
    const clock = new FakeClock(NOON);
    let answer: () => Promise<Map<string, string>> = async () => new Map([['100020003000', 'payments']]);
    let asked = 0;
    const warned: string[] = [];
    const log = { ...silentLog, warn: (_: object, message: string) => void warned.push(message) };
    const list = () => {
      asked += 1;
      return answer();
    };
    const first = new OrganizationNames({ store, clock, log, list });
    await first.start();
    await first.idle();
    expect([...first.names]).toEqual([['100020003000', 'payments']]);
    answer = async () => new Map([['100020003000', 'payments-eu']]);
    await clock.advance(60 * MINUTE - 1);
    expect(asked).toBe(1);
    await clock.advance(1);
    await first.idle();
    expect([asked, first.names.get('100020003000')]).toEqual([2, 'payments-eu']);
    expect(await organizationProblem(store.read)).toBeUndefined();
    first.stop();

    answer = () => Promise.reject(new Error('You do not have permission'));
    const second = new OrganizationNames({ store, clock, log, list });
    await second.start();
    expect(second.names.get('100020003000')).toBe('payments-eu');
    await second.idle();
    await clock.advance(5 * MINUTE);
    await second.idle();
    expect(asked).toBe(4);
    expect(await organizationProblem(store.read)).toBe(
      'names of accounts cannot be read from AWS Organizations since 2026-03-04T13:00:00.000Z: You do not have permission; those of 2026-03-04T13:00:00.000Z are told',
    );
    expect(warned).toHaveLength(2);
    answer = async () => new Map();
    await clock.advance(5 * MINUTE);
    await second.idle();
    expect(await organizationProblem(store.read)).toBeUndefined();
    second.stop();
    await forgetOrganization(store);
    expect(
      await store.read.selectFrom('settings').select('key').where('key', '=', 'organization-names').execute(),
    ).toEqual([]);
  });
});

describe('AWS Organizations', () => {
  const signedIn = () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', STUB_KEY.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', STUB_KEY.secret);
    onTestFinished(() => void vi.unstubAllEnvs());
  };
  const page = (ids: readonly string[], NextToken?: string) => ({
    status: 200,
    body: { Accounts: ids.map((Id) => ({ Id, Name: `name of ${Id}\u0007` })), ...(NextToken ? { NextToken } : {}) },
  });

  it('is asked page by page, signed, through the guarded door', async () => {
    signedIn();
    const { url, calls } = await awsStub(({ body }) =>
      body.includes('NextToken') ? page(['222222222222', 'nonsense']) : page(['111111111111'], 'more'),
    );
    const network = openNetwork({ allowLoopback: true });
    onTestFinished(() => network.close());
    const names = await organizationAccounts({ network, region: 'eu-west-1', endpoint: url })();
    expect([...names]).toEqual([
      ['111111111111', 'name of 111111111111'],
      ['222222222222', 'name of 222222222222'],
    ]);
    expect(calls.map(({ service, region, target }) => [service, region, target])).toEqual(
      Array(2).fill(['organizations', 'us-east-1', 'AWSOrganizationsV20161128.ListAccounts']),
    );
    const closed = openNetwork({});
    onTestFinished(() => closed.close());
    await expect(organizationAccounts({ network: closed, region: 'eu-west-1', endpoint: url })()).rejects.toThrow();
  });

  it('that refuses keeps no engine from starting, and shows in the status', async () => {
    signedIn();
    const { url } = await awsStub(() => ({
      status: 400,
      body: { __type: 'AccessDeniedException', message: 'not you' },
    }));
    const engine = await startEngine({ cis: true, accountNames: `organizations:${url}` });
    const warnings = await until('the warning', async () => {
      const status = (await (await fetch(`${engine.url}/api/v1/status`)).json()) as { warnings: string[] };
      return status.warnings.some((text) => text.includes('AWS Organizations')) && status.warnings;
    });
    expect(warnings.find((text) => text.includes('Organizations'))).toContain(
      'not you; accounts are told by their numbers',
    );
  });
});
