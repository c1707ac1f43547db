import { describe, expect, it } from 'vitest';
import { ROOT, SCOPE } from '../../../test/chain/alarms-world.ts';
import { cloudWatchOn } from '../../../test/chain/cloudwatch-calls.ts';
import { eachStore } from '../../../test/stores.ts';

const MINUTE = 60_000;
const ResourceARN = `arn:aws:cloudwatch:${SCOPE.region}:${SCOPE.account}:alarm:root-used`;

eachStore((open) => {
  async function rootAlarm(tags: Record<string, string>) {
    const service = cloudWatchOn(await open(), 'json1.0');
    const { call, world } = service;
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    await call('PutMetricAlarm', { ...ROOT, TreatMissingData: 'ignore', Tags });
    const force = (StateValue: string) =>
      call('SetAlarmState', { AlarmName: 'root-used', StateValue, StateReason: 'drill' });
    const pass = async (minutes: number) => {
      for (let left = minutes; left > 0; left -= 10) {
        await world.restart();
        await world.clock.advance(Math.min(10, left) * MINUTE);
        await world.settled();
      }
    };
    const kinds = () =>
      world.published.map(({ message }) => JSON.parse(JSON.parse(message).default).Trailbell?.ring as string);
    return { ...service, force, pass, kinds };
  }

  describe('trailbell:repeat, with restarts on the way,', () => {
    it('rings again and again while the alarm is in ALARM, in the shape of the first ring', async () => {
      const { force, pass, kinds, world } = await rootAlarm({ 'trailbell:repeat': '1h' });
      await force('ALARM');
      await pass(59);
      expect(kinds()).toEqual(['transition']);
      await pass(1);
      await pass(60);
      expect(kinds()).toEqual(['transition', 'repeat', 'repeat']);
      expect(JSON.parse(JSON.parse(world.published[1]!.message).default)).toMatchObject({
        OldStateValue: 'ALARM',
        NewStateValue: 'ALARM',
        StateChangeTime: '2026-03-04T10:00:00.000+0000',
      });
      expect(await world.history('StateUpdate')).toHaveLength(1);
      await force('OK');
      await pass(120);
      expect(kinds()).toHaveLength(3);
      await world.stop();
    });

    it('makes up for nothing that a stop has missed, and keeps its distance', async () => {
      const { force, kinds, pass, world } = await rootAlarm({ 'trailbell:repeat': '1h' });
      await force('ALARM');
      await world.stop();
      await world.clock.advance(5.5 * 60 * MINUTE);
      await world.restart();
      expect(kinds()).toEqual(['transition', 'repeat']);
      await pass(30);
      expect(kinds()).toEqual(['transition', 'repeat', 'repeat']);
      await world.stop();
    });

    it('begins and ends with the tag, and rests while actions are off or muted', async () => {
      const { call, force, kinds, pass, world } = await rootAlarm({});
      await force('ALARM');
      await pass(30);
      await call('TagResource', { ResourceARN, Tags: [{ Key: 'trailbell:repeat', Value: '1h' }] });
      await pass(30);
      expect(kinds()).toEqual(['transition', 'repeat']);
      await call('DisableAlarmActions', { AlarmNames: ['root-used'] });
      await pass(60);
      await call('EnableAlarmActions', { AlarmNames: ['root-used'] });
      const Schedule = { Expression: 'at(2026-03-04T12:00)', Duration: 'PT90M' };
      await call('PutAlarmMuteRule', { Name: 'm', Rule: { Schedule }, MuteTargets: { AlarmNames: ['root-used'] } });
      await pass(60);
      expect(kinds()).toHaveLength(2);
      await pass(60);
      expect(kinds()).toHaveLength(3);
      await call('UntagResource', { ResourceARN, TagKeys: ['trailbell:repeat'] });
      await pass(120);
      expect(kinds()).toHaveLength(3);
      await world.stop();
    });
  });

  it('trailbell:severity and trailbell:runbook are told in message and mail', async () => {
    const runbook = 'https://wiki.example.com/root';
    const { force, world } = await rootAlarm({ 'trailbell:severity': 'critical', 'trailbell:runbook': runbook });
    await force('ALARM');
    const texts = JSON.parse(world.published[0]!.message);
    expect(JSON.parse(texts.default).Trailbell).toMatchObject({ severity: 'critical', runbook });
    expect(texts.email).toMatch(`\nSeverity: critical\nWhat to do: ${runbook}\n\nYou are receiving`);
    await world.stop();
  });

  it('values that mean nothing are taken as AWS takes them, and change nothing', async () => {
    const { call, force, kinds, pass, world } = await rootAlarm({ 'trailbell:repeat': 'often' });
    expect((await call('ListTagsForResource', { ResourceARN })).Tags).toEqual([
      { Key: 'trailbell:repeat', Value: 'often' },
    ]);
    await force('ALARM');
    await pass(120);
    expect(kinds()).toEqual(['transition']);
    await world.stop();
  });
});
