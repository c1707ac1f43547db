import { describe, expect, it } from 'vitest';
import { EngineWorld, FALLBACK, SCOPE } from '../../../test/engine/engine-world.ts';
import { eachStore } from '../../../test/stores.ts';
import type { Finding } from '../../audit/finding.ts';
import type { Store } from '../../store/store.ts';
import { installCis } from '../cis-install.ts';
import { OwnChains } from './own-chains.ts';
import { ownChainsApi } from './own-chains-api.ts';

const HOUR = 3_600_000;
const TOPIC = 'arn:aws:sns:us-east-1:000000000000:trailbell-cis';

const openWorld = async (store: Store) => {
  const world = await EngineWorld.open(store);
  return Object.assign(world, {
    async audit(query = ''): Promise<{ status: number; findings: Finding[]; message?: string }> {
      await world.clock.advance(20_000);
      const answer = await ownChainsApi(new OwnChains(world.engine.context, FALLBACK)).request(`/api/v1/audit${query}`);
      return { status: answer.status, ...((await answer.json()) as { findings: Finding[] }) };
    },
  });
};

eachStore((open) => {
  describe('the engine judged as an account', () => {
    it('cannot ring without anything, nor without a subscriber, and rings with one', async () => {
      const world = await openWorld(await open());
      const { sns, cloudwatch } = world.engine.handlers;
      const bare = await world.audit();
      expect(bare.findings.map(({ verdict, account }) => [verdict, account])).toEqual([['FAIL', SCOPE.account]]);
      await installCis(world.engine.handlers, SCOPE, true, world.call);
      expect((await world.audit()).findings[0]).toMatchObject({ verdict: 'FAIL', brokenLink: 'S2' });
      await sns?.Subscribe?.(
        { TopicArn: TOPIC, Protocol: 'sqs', Endpoint: 'arn:aws:sqs:us-east-1:000000000000:q' },
        world.call,
      );
      const whole = await world.audit();
      expect(whole.findings[0]).toMatchObject({ verdict: 'PASS', literal: 'PASS', name: 'root-usage' });
      expect((await world.audit('?control=cloudtrail-changes')).findings[0]).toMatchObject({
        verdict: 'PASS',
        control: '4.5',
      });
      await cloudwatch?.DisableAlarmActions?.({ AlarmNames: ['cis-4.3'] }, world.call);
      expect((await world.audit()).findings[0]).toMatchObject({ verdict: 'FAIL', brokenLink: 'A3' });
      expect(await world.audit('?control=nonsense')).toMatchObject({
        status: 400,
        message: expect.stringContaining('There is no control'),
      });
      await world.engine.stop();
    });

    it('takes records that no trail claims for those of an intake, and a silent one for broken', async () => {
      const world = await openWorld(await open());
      const { cloudtrail, sns, logs } = world.engine.handlers;
      await installCis(world.engine.handlers, SCOPE, true, world.call);
      await sns?.Subscribe?.(
        { TopicArn: TOPIC, Protocol: 'sqs', Endpoint: 'arn:aws:sqs:us-east-1:000000000000:q' },
        world.call,
      );
      await cloudtrail?.DeleteTrail?.({ Name: 'trailbell' }, world.call);
      const { findings } = await world.audit();
      expect(findings[0]).toMatchObject({ verdict: 'PASS', warnings: ['delivery-unproven'] });
      expect(findings[0]?.path.trail).toContain('trail/intake');
      await logs?.CreateLogStream?.({ logGroupName: 'CloudTrail/logs', logStreamName: 's' }, world.call);
      const event = { timestamp: world.clock.now(), message: '{"eventName":"DescribeInstances"}' };
      await logs?.PutLogEvents?.(
        { logGroupName: 'CloudTrail/logs', logStreamName: 's', logEvents: [event] },
        world.call,
      );
      expect((await world.audit()).findings[0]).toMatchObject({ verdict: 'PASS', warnings: [] });
      await world.clock.advance(30 * HOUR);
      expect((await world.audit()).findings[0]).toMatchObject({ verdict: 'FAIL', brokenLink: 'T5' });
      await world.engine.stop();
    });
  });
});
