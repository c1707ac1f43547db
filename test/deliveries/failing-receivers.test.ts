import { describe, expect, it } from 'vitest';
import { chainStates } from '../../src/chain/health/chain-states.ts';
import { OwnChains } from '../../src/server/own-chains/own-chains.ts';
import { engineStatus } from '../../src/server/status.ts';
import { FALLBACK } from '../engine/engine-world.ts';
import { until } from '../engine/until.ts';
import { sqliteStore } from '../stores.ts';
import { distrusted, receiver, SCOPE, SocketWorld } from './socket-world.ts';

const SECOND = 1_000;
const HOUR = 3_600_000;
const open = sqliteStore();

const world = async (attributes = {}, tags = {}) => {
  const made = await new SocketWorld(await open()).start();
  await made.topic(attributes, tags);
  return made;
};

const idOf = ({ body }: { body: string }): string => (JSON.parse(body) as { MessageId: string }).MessageId;

/** Seconds after noon. */
const seconds = (seen: readonly { at: number }[]): number[] => seen.map(({ at }) => Math.round(at / SECOND));

describe('a receiver that answers 404', () => {
  it('is asked once; the message is a dead letter at once, and everybody can see why', async () => {
    const w = await world();
    const hook = await receiver(w, (_request, response) => response.writeHead(404).end('no such hook'));
    const dead = await w.queue('dead');
    await w.subscribe(hook.url, { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead }) });
    await w.engine.handlers.cloudwatch?.PutMetricAlarm?.(
      {
        AlarmName: 'root-used',
        MetricName: 'RootUse',
        Namespace: 'CISBenchmark',
        Statistic: 'Sum',
        Period: 300,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        AlarmActions: [`arn:aws:sns:${SCOPE.region}:${SCOPE.account}:security`],
      },
      w.caller,
    );
    const id = await w.publish('hello');
    await w.pass(48 * HOUR);
    expect(hook.seen).toHaveLength(1);
    expect(await w.deliveries()).toMatchObject([{ status: 'dead', attempts: 1, reason: 'rejected' }]);
    const letters = await w.drained('dead');
    expect(letters.map(({ Body = '' }) => JSON.parse(Body))).toMatchObject([{ MessageId: id, Message: 'hello' }]);
    const settings = { endpoint: 'http://here', mailConfigured: true, now: w.clock.now() };
    const [chain] = await chainStates(w.store.read, settings);
    const problem = chain?.problems.find(({ code }) => code === 'cannot-deliver');
    expect(problem).toMatchObject({ silent: true });
    expect(problem?.message).toBe(
      `cannot deliver to ${hook.url} since 2026-03-04T12:00:00Z: The endpoint answered 404: no such hook (rejected); 1 given up`,
    );
    const own = new OwnChains(w.engine.context, FALLBACK);
    const { ok, deliveries } = await engineStatus(w.store, { ...settings, own, intakes: () => [] });
    expect([ok, deliveries.givenUp]).toMatchObject([false, [{ endpoint: hook.url, reason: 'rejected', count: 1 }]]);
    expect(w.engine.attempts.list()).toEqual([{ protocol: 'http', result: 'given-up', reason: 'rejected', count: 1 }]);
  });

  it("counts as one that took it by AWS's rules, with a word about it", async () => {
    const w = await world({}, { 'trailbell:delivery': 'aws' });
    const hook = await receiver(w, (_request, response) => response.writeHead(404).end());
    await w.subscribe(hook.url);
    await w.publish('hello');
    await w.pass(HOUR);
    expect(hook.seen).toHaveLength(1);
    expect(await w.deliveries()).toMatchObject([{ status: 'delivered', reason: 'rejected' }]);
  });
});

describe('a receiver that answers 500', () => {
  it('is asked for a day under one id, ever more patiently, and then given up', async () => {
    const w = await world();
    const hook = await receiver(w, (_request, response) => response.writeHead(500).end());
    await w.subscribe(hook.url);
    const id = await w.publish('hello');
    for (let quarter = 0; quarter < 110; quarter += 1) await w.pass(HOUR / 4);
    expect(new Set(hook.seen.map(idOf))).toEqual(new Set([id]));
    const pauses = seconds(hook.seen).map((at, i, all) => at - (all[i - 1] ?? 0));
    expect(pauses.slice(1, 5).every((pause, i) => pause >= 2 ** i * 0.8 && pause <= 2 ** i * 1.2 + 1)).toBe(true);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(16.5 * 60);
    expect(hook.seen.at(-1)!.at).toBeGreaterThan(23 * HOUR);
    expect(await w.deliveries()).toMatchObject([{ status: 'dead', reason: 'server-error' }]);
  });

  it.each([
    ['the tag', {}, { 'trailbell:delivery': 'aws' }],
    [
      'a delivery policy',
      {
        DeliveryPolicy:
          '{"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":20,"maxDelayTarget":20,"numRetries":3}}}',
      },
      {},
    ],
  ])("is asked four times, 20 seconds apart, where %s asks for AWS's rules", async (_what, attributes, tags) => {
    const w = await world(attributes, tags);
    const hook = await receiver(w, (_request, response) => response.writeHead(500).end());
    await w.subscribe(hook.url);
    await w.publish('hello');
    for (let half = 0; half < 10; half += 1) await w.pass(11 * SECOND);
    await w.pass(HOUR);
    expect(hook.seen).toHaveLength(4);
    const pauses = seconds(hook.seen).map((at, i, all) => at - (all[i - 1] ?? 0));
    expect(pauses.slice(1).every((pause) => pause >= 18 && pause <= 22)).toBe(true);
    expect(await w.deliveries()).toMatchObject([{ status: 'dead', attempts: 4 }]);
  });

  it('gets what has waited for it as soon as it answers again, and is not called in vain meanwhile', async () => {
    const w = await world();
    let well = false;
    const hook = await receiver(w, (_request, response) => response.writeHead(well ? 200 : 503).end());
    await w.subscribe(hook.url);
    for (let n = 0; n < 40; n += 1) await w.publish(`${n}`);
    for (let minute = 0; minute < 10; minute += 1) await w.pass(60 * SECOND);
    // Forty deliveries with a timetable each would have made some four hundred calls.
    expect(hook.seen.length).toBeLessThan(40);
    well = true;
    for (let second = 0; second < 90; second += 1) await w.pass(SECOND);
    const states = (await w.deliveries()).map(({ status }) => status);
    expect(states).toEqual(Array.from({ length: 40 }, () => 'delivered'));
    const { failing_since } = await w.store.read.selectFrom('subscriptions').selectAll().executeTakeFirstOrThrow();
    expect(failing_since).toBeNull();
  });
});

describe('a receiver that does not answer', () => {
  it('is let go after fifteen seconds and tried again, and delays no other', async () => {
    const w = await world();
    const held: (() => void)[] = [];
    const slow = await receiver(w, (_request, response) => held.push(() => response.end()));
    const quick = await receiver(w, (_request, response) => response.end());
    await w.subscribe(slow.url);
    await w.subscribe(quick.url);
    for (let n = 0; n < 50; n += 1) await w.publish(`${n}`);
    await until('the quick receiver', async () => {
      await w.clock.advance(0);
      return quick.seen.length === 50;
    });
    expect([slow.seen.length, w.clock.now() - quick.seen.at(-1)!.at]).toEqual([1, Date.UTC(2026, 2, 4, 12)]);
    await w.clock.advance(15 * SECOND - 1);
    expect((await w.deliveries()).filter(({ reason }) => reason === 'timeout')).toEqual([]);
    await w.clock.advance(1);
    await until('the end of the attempt', async () =>
      (await w.deliveries()).some(({ reason, error }) => reason === 'timeout' && error === 'No answer within 15 s'),
    );
    await until('the next attempt', async () => {
      await w.clock.advance(SECOND);
      return slow.seen.length === 2;
    });
  });

  it("is tried again twenty seconds after that by AWS's rules", async () => {
    const w = await world({}, { 'trailbell:delivery': 'aws' });
    const slow = await receiver(w, () => undefined);
    await w.subscribe(slow.url);
    await w.publish('hello');
    await until('the second attempt', async () => {
      await w.clock.advance(SECOND);
      return slow.seen.length === 2;
    });
    const [, second] = seconds(slow.seen);
    expect(second).toBeGreaterThanOrEqual(33);
    expect(second).toBeLessThanOrEqual(38);
  });
});

describe('a receiver that breaks the connection', () => {
  it('is tried again until it answers', async () => {
    const w = await world();
    let left = 3;
    const hook = await receiver(w, (request, response) => {
      if (left-- > 0) request.socket.resetAndDestroy();
      else response.end();
    });
    await w.subscribe(hook.url);
    await w.publish('hello');
    await w.pass(0);
    expect(await w.deliveries()).toMatchObject([{ status: 'waiting', reason: 'reset' }]);
    for (let n = 0; n < 10; n += 1) await w.pass(SECOND);
    expect(await w.deliveries()).toMatchObject([{ status: 'delivered', attempts: 4 }]);
    expect(new Set(hook.seen.map(idOf)).size).toBe(1);
  });
});

describe('a receiver with a certificate that nobody vouches for', () => {
  it('is told nothing, and tried again, for a certificate can be mended', async () => {
    const w = await world();
    const hook = await distrusted();
    await w.subscribe(hook.url);
    await w.publish('hello');
    await w.pass(0);
    expect([hook.requests(), await w.deliveries()]).toMatchObject([0, [{ status: 'waiting', reason: 'tls' }]]);
  });
});

describe('a receiver whose answer never ends', () => {
  it('has the message once its status says so, however much comes after', async () => {
    const w = await world();
    const flooding = await receiver(w, (_request, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(10_000)));
      };
      response.on('drain', more);
      more();
    });
    await w.subscribe(flooding.url);
    await w.publish('hello');
    await w.pass(48 * HOUR);
    expect(flooding.seen).toHaveLength(1);
    expect(await w.deliveries()).toMatchObject([{ status: 'delivered', attempts: 1 }]);
  });

  it('has it too when the rest does not come at all', async () => {
    const w = await world();
    const dripping = await receiver(w, (_request, response) => void response.writeHead(200).write('and'));
    await w.subscribe(dripping.url);
    await w.publish('hello');
    await until('the delivery', async () => {
      await w.clock.advance(SECOND);
      return (await w.deliveries()).every(({ status }) => status === 'delivered');
    });
    await w.pass(48 * HOUR);
    expect(dripping.seen).toHaveLength(1);
  });
});

it('one connection carries many deliveries', async () => {
  const w = await world();
  const hook = await receiver(w, (_request, response) => response.end());
  await w.subscribe(hook.url);
  for (let n = 0; n < 60; n += 1) {
    await w.publish(`${n}`);
    await w.pass(0);
  }
  expect(hook.seen).toHaveLength(60);
  expect(hook.connections()).toBe(1);
});
