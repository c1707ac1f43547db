import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../base/fake-clock.ts';
import { seededIds } from '../../base/ids.ts';
import type { Door } from '../collect/calls.ts';
import { Pace } from '../collect/pace.ts';
import type { Finding } from '../finding.ts';
import { applyPlans, type MakeCall } from './apply.ts';
import type { RepairPlan } from './plan.ts';
import { callsThrough } from './sdk-calls.ts';
import { callOf, type Step } from './step.ts';

const SCOPE = { account: '111122223333', region: 'eu-west-1' };
const TRAIL = 'arn:aws:cloudtrail:eu-west-1:111122223333:trail/main';

const step = (service: Step['service'], operation: string, more: Partial<Step> = {}): Step => ({
  service,
  operation,
  scope: SCOPE,
  input: { Name: operation },
  why: 'a test',
  change: null,
  foreign: false,
  ...more,
});
const topic = step('sns', 'CreateTopic');
const filter = step('logs', 'PutMetricFilter');
const alarm = step('cloudwatch', 'PutMetricAlarm');
const start = step('cloudtrail', 'StartLogging', {
  foreign: true,
  change: { resource: TRAIL, before: { IsLogging: false }, after: { IsLogging: true } },
});

const finding = { verdict: 'FAIL' } as Finding;
const plan = (...steps: Step[]): RepairPlan => ({
  control: '4.3',
  name: 'root-usage',
  ...SCOPE,
  before: finding,
  steps,
  blockers: [],
  after: finding,
});

/** Makes calls that fail as told, and remembers them. */
function world(failures: Record<string, string> = {}) {
  const made: string[] = [];
  const call: MakeCall = async (one) => {
    made.push(callOf(one));
    const name = failures[callOf(one)];
    if (name) throw Object.assign(new Error('no'), { name });
    return {};
  };
  const run = async (plans: RepairPlan[], allowed: string[] = []) =>
    (await applyPlans(plans, { call, allowed: new Set(allowed) })).map((one) => [callOf(one.step), one.outcome]);
  return { made, run };
}

describe('plans that are carried out', () => {
  it('leave what is not ours alone, and what stands on it, unless its ARN or name was given', async () => {
    const { made, run } = world();
    expect(await run([plan(start, filter)])).toEqual([
      ['cloudtrail:StartLogging', 'left out'],
      ['logs:PutMetricFilter', 'not tried'],
    ]);
    expect(made).toEqual([]);
    for (const name of [TRAIL, 'main']) {
      expect(await run([plan(start, filter)], [name])).toEqual([
        ['cloudtrail:StartLogging', 'done'],
        ['logs:PutMetricFilter', 'done'],
      ]);
    }
    expect(await run([plan(start)], ['other'])).toEqual([['cloudtrail:StartLogging', 'left out']]);
  });

  it('end at a call that fails, while others go on and try what they share no second time', async () => {
    const { made, run } = world({ 'logs:PutMetricFilter': 'AccessDeniedException' });
    expect(await run([plan(topic, filter, alarm), plan(topic, step('sns', 'Subscribe'))])).toEqual([
      ['sns:CreateTopic', 'done'],
      ['logs:PutMetricFilter', 'failed'],
      ['cloudwatch:PutMetricAlarm', 'not tried'],
      ['sns:Subscribe', 'done'],
    ]);
    expect(made).toEqual(['sns:CreateTopic', 'logs:PutMetricFilter', 'sns:Subscribe']);
  });

  it('do in a later plan what an earlier one could not get to', async () => {
    const { run } = world({ 'logs:PutMetricFilter': 'AccessDeniedException' });
    expect(await run([plan(filter, alarm), plan(alarm)])).toEqual([
      ['logs:PutMetricFilter', 'failed'],
      ['cloudwatch:PutMetricAlarm', 'done'],
    ]);
  });

  it('go on where an interrupted run had made something', async () => {
    const { run } = world({ 'cloudtrail:CreateTrail': 'TrailAlreadyExistsException' });
    expect(await run([plan(step('cloudtrail', 'CreateTrail'), alarm)])).toEqual([
      ['cloudtrail:CreateTrail', 'was there'],
      ['cloudwatch:PutMetricAlarm', 'done'],
    ]);
  });

  it('make no call for another account than the caller’s', async () => {
    const asked: string[] = [];
    const door = { call: async (name: string) => void asked.push(name) } as unknown as Door;
    const call = callsThrough(door, new Pace(new FakeClock(0), seededIds(1)), SCOPE.account);
    await call(topic);
    const elsewhere = { ...topic, scope: { ...SCOPE, account: '999988887777' } };
    const [outcome] = await applyPlans([plan(elsewhere)], { call, allowed: new Set() });
    expect(outcome).toMatchObject({ outcome: 'failed', error: expect.stringContaining('account 999988887777') });
    expect(asked).toEqual(['sns:CreateTopic']);
  });
});
