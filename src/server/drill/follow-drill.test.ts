import { expect, it } from 'vitest';
import { EngineWorld, SCOPE } from '../../../test/engine/engine-world.ts';
import { eachStore } from '../../../test/stores.ts';
import { arnOf } from '../../base/scope.ts';
import { CIS_TOPIC, installCis } from '../cis-install.ts';
import { followDrill } from './follow-drill.ts';
import { startDrill } from './start-drill.ts';

eachStore((open) => {
  it('follows a drill to every subscriber, and knows nothing of one that was never held', async () => {
    const store = await open();
    const world = await EngineWorld.open(store);
    const { engine, clock, call } = world;
    await installCis(engine.handlers, SCOPE, true, call);
    await engine.handlers.sqs?.CreateQueue?.({ QueueName: 'bell' }, world.call);
    const TopicArn = arnOf('sns', SCOPE, CIS_TOPIC);
    const Endpoint = arnOf('sqs', SCOPE, 'bell');
    await engine.handlers.sns?.Subscribe?.({ TopicArn, Protocol: 'sqs', Endpoint }, world.call);
    engine.start();
    // Two drills while the alarm stays up: each is a sign-in session of its own.
    for (let held = 0; held < 2; held += 1) {
      const drill = await startDrill(engine.context, engine.acceptRecords, SCOPE);
      await clock.advance(1_000);
      expect(await followDrill(store.read, drill.id)).toEqual({
        id: drill.id,
        outcome: 'rang',
        links: [
          ['log group', 'CloudTrail/logs'],
          ['metric filter', 'cis-4.3'],
          ['metric', 'CISBenchmark/CIS-4.3'],
          ['alarm', 'cis-4.3'],
          ['topic', TopicArn],
          ['subscription', `sqs ${Endpoint}`],
        ].map(([link, name]) => ({ link, name, at: expect.any(Number), holds: true, says: null })),
      });
      await clock.advance(60_000);
    }
    expect(await followDrill(store.read, '00000000-0000-4000-8000-000000000000')).toMatchObject({
      outcome: 'silent',
      links: [{ link: 'metric filter', holds: false }],
    });
    await engine.stop();
  });

  it('says of a mail that others came before when it leaves', async () => {
    const store = await open();
    const world = await EngineWorld.open(store);
    const { engine, clock, call } = world;
    await installCis(engine.handlers, SCOPE, true, call);
    const TopicArn = arnOf('sns', SCOPE, CIS_TOPIC);
    await engine.handlers.sns?.Subscribe?.({ TopicArn, Protocol: 'email', Endpoint: 'ops@example.com' }, call);
    await store.write(async ({ db }) => {
      await db.updateTable('subscriptions').set({ status: 'confirmed' }).execute();
    });
    engine.start();
    const mailOf = async () => {
      const { id } = await startDrill(engine.context, engine.acceptRecords, SCOPE);
      await clock.advance(1_000);
      const last = async () => (await followDrill(store.read, id)).links.at(-1)!;
      return { last, first: await last() };
    };
    expect((await mailOf()).first).toMatchObject({ link: 'subscription', holds: true });
    const { first, last } = await mailOf();
    expect(first).toMatchObject({
      holds: false,
      says: expect.stringMatching(/^waiting: it is mailed with others at 2/),
    });
    await clock.advance(10_000);
    expect(await last()).toMatchObject({ holds: true, says: null });
    await engine.stop();
  });
});
