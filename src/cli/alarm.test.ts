import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pc from 'picocolors';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from './main.ts';

const folder = mkdtempSync(join(tmpdir(), 'trailbell-alarm-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ALARM = {
  Namespace: 'CISBenchmark',
  MetricName: 'RootUse',
  Statistic: 'Sum',
  Period: 300,
  EvaluationPeriods: 1,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  AlarmActions: ['ring'],
};
const TIMELINE = {
  id: 'root',
  kind: 'timeline',
  alarm: ALARM,
  createdAt: 0,
  evaluatePhase: 40,
  datapoints: [{ t: 1000, Value: 1 }],
  operations: [],
  until: 3600,
};

/** Exit code and output of `trailbell alarm simulate` on a file with this text. */
async function simulate(text: string, ...flags: string[]) {
  const file = join(folder, 'vectors.json');
  writeFileSync(file, text);
  const [out, notes]: [string[], string[]] = [[], []];
  const terminal = {
    out: (line: string) => void out.push(line),
    note: (line: string) => void notes.push(line),
    colors: pc.createColors(false),
  };
  const code = await run(['alarm', 'simulate', file, ...flags], terminal);
  return { code, out: out.join('\n'), notes: notes.join('\n').replaceAll(file, 'FILE') };
}

describe('trailbell alarm simulate', () => {
  it('prints one array for a vector, a list or a whole file', async () => {
    const expected = [
      {
        id: 'root',
        transitions: [
          { at: 1060, from: 'INSUFFICIENT_DATA', to: 'ALARM', actions: ['ring'] },
          { at: 1960, from: 'ALARM', to: 'INSUFFICIENT_DATA', actions: [] },
        ],
        finalState: 'INSUFFICIENT_DATA',
      },
    ];
    for (const input of [TIMELINE, [TIMELINE], { version: 1, vectors: [TIMELINE] }]) {
      const { code, out } = await simulate(JSON.stringify(input), '--json');
      expect([code, JSON.parse(out)]).toEqual([0, expected]);
    }
  });

  it('judges on arrival when asked to', async () => {
    const alarm = { ...ALARM, TreatMissingData: 'notBreaching' };
    const { out } = await simulate(JSON.stringify({ ...TIMELINE, alarm }), '--json', '--on-arrival');
    const [{ transitions }] = JSON.parse(out);
    expect(transitions[1]).toMatchObject({ at: 1000, from: 'OK', to: 'ALARM' });
  });

  it('tells people the same in lines', async () => {
    const point = { id: 'p', kind: 'point', alarm: ALARM, datapoints: [{ t: 100, Value: 2 }], at: 400 };
    const window = { id: 'w', kind: 'window', alarm: ALARM, range: [null, null, 0] };
    const { out } = await simulate(JSON.stringify([TIMELINE, point, window]));
    expect(out.split('\n')).toEqual([
      'root: ends in INSUFFICIENT_DATA',
      '      1060 s  INSUFFICIENT_DATA -> ALARM, runs ring',
      '      1960 s  ALARM -> INSUFFICIENT_DATA',
      'p: ALARM, judging - - 2 up to 360 s',
      'w: OK -> OK, ALARM -> OK, INSUFFICIENT_DATA -> OK',
    ]);
  });

  it('loses no transition of a timeline of weeks', async () => {
    const day = 86_400;
    const datapoints = [1, 9, 30].map((days) => ({ t: days * day, Value: 1 }));
    const { out } = await simulate(JSON.stringify({ ...TIMELINE, datapoints, until: 40 * day }), '--json');
    expect(JSON.parse(out)[0].transitions).toHaveLength(6);
  });

  it('computes metric math over several metrics', async () => {
    const metric = (Id: string) => ({
      Id,
      MetricStat: { Metric: { Namespace: 'N', MetricName: Id }, Period: 60, Stat: 'Sum' },
      ReturnData: false,
    });
    const { Namespace: _, MetricName: __, Statistic: ___, Period: ____, ...rest } = ALARM;
    const alarm = { ...rest, Threshold: 5, Metrics: [metric('a'), metric('b'), { Id: 'e', Expression: 'a + b' }] };
    const datapoints = [
      { t: 60, MetricName: 'a', Value: 2 },
      { t: 61, MetricName: 'b', Value: 3 },
      { t: 62, MetricName: 'c', Value: 9 },
    ];
    const { out } = await simulate(JSON.stringify({ id: 'p', kind: 'point', alarm, datapoints, at: 121 }), '--json');
    expect(JSON.parse(out)).toEqual([{ id: 'p', state: 'ALARM', windowEnd: 120, range: [null, null, 5] }]);
  });

  it.each([
    ['{', 'FILE: not JSON: '],
    ['[1]', 'FILE: vectors[0] must be an object'],
    ['{"vectors": {}}', 'FILE: the vector.alarm must be an object'],
    [JSON.stringify({ ...TIMELINE, kind: 'x' }), 'FILE: root.kind must be "window", "point" or "timeline"'],
    [JSON.stringify({ ...TIMELINE, until: 1e9 }), 'FILE: root.until must lie within a year after createdAt'],
    [JSON.stringify({ ...TIMELINE, datapoints: [{ t: 1 }] }), 'FILE: root.datapoints[0] must have a Value'],
    [JSON.stringify({ ...TIMELINE, datapoints: [{ t: '1' }] }), 'FILE: root.datapoints[0].t must be a number'],
    [JSON.stringify({ ...TIMELINE, alarm: { ...ALARM, Period: '60' } }), 'FILE: root.alarm.Period must be a number'],
    [JSON.stringify({ ...TIMELINE, alarm: { ...ALARM, Period: 45 } }), 'root: Period must be 10, 20, 30 or a multiple'],
    [JSON.stringify({ id: 'w', kind: 'window', alarm: ALARM, range: [] }), 'w: The range of w must have 3 buckets'],
    [
      JSON.stringify({ ...TIMELINE, operations: [{ t: 1, op: 'SetAlarmState', StateValue: 'FINE' }] }),
      'FILE: root.operations[0].StateValue must be one of OK, ALARM, INSUFFICIENT_DATA',
    ],
  ])('refuses %s', async (text, message) => {
    const { code, out, notes } = await simulate(text, '--json');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(notes).toContain(message);
  });

  it('says when a file cannot be read', async () => {
    const terminal = { out: () => undefined, note: () => undefined, colors: pc.createColors(false) };
    expect(await run(['alarm', 'simulate', join(folder, 'none.json')], terminal)).toBe(3);
  });
});
