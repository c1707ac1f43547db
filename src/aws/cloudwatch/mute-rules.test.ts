import { describe, expect, it } from 'vitest';
import { ROOT, SCOPE, START, TOPIC } from '../../../test/chain/alarms-world.ts';
import { cloudWatchOn } from '../../../test/chain/cloudwatch-calls.ts';
import { eachStore } from '../../../test/stores.ts';
import type { Protocol } from '../wire/service.ts';

const PROTOCOLS: readonly Protocol[] = ['json1.0', 'query', 'cbor'];
const MINUTE = 60_000;
/** Ten to half past ten, every day; the tests start at ten. */
const RULE = { Schedule: { Expression: 'cron(0 11 * * *)', Duration: 'PT30M', Timezone: 'Europe/Berlin' } };

eachStore((open) => {
  async function rootAlarm(protocol: Protocol = 'json1.0') {
    const service = cloudWatchOn(await open(), protocol);
    const { call, world } = service;
    await call('PutMetricAlarm', { ...ROOT, TreatMissingData: 'ignore', OKActions: [TOPIC] });
    const force = (StateValue: string) =>
      call('SetAlarmState', { AlarmName: 'root-used', StateValue, StateReason: 'drill' });
    const mute = (more: object = {}) =>
      call('PutAlarmMuteRule', { Name: 'night', Rule: RULE, MuteTargets: { AlarmNames: ['root-used'] }, ...more });
    /** Restarts on the way: what is waiting must be in the store. */
    const pass = async (minutes: number) => {
      for (let left = minutes; left > 0; left -= 10) {
        await world.restart();
        await world.clock.advance(Math.min(10, left) * MINUTE);
        await world.settled();
      }
    };
    const told = () => world.published.map(({ subject }) => subject?.replace(/ in .*/, ''));
    return { ...service, force, mute, pass, told };
  }

  it.each(PROTOCOLS)('mute rules over %s are put, got, listed, tagged and deleted', async (protocol) => {
    const { call, refusal, mute, world } = await rootAlarm(protocol);
    const AlarmMuteRuleArn = `arn:aws:cloudwatch:${SCOPE.region}:${SCOPE.account}:alarm-mute-rule:night`;
    const ExpireDate = new Date(START + 86_400_000);
    await mute({ Description: 'backup', StartDate: new Date(START), ExpireDate, Tags: [{ Key: 'a', Value: 'b' }] });
    const summary = {
      AlarmMuteRuleArn,
      ExpireDate,
      Status: 'ACTIVE',
      MuteType: 'RECURRING',
      LastUpdatedTimestamp: new Date(START),
    };
    expect(await call('GetAlarmMuteRule', { AlarmMuteRuleName: 'night' })).toEqual({
      ...summary,
      Name: 'night',
      Description: 'backup',
      Rule: RULE,
      MuteTargets: { AlarmNames: ['root-used'] },
      StartDate: new Date(START),
    });
    expect((await call('ListAlarmMuteRules', { AlarmName: 'root-used' })).AlarmMuteRuleSummaries).toEqual([summary]);
    expect((await call('ListAlarmMuteRules', { Statuses: ['EXPIRED'] })).AlarmMuteRuleSummaries).toEqual([]);
    expect((await call('ListTagsForResource', { ResourceARN: AlarmMuteRuleArn })).Tags).toEqual([
      { Key: 'a', Value: 'b' },
    ]);
    await world.clock.advance(31 * MINUTE);
    expect((await call('GetAlarmMuteRule', { AlarmMuteRuleName: 'night' })).Status).toBe('SCHEDULED');
    await world.clock.advance(86_400_000);
    expect((await call('GetAlarmMuteRule', { AlarmMuteRuleName: 'night' })).Status).toBe('EXPIRED');
    await call('DeleteAlarmMuteRule', { AlarmMuteRuleName: 'night' });
    await call('DeleteAlarmMuteRule', { AlarmMuteRuleName: 'night' });
    expect(await refusal('GetAlarmMuteRule', { AlarmMuteRuleName: 'night' })).toMatch(/^404 ResourceNotFoundException/);
    const unknown = { Name: 'x', Rule: RULE, MuteTargets: { AlarmNames: ['root-used', 'typo'] } };
    expect(await refusal('PutAlarmMuteRule', unknown)).toMatch(/^400 Validation.*\[typo\] do not exist/);
    await world.stop();
  });

  it('mute rules are listed in pages', async () => {
    const { call, mute, world } = await rootAlarm();
    for (const Name of ['c', 'a', 'b']) await mute({ Name });
    const first = await call('ListAlarmMuteRules', { MaxRecords: 2 });
    expect(first.AlarmMuteRuleSummaries).toHaveLength(2);
    const rest = await call('ListAlarmMuteRules', { MaxRecords: 2, NextToken: first.NextToken });
    expect(rest.AlarmMuteRuleSummaries.map((rule: { AlarmMuteRuleArn: string }) => rule.AlarmMuteRuleArn)).toEqual([
      expect.stringMatching(/:c$/),
    ]);
    expect(rest.NextToken).toBeUndefined();
    await world.stop();
  });

  describe('a muted alarm', () => {
    it('changes its state and keeps its ring and history, and tells when the window is over', async () => {
      const { force, mute, pass, told, world } = await rootAlarm();
      await force('OK');
      world.published.length = 0;
      await mute();
      await force('ALARM');
      expect((await world.alarm()).state).toBe('ALARM');
      await pass(29);
      expect(told()).toEqual([]);
      expect((await world.rings()).map(({ kind, new_state }) => `${kind} ${new_state}`)).toContain('transition ALARM');
      await pass(1);
      expect(told()).toEqual(['ALARM: "root-used"']);
      expect(JSON.parse(JSON.parse(world.published[0]!.message).default)).toMatchObject({
        OldStateValue: 'OK',
        NewStateValue: 'ALARM',
        StateChangeTime: '2026-03-04T10:00:00.000+0000',
        ActionExecutedAfterMuteWindow: true,
        Trailbell: { ring: 'delayed', headline: 'Root of ' },
      });
      expect((await world.history('Action')).slice(-2)).toEqual([
        `Muted action ${TOPIC}`,
        `Successfully executed action ${TOPIC}`,
      ]);
      const [last] = await world.context.store.read
        .selectFrom('alarm_history')
        .select('data')
        .orderBy('id', 'desc')
        .limit(1)
        .execute();
      expect(JSON.parse(last!.data)).toMatchObject({
        actionState: 'Succeeded',
        muteWindowEndTimestamp: START + 30 * MINUTE,
      });
      await pass(60);
      expect(told()).toHaveLength(1);
      expect(world.errors).toEqual([]);
      await world.stop();
    });

    it('tells nothing afterwards when it is back where it was', async () => {
      const { force, mute, pass, told, world } = await rootAlarm();
      await force('OK');
      world.published.length = 0;
      await mute();
      await force('ALARM');
      await force('OK');
      await pass(40);
      expect(told()).toEqual([]);
      await force('ALARM');
      expect(told()).toEqual(['ALARM: "root-used"']);
      await world.stop();
    });

    it('tells at once when its rule is deleted, and later when the rule is extended', async () => {
      const { call, force, mute, pass, told, world } = await rootAlarm();
      await force('OK');
      world.published.length = 0;
      await mute();
      await force('ALARM');
      await mute({ Rule: { Schedule: { ...RULE.Schedule, Duration: 'PT1H' } } });
      await pass(40);
      expect(told()).toEqual([]);
      await call('DeleteAlarmMuteRule', { AlarmMuteRuleName: 'night' });
      expect(told()).toEqual(['ALARM: "root-used"']);
      await world.stop();
    });
  });
});
