import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { SCOPE, START } from '../../../test/chain/alarms-world.ts';
import { cloudWatchOn } from '../../../test/chain/cloudwatch-calls.ts';
import { eachStore, sqliteStore } from '../../../test/stores.ts';
import type { Protocol } from '../wire/service.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const PROTOCOLS: readonly Protocol[] = ['json1.0', 'query', 'cbor'];
const STATISTICS = ['SampleCount', 'Sum', 'Minimum', 'Maximum'];
const SET = { SampleCount: 10, Sum: 55, Minimum: 1, Maximum: 10 };

/** CloudWatch with a short way to put one datum, now, and to read it again. */
function metricOn(service: ReturnType<typeof cloudWatchOn>) {
  const { call, refusal } = service;
  const input = (...data: object[]) => ({
    Namespace: 'Test',
    MetricData: data.map((datum) => ({ MetricName: 'm', ...datum })),
  });
  return {
    ...service,
    put: (...data: object[]) => call('PutMetricData', input(...data)),
    refused: (...data: object[]) => refusal('PutMetricData', input(...data)),
    async read(more: object = { Statistics: STATISTICS }, at = START, name = 'm') {
      const span = { StartTime: new Date(at), EndTime: new Date(at + 60_000), Period: 60 };
      const { Datapoints } = await call('GetMetricStatistics', {
        Namespace: 'Test',
        MetricName: name,
        ...span,
        ...more,
      });
      const [{ Timestamp: _, Unit: __, ...values } = {} as Record<string, unknown>] = Datapoints;
      return values;
    },
  };
}

eachStore((open) => {
  describe.each(PROTOCOLS)('a datum over %s', (protocol) => {
    it('may be a statistic set with values: the set tells count and sum, the values the distribution', async () => {
      const { put, read, world } = metricOn(cloudWatchOn(await open(), protocol));
      await put({ StatisticValues: SET, Values: [1, 10], Counts: [3, 1] });
      expect(await read()).toEqual(SET);
      expect(await read({ ExtendedStatistics: ['p50', 'p70', 'p76'] })).toEqual({
        ExtendedStatistics: { p50: 1, p70: 1, p76: 10 },
      });
      await put({ Value: 100 });
      expect(await read()).toEqual({ SampleCount: 11, Sum: 155, Minimum: 1, Maximum: 100 });
      await world.stop();
    });

    it('is refused with a value beside values or a set, with too many values, and beyond its bounds', async () => {
      const { put, read, refused, world } = metricOn(cloudWatchOn(await open(), protocol));
      const exclusive = (other: string) =>
        `400 InvalidParameterCombinationException: The parameters MetricData.member.2.Value and MetricData.member.2.${other} are mutually exclusive and you have specified both.`;
      const good = { Value: 1 };
      expect(await refused(good, { Value: 1, Values: [1, 2], Counts: [1] })).toBe(exclusive('Values'));
      expect(await refused(good, { Value: 1, StatisticValues: SET })).toBe(exclusive('StatisticValues'));
      expect(await refused(good, { StatisticValues: { ...SET, SampleCount: 0 } })).toMatch(/must be greater than 0/);
      expect(await refused(good, { StatisticValues: { ...SET, Minimum: 11 } })).toMatch(/^400 InvalidParameterValue/);
      expect(await refused(good, { StatisticValues: SET, Values: [1, 2], Counts: [1] })).toMatch(/of the same size/);
      expect(await refused(good, { Values: [1], Counts: [0] })).toMatch(/^400 InvalidParameterValue/);
      expect(await refused(good, { Values: [1], Counts: [-1] })).toMatch(/^400 InvalidParameterValue/);
      for (const Value of [Number.NaN, Number.POSITIVE_INFINITY, -(2 ** 361)])
        expect(await refused(good, { Value })).toMatch(/^400 InvalidParameterValue/);
      const many = Array.from({ length: 151 }, (_, i) => i);
      expect(await refused(good, { Values: many })).toMatch(/Values must not have a size greater than 150/);
      // Nothing of a refused request is kept.
      expect(await read()).toEqual({});
      await put({ Values: many.slice(0, 150) }, { Value: 2 ** 360 }, { Value: -(2 ** 360) });
      expect(await read()).toMatchObject({ SampleCount: 152, Minimum: -(2 ** 360), Maximum: 2 ** 360 });
      await world.stop();
    });

    it('may be two weeks old or two hours ahead, and no more', async () => {
      const { put, read, refused, world } = metricOn(cloudWatchOn(await open(), protocol));
      const at = (time: number) => ({ Value: 1, Timestamp: new Date(time) });
      await put(at(START - 14 * DAY), at(START + 2 * HOUR));
      expect(await read({ Statistics: ['Sum'] }, START - 14 * DAY)).toEqual({ Sum: 1 });
      expect(await read({ Statistics: ['Sum'] }, START + 2 * HOUR)).toEqual({ Sum: 1 });
      expect(await refused(at(START - 14 * DAY - 1_000))).toMatch(/within the past two weeks/);
      expect(await refused(at(START + 2 * HOUR + 1_000))).toMatch(/no more than two hours in the future/);
      await world.stop();
    });

    it('comes with up to 999 others', async () => {
      const { put, read, refused, world } = metricOn(cloudWatchOn(await open(), protocol));
      const data = Array.from({ length: 1_001 }, (_, i) => ({ MetricName: `m${i % 100}`, Value: 1 }));
      expect(await refused(...data)).toMatch(/MetricData must not have a size greater than 1000/);
      await put(...data.slice(0, 1_000));
      expect(await read({ Statistics: ['Sum'] }, START, 'm99')).toEqual({ Sum: 10 });
      expect(await refused()).toMatch(/^400 MissingRequiredParameter/);
      await world.stop();
    });
  });
});

describe('a compressed request', () => {
  const open = sqliteStore();

  it('is read as the plain one', async () => {
    const { gateway, read, world } = metricOn(cloudWatchOn(await open(), 'json1.0'));
    const MetricData = [{ MetricName: 'm', StatisticValues: SET }];
    const reply = await gateway.handle({
      method: 'POST',
      url: '/',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'content-encoding': 'gzip',
        'x-amz-target': 'GraniteServiceVersion20100801.PutMetricData',
        authorization: `AWS4-HMAC-SHA256 Credential=${SCOPE.account}/20260304/${SCOPE.region}/monitoring/aws4_request, SignedHeaders=host, Signature=0`,
      },
      body: gzipSync(JSON.stringify({ Namespace: 'Test', MetricData })),
    });
    expect(reply.status).toBe(200);
    expect(await read()).toEqual(SET);
    await world.stop();
  });
});
