import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drillRecord } from '../../trail/drill-record.ts';
import { record } from '../judge/example-events.ts';
import { readScenario, type Scenario, StateError } from '../state.ts';
import { readAlarmHistory } from './alarm-history.ts';
import { hindsight, type Past } from './hindsight.ts';

const { scenarios } = JSON.parse(
  readFileSync(new URL('../../../test/data/audit/audit-scenarios.json', import.meta.url), 'utf8'),
) as { scenarios: { id: string }[] };
const scenario = (id: string): Scenario => readScenario(scenarios.find((each) => each.id === id));
const ACCOUNT = '111122223333';
const TOPIC = `arn:aws:sns:us-east-1:${ACCOUNT}:cis-alarms`;
const START = Date.UTC(2026, 2, 1, 10);
const MINUTE = 60_000;
const options = { now: Date.UTC(2026, 2, 4) };
const iso = (at: number): string => new Date(at).toISOString();

let events = 0;
const use = (at: number, members: object = {}) => {
  events += 1;
  return record(ACCOUNT, {
    userIdentity: {
      type: 'Root',
      principalId: ACCOUNT,
      arn: `arn:aws:iam::${ACCOUNT}:root`,
      accountId: ACCOUNT,
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    },
    eventSource: 'iam.amazonaws.com',
    eventName: 'CreateAccessKey',
    eventTime: iso(at),
    eventID: `event-${events}`,
    ...members,
  });
};
const item = (at: number, HistoryItemType: string, HistorySummary: string, data: object = {}) => ({
  AlarmName: 'root-usage',
  account: ACCOUNT,
  region: 'us-east-1',
  Timestamp: iso(at),
  HistoryItemType,
  HistorySummary,
  HistoryData: JSON.stringify(data),
});
const went = (at: number, from: string, to: string) => item(at, 'StateUpdate', `Alarm updated from ${from} to ${to}`);
const told = (at: number, actionState = 'Succeeded', error: string | null = null) =>
  item(
    at,
    'Action',
    actionState === 'Succeeded' ? `Successfully executed action ${TOPIC}` : `Failed to execute action ${TOPIC}`,
    {
      actionState,
      notificationResource: TOPIC,
      error,
    },
  );
const past = (records: Past['records'], history: unknown): Past => ({
  records,
  history,
  historySince: START - 86_400_000,
});
const HOUR = 60 * MINUTE;
/** Of any JSON, even of an object whose `toString` is none. */
const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

describe('hindsight', () => {
  it('says for which uses the bell rang and why it did not for the others', () => {
    const records = [
      use(START),
      use(START + MINUTE),
      use(START + 2 * HOUR),
      use(START + 5 * HOUR),
      use(START + 9 * HOUR),
    ];
    const history = [
      went(START + 5 * MINUTE, 'OK', 'ALARM'),
      told(START + 5 * MINUTE),
      went(START + 12 * MINUTE, 'ALARM', 'OK'),
      went(START + 2 * HOUR + 6 * MINUTE, 'OK', 'ALARM'),
      told(START + 2 * HOUR + 6 * MINUTE),
      went(START + 6 * HOUR, 'ALARM', 'OK'),
      went(START + 9 * HOUR + 5 * MINUTE, 'OK', 'ALARM'),
      told(START + 9 * HOUR + 5 * MINUTE, 'Failed', 'CloudWatch Alarms is not authorized to perform: SNS:Publish'),
    ];
    const { says, uses, rang, missed, otherRings, now } = hindsight(scenario('S01'), past(records, history), options);
    expect(says).toBe('Root was used 4 times; the bell rang for 2 of them, 2 were missed.');
    expect([rang, missed, otherRings, now.verdict]).toEqual([2, 2, 0, 'PASS']);
    expect(uses.map(({ outcome, because }) => `${outcome}: ${because}`)).toEqual([
      `rang: Alarm root-usage told ${TOPIC} 5 minutes after the first event.`,
      `rang: Alarm root-usage told ${TOPIC} 6 minutes after the first event.`,
      'missed: Alarm root-usage was in ALARM already, since 2026-03-01T12:06:00.000Z until 2026-03-01T16:00:00.000Z: an alarm rings when it goes off, not while it is on.',
      `missed: Alarm root-usage went off, but could not tell ${TOPIC}: CloudWatch Alarms is not authorized to perform: SNS:Publish.`,
    ]);
    expect(uses[0]?.session).toMatchObject({
      events: 2,
      principal: 'root',
      sentence: expect.stringContaining('made 2 calls'),
    });
  });

  it.each([
    ['S44', [went(START + MINUTE, 'OK', 'ALARM')], /went off at .*, but told nobody/],
    ['S25', [], /^The chain is broken, as it stands now: Filter root-usage misses events/],
    ['S20', [], /^No alarm is there for it\. Account 111122223333 has no trail/],
    ['S30', [], /^No metric filter matches what was done\. Filter root-usage misses/],
    [
      'S01',
      [item(START + HOUR, 'ConfigurationUpdate', 'Alarm "root-usage" created', { type: 'Create' })],
      /was created only afterwards, at 2026-03-01T11/,
    ],
    [
      'S01',
      [item(START + HOUR, 'ConfigurationUpdate', 'Alarm "root-usage" updated', { type: 'Update' })],
      /was changed afterwards/,
    ],
    ['S01', [went(START + MINUTE, 'OK', 'ALARM'), told(START + MINUTE, 'Muted')], /a mute rule kept it/],
    ['S01', [], /although the chain holds as it stands now/],
  ])('on %s gives the reason of a miss', (id, history, reason) => {
    const { uses, says } = hindsight(scenario(id), past([use(START)], history), options);
    expect(says).toBe('Root was used once; the bell never rang, 1 was missed.');
    expect(uses[0]?.because).toMatch(reason);
  });

  it('does not call missed what the history cannot tell', () => {
    const { uses, unknown, says } = hindsight(scenario('S01'), past([use(START - 40 * 86_400_000)], []), options);
    expect([uses[0]?.outcome, unknown]).toEqual(['unknown', 1]);
    expect(says).toBe('Root was used once; the bell never rang, of 1 nobody can say.');
  });

  it('leaves other events aside, counts repeated deliveries once, and tells of rings without a use', () => {
    const one = use(START);
    const other = use(START, { userIdentity: { type: 'IAMUser', accountId: ACCOUNT } });
    const history = [
      went(START + MINUTE, 'OK', 'ALARM'),
      told(START + MINUTE),
      went(START + 20 * HOUR, 'OK', 'ALARM'),
      told(START + 20 * HOUR),
    ];
    const seen = hindsight(scenario('S01'), past([one, one, other], history), options);
    expect(seen).toMatchObject({ says: 'Root was used once, and the bell rang for it.', otherRings: 1 });
    expect(hindsight(scenario('S01'), past([other], []), options).says).toBe('Root was not used.');
    const backToOk = [went(START + MINUTE, 'ALARM', 'OK'), told(START + MINUTE)];
    expect(hindsight(scenario('S01'), past([one], backToOk), options).rang).toBe(0);
  });

  it('does not take a drill for a use of root', () => {
    const drill = drillRecord({ id: 'd', account: ACCOUNT, region: 'us-east-1', at: START });
    const history = [went(START + MINUTE, 'OK', 'ALARM'), told(START + MINUTE)];
    expect(hindsight(scenario('S01'), past([drill as Past['records'][number]], history), options)).toMatchObject({
      says: 'Root was not used.',
      uses: [],
    });
  });

  it('works for other controls, and refuses one that there is not', () => {
    const stop = {
      userIdentity: { type: 'IAMUser', accountId: ACCOUNT },
      eventSource: 'cloudtrail.amazonaws.com',
      eventName: 'StopLogging',
    };
    const seen = hindsight(scenario('S01'), past([use(START, stop)], []), options, 'cloudtrail-changes');
    expect(seen).toMatchObject({ control: '4.5', says: 'It happened once; the bell never rang, 1 was missed.' });
    expect(() => hindsight(scenario('S01'), past([], []), options, '4.16')).toThrow(StateError);
  });

  it('reads or refuses any history', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const given of [
          value,
          [value],
          [{ ...went(START, 'OK', 'ALARM'), HistoryData: JSON.stringify(value), HistorySummary: textOf(value) }],
        ]) {
          try {
            readAlarmHistory(given);
          } catch (error) {
            expect(error).toBeInstanceOf(StateError);
          }
        }
      }),
    );
  });
});
