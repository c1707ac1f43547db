import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../base/fake-clock.ts';
import type { Alarm } from '../state.ts';
import type { ChainToDrill } from './chain-to-drill.ts';
import type { DrillCall, DrillCallName } from './drill-calls.ts';
import type { DrillContext } from './drill-context.ts';
import type { DrillLevel } from './drill-step.ts';
import { knownServer } from './known-server.ts';
import { proveRing } from './prove-ring.ts';

const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:security';
const PLACE = { account: '111122223333', region: 'eu-west-1' };
const GROUP = { ...PLACE, name: 'trail', arn: 'arn:aws:logs:eu-west-1:111122223333:log-group:trail' };
const ALARM = { ...PLACE, AlarmName: 'root-used', type: 'metric', ActionsEnabled: true, StateValue: 'OK' } as Alarm;
const CHAIN: ChainToDrill = {
  trail: 'main',
  group: GROUP,
  filters: [],
  metric: { namespace: 'CISBenchmark', name: 'root' },
  alarm: { ...ALARM, AlarmActions: [TOPIC] },
  composite: undefined,
  topics: [TOPIC],
  unread: undefined,
};

/** AWS as it is told to answer; what it is not told, it answers with nothing. */
function world(answers: Partial<Record<DrillCallName, object | Error>> = {}) {
  const made: string[] = [];
  const clock = new FakeClock(Date.UTC(2026, 2, 4, 12));
  const stop = new AbortController();
  const call = (async (name: DrillCallName) => {
    made.push(name);
    const answer = answers[name] ?? {};
    if (answer instanceof Error) throw answer;
    return answer;
  }) as unknown as DrillCall;
  const ctx: DrillContext = {
    id: '5a1c0f0e-0000-4000-8000-000000000001',
    account: PLACE.account,
    clock,
    call,
    markedCall: call,
    patience: 60_000,
    stop: stop.signal,
    server: undefined,
    note: () => undefined,
  };
  const drill = async (level: Exclude<DrillLevel, 'read'>, chain = CHAIN) => {
    const drilling = proveRing(ctx, chain, { level, live: { pattern: '', ask: '' }, mayWrite: true });
    await clock.advance(10 * 60_000);
    return await drilling;
  };
  return { ctx, made, drill, stop, clock };
}
const refused = (name: string): Error => Object.assign(new Error('not for you'), { name });
const alarmIn = (StateValue: string) => ({ MetricAlarms: [{ AlarmName: 'root-used', StateValue }] });
const history = (...outcomes: string[]) => {
  const Timestamp = new Date(Date.UTC(2026, 2, 4, 12, 0, 3));
  const updated = { HistoryItemType: 'StateUpdate', HistorySummary: 'Alarm updated from OK to ALARM', Timestamp };
  const actions = outcomes.map((actionState) => ({
    HistoryItemType: 'Action',
    HistorySummary: `Failed to execute action ${TOPIC}`,
    HistoryData: JSON.stringify({ actionState, notificationResource: TOPIC, error: 'no right to publish' }),
    Timestamp,
  }));
  return { AlarmHistoryItems: [updated, ...actions] };
};
const QUEUE = { QueueUrl: 'https://sqs.eu-west-1.amazonaws.com/111122223333/q' };

describe('a drill of alarm and topic', () => {
  it('says why its own queue could not listen, and takes the queue away again', async () => {
    const { drill, made } = world({
      'cloudwatch:DescribeAlarms': alarmIn('OK'),
      'cloudwatch:DescribeAlarmHistory': history('Succeeded'),
      'sqs:CreateQueue': QUEUE,
      'sns:Subscribe': refused('AuthorizationError'),
    });
    const { steps, left } = await drill('alarm');
    expect(steps.map(({ link, holds }) => [link, holds])).toEqual([
      ['alarm', true],
      ['topic', true],
      ['subscription', null],
    ]);
    expect(steps[2]?.says).toContain('AuthorizationError: not for you');
    expect(steps[0]?.after).toBe(3_000);
    expect(left).toEqual([]);
    expect(made).toContain('sqs:DeleteQueue');
  });

  it('tells what it had to leave behind, with the commands that remove it', async () => {
    const { drill } = world({
      'cloudwatch:DescribeAlarms': alarmIn('OK'),
      'cloudwatch:DescribeAlarmHistory': history('Succeeded'),
      'sqs:CreateQueue': QUEUE,
      'sns:Subscribe': { SubscriptionArn: `${TOPIC}:1` },
      'sns:Unsubscribe': refused('AuthorizationError'),
      'sqs:DeleteQueue': refused('AccessDenied'),
    });
    const { steps, left } = await drill('metric');
    expect(steps.at(-1)).toMatchObject({ link: 'subscription', holds: false });
    expect(left).toEqual([
      expect.stringMatching(`aws --region eu-west-1 sns unsubscribe --subscription-arn ${TOPIC}:1$`),
      expect.stringMatching(`aws --region eu-west-1 sqs delete-queue --queue-url ${QUEUE.QueueUrl}$`),
    ]);
  });

  it('tells what it found and left where the receipt cannot be looked at', async () => {
    const { ctx } = world({
      'logs:DeleteLogStream': refused('AccessDenied'),
      'cloudwatch:DescribeAlarms': alarmIn('ALARM'),
    });
    const receipt = () => Promise.reject(new Error('No engine answers'));
    const wish = { level: 'inject', live: { pattern: '', ask: '' }, mayWrite: true, receipt } as const;
    const { steps, left } = await proveRing(ctx, CHAIN, wish);
    expect(steps.at(-1)).toMatchObject({ link: 'receipt', holds: null, says: expect.stringContaining('No engine') });
    expect(left).toEqual([expect.stringContaining('logs delete-log-stream')]);
  });

  it('sets an alarm back that went off although no answer came', async () => {
    const { ctx, made, clock } = world();
    const states = ['OK', 'ALARM'];
    const call = (async (name: DrillCallName, region: string, input: object) => {
      if (name === 'cloudwatch:DescribeAlarms') return alarmIn(states.shift() ?? 'ALARM');
      if (name !== 'cloudwatch:SetAlarmState') return await ctx.call(name as 'sqs:CreateQueue', region, input as never);
      const { StateValue } = input as { StateValue: string };
      made.push(`set ${StateValue}`);
      if (StateValue === 'ALARM') throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });
      return {};
    }) as unknown as DrillCall;
    const wish = { level: 'alarm', live: { pattern: '', ask: '' }, mayWrite: false } as const;
    const drilling = proveRing({ ...ctx, call }, CHAIN, wish);
    await clock.advance(60_000);
    const { steps, left } = await drilling;
    expect(steps).toMatchObject([{ link: 'alarm', holds: null }]);
    expect([made, left]).toEqual([['set ALARM', 'set OK'], []]);
  });

  it('follows a composite alarm that tells in place of the alarm', async () => {
    const answers = {
      'cloudwatch:DescribeAlarms': alarmIn('OK'),
      'cloudwatch:DescribeAlarmHistory': history('Succeeded'),
    };
    const composite = { ...ALARM, AlarmName: 'any-root-use', type: 'composite', AlarmActions: [TOPIC] } as Alarm;
    const { steps } = await world(answers).drill('metric', { ...CHAIN, composite });
    expect(steps.slice(1, 4).map(({ link, name }) => [link, name])).toEqual([
      ['alarm', 'root-used'],
      ['alarm', 'any-root-use'],
      ['topic', TOPIC],
    ]);
  });

  it('calls nothing broken that it could not read', async () => {
    const { drill } = world();
    const { steps } = await drill('alarm', { ...CHAIN, alarm: undefined, unread: 'DescribeAlarms was denied.' });
    expect(steps).toMatchObject([
      { link: 'alarm', holds: null, says: 'could not be read: DescribeAlarms was denied.' },
    ]);
  });

  it('names the topic that refuses the ring', async () => {
    const answers = {
      'cloudwatch:DescribeAlarms': alarmIn('OK'),
      'cloudwatch:DescribeAlarmHistory': history('Failed'),
    };
    const { steps } = await world(answers).drill('alarm');
    expect(steps.at(-1)).toMatchObject({ link: 'topic', name: TOPIC, holds: false, says: 'no right to publish' });
  });

  it('recognises an endpoint that keeps what is set and evaluates nothing', async () => {
    const states = [alarmIn('OK'), alarmIn('ALARM'), alarmIn('ALARM')];
    const answers = Object.defineProperty({}, 'cloudwatch:DescribeAlarms', { get: () => states.shift() });
    const { steps } = await world(answers).drill('alarm');
    expect(steps).toMatchObject([{ link: 'alarm', holds: null }]);
    expect(steps[0]?.says).toContain('this endpoint does not evaluate alarms');
  });

  it('tells a metric that counted nothing from an alarm that did not react', async () => {
    const quiet = { 'cloudwatch:DescribeAlarms': alarmIn('OK'), 'cloudwatch:GetMetricStatistics': { Datapoints: [] } };
    expect((await world(quiet).drill('inject')).steps).toMatchObject([{ link: 'metric', holds: false }]);
    const counted = { ...quiet, 'cloudwatch:GetMetricStatistics': { Datapoints: [{ Sum: 1 }] } };
    expect((await world(counted).drill('inject')).steps).toMatchObject([{ link: 'alarm', holds: false }]);
  });

  it('touches nothing while the alarm may be ringing for something real', async () => {
    const { drill, made } = world({ 'cloudwatch:DescribeAlarms': alarmIn('ALARM') });
    expect((await drill('metric')).steps).toMatchObject([{ link: 'alarm', holds: null }]);
    expect(made).toEqual(['cloudwatch:DescribeAlarms']);
  });

  it('cleans up when the user ends it', async () => {
    const { drill, made, stop } = world({ 'cloudwatch:DescribeAlarms': alarmIn('OK'), 'sqs:CreateQueue': QUEUE });
    stop.abort();
    expect((await drill('inject')).steps).toMatchObject([{ holds: null, says: expect.stringContaining('was ended') }]);
    expect(made.slice(-2).sort()).toEqual(['logs:DeleteLogStream', 'sqs:DeleteQueue']);
  });

  it('says what it was not allowed to see, and still cleans up', async () => {
    const { drill, made } = world({
      'cloudwatch:DescribeAlarms': alarmIn('OK'),
      'cloudwatch:DescribeAlarmHistory': refused('AccessDenied'),
      'sqs:CreateQueue': QUEUE,
    });
    const { steps } = await drill('metric');
    expect(steps.at(-1)).toMatchObject({ link: 'alarm', holds: null, says: expect.stringContaining('AccessDenied') });
    expect(made.at(-1)).toBe('sqs:DeleteQueue');
    const denied = world({ 'cloudwatch:DescribeAlarms': refused('AccessDenied') });
    expect((await denied.drill('metric')).steps).toMatchObject([{ link: 'alarm', holds: null }]);
  });

  it('does not write where nobody could ring', async () => {
    const { ctx, made } = world();
    const server = { name: 'moto', evaluates: false, records: false };
    const wish = { level: 'alarm', live: { pattern: '', ask: '' }, mayWrite: true } as const;
    const { steps } = await proveRing({ ...ctx, server }, CHAIN, wish);
    expect(steps).toMatchObject([{ holds: null, says: expect.stringMatching(/moto .* never evaluates/) }]);
    expect(made).toEqual([]);
  });
});

it('knows servers by pages that only they have', async () => {
  const server = (pages: Record<string, string>) =>
    knownServer(async (path) => ({ status: pages[path] ? 200 : 404, text: pages[path] ?? '<html>404</html>' }));
  expect(await server({ '/moto-api/data.json': '{}' })).toMatchObject({ name: 'moto', evaluates: false });
  expect(await server({ '/readyz': 'cannot ring: x' })).toMatchObject({ evaluates: true, records: false });
  expect(await server({ '/_localstack/health': '{"services": {}}' })).toMatchObject({ name: 'LocalStack' });
  expect(await server({})).toBeUndefined();
  expect(await knownServer(async () => undefined)).toBeUndefined();
});
