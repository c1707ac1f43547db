import { describe, expect, it } from 'vitest';
import { setOf } from '../metrics/statistic.ts';
import { decide } from './decision.ts';
import { defineAlarm, ruleOf } from './definition.ts';
import { javaDouble } from './java-text.ts';
import { explain } from './reason.ts';
import { rangeOf } from './window.ts';

const second = (text: string): number => Date.parse(`2026-09-14T${text}Z`);

/** The alarm and the datapoints that were recorded on AWS: 10 s periods, one value each. */
const RECORDED: readonly (readonly [string, number])[] = [
  ['05:42:25', 100],
  ['05:42:35', 0],
  ['05:42:45', 100],
  ['05:46:55', 100],
  ['05:49:05', 0],
  ['05:49:15', 0],
  ['05:49:25', 0],
  ['05:50:55', 0],
  ['05:51:15', 100],
  ['05:51:35', 100],
  ['05:54:15', 0],
];

function told(alarm: object, end: string, queried: string, points = RECORDED) {
  const rule = ruleOf(
    defineAlarm({
      AlarmName: 'a',
      Namespace: 'Test',
      MetricName: 'm',
      Statistic: 'Average',
      Unit: 'Count',
      Period: 10,
      EvaluationPeriods: 3,
      Threshold: 50,
      ComparisonOperator: 'GreaterThanThreshold',
      ...alarm,
    }),
  );
  const range = rangeOf(
    rule,
    points.map(([time, value]) => ({ ...setOf(value), at: second(time) })),
    second(end),
  );
  const state = decide(rule, range);
  if (state === 'keep') throw new Error('nothing to explain');
  const { reason, reasonData } = explain(rule, state, range, second(queried));
  return { state, reason, reasonData };
}

const stamp = (time: string): string => `2026-09-14T${time}.000+0000`;

describe('StateReason and StateReasonData as recorded on AWS', () => {
  it('two bad of three', () => {
    const { reason, reasonData } = told({ DatapointsToAlarm: 2 }, '05:42:50', '05:43:07.551');
    expect(reason).toBe(
      'Threshold Crossed: 2 out of the last 3 datapoints [100.0 (14/09/26 05:42:40), 100.0 (14/09/26 05:42:20)] were greater than the threshold (50.0) (minimum 2 datapoints for OK -> ALARM transition).',
    );
    expect(reasonData).toBe(
      `{"version":"1.0","queryDate":"2026-09-14T05:43:07.551+0000","startDate":"${stamp('05:42:20')}","unit":"Count","statistic":"Average","period":10,"recentDatapoints":[100.0,0.0,100.0],"threshold":50.0,"evaluatedDatapoints":[{"timestamp":"${stamp('05:42:40')}","sampleCount":1.0,"value":100.0},{"timestamp":"${stamp('05:42:20')}","sampleCount":1.0,"value":100.0}]}`,
    );
  });

  it('one good point among three, M = 3', () => {
    const { state, reason, reasonData } = told({ DatapointsToAlarm: 3 }, '05:51:40', '05:51:48.775');
    expect(state).toBe('OK');
    expect(reason).toBe(
      'Threshold Crossed: 1 out of the last 3 datapoints [0.0 (14/09/26 05:50:50)] was not greater than the threshold (50.0) (minimum 1 datapoint for ALARM -> OK transition).',
    );
    expect(JSON.parse(reasonData)).toMatchObject({
      startDate: stamp('05:50:50'),
      recentDatapoints: [0, null, 100, null, 100],
    });
  });

  it('a good point and the newest gap make up the two that OK needs', () => {
    const { reasonData } = told({ DatapointsToAlarm: 2 }, '05:54:20', '05:54:37.550');
    expect(JSON.parse(reasonData).evaluatedDatapoints).toEqual([
      { timestamp: stamp('05:54:10'), sampleCount: 1, value: 0 },
      { timestamp: stamp('05:54:00') },
    ]);
  });

  it('a lone bad point that has aged', () => {
    const { reason, reasonData } = told({ DatapointsToAlarm: 3 }, '05:47:20', '05:47:38.775');
    expect(reason).toBe(
      'Threshold Crossed: 1 out of the last 3 datapoints [100.0 (14/09/26 05:46:50)] was greater than the threshold (50.0) (minimum 3 datapoints for OK -> ALARM transition).',
    );
    expect(JSON.parse(reasonData).evaluatedDatapoints).toEqual([
      { timestamp: stamp('05:47:10') },
      { timestamp: stamp('05:47:00') },
      { timestamp: stamp('05:46:50'), sampleCount: 1, value: 100 },
    ]);
  });

  it('nothing left', () => {
    const { reason, reasonData } = told({ DatapointsToAlarm: 2 }, '05:44:20', '05:44:37.552');
    expect(reason).toBe('Insufficient Data: 3 datapoints were unknown.');
    expect(reasonData).toBe(
      `{"version":"1.0","queryDate":"2026-09-14T05:44:37.552+0000","unit":"Count","statistic":"Average","period":10,"recentDatapoints":[],"threshold":50.0,"evaluatedDatapoints":[{"timestamp":"${stamp('05:44:10')}"},{"timestamp":"${stamp('05:44:00')}"}]}`,
    );
  });

  it('gaps that count as breaching', () => {
    const breaching = { DatapointsToAlarm: 3, TreatMissingData: 'breaching' };
    expect(told(breaching, '05:52:30', '05:52:44.472').reason).toBe(
      'Threshold Crossed: 2 out of the last 3 datapoints [100.0 (14/09/26 05:51:30), 100.0 (14/09/26 05:51:10)] were greater than the threshold (50.0) and 1 missing datapoint was treated as [Breaching] (minimum 3 datapoints for OK -> ALARM transition).',
    );
    expect(told(breaching, '05:54:20', '05:54:34.473').reason).toBe(
      'Threshold Crossed: 1 out of the last 3 datapoints [0.0 (14/09/26 05:54:10)] was not greater than the threshold (50.0) and 2 missing datapoints were treated as [Breaching] (minimum 1 datapoint for ALARM -> OK transition).',
    );
    expect(told(breaching, '05:55:50', '05:56:04.474').reason).toBe(
      'Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as [Breaching].',
    );
    expect(told({ ...breaching, DatapointsToAlarm: 2 }, '05:54:20', '05:54:34').reason).toBe(
      'Threshold Crossed: 1 datapoint was received for 3 periods and 2 missing datapoints were treated as [Breaching].',
    );
  });

  it('an alarm without DatapointsToAlarm', () => {
    const one = {
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 1,
      Statistic: 'Sum',
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    };
    expect(told({ ...one, Unit: undefined }, '05:44:00', '05:44:00', [['05:42:25', 1]]).reason).toBe(
      'Threshold Crossed: 1 datapoint [1.0 (14/09/26 05:39:00)] was greater than or equal to the threshold (1.0).',
    );
    expect(told({ ...one, TreatMissingData: 'notBreaching' }, '05:44:00', '05:44:00', []).reason).toBe(
      'Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].',
    );
  });
});

describe('numbers', () => {
  it('print like Java doubles', () => {
    const printed = [0, -0, 1, 21.5, 0.001, 9999999, 1e7, 12345678.9, 0.0001, 1e21, 5e-324, -2e-5].map(javaDouble);
    expect(printed).toEqual([
      '0.0',
      '-0.0',
      '1.0',
      '21.5',
      '0.001',
      '9999999.0',
      '1.0E7',
      '1.23456789E7',
      '1.0E-4',
      '1.0E21',
      '5.0E-324',
      '-2.0E-5',
    ]);
  });
});
