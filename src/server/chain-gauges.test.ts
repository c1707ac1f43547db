import type { Hono } from 'hono';
import { expect, it } from 'vitest';
import { AlarmsWorld, ROOT, SCOPE, START, TOPIC } from '../../test/chain/alarms-world.ts';
import { eachStore } from '../../test/stores.ts';
import { AttemptCounters } from '../chain/deliveries/attempt-counters.ts';
import { consolePages } from '../console/console-pages.ts';
import { metricsPage } from './metrics.ts';
import { ownApi } from './own-api.ts';
import { OwnChains } from './own-chains/own-chains.ts';
import type { EngineStatus } from './status.ts';

const DAY = 86_400_000;

/** Of the chains that cannot ring. */
async function codesOf(own: Hono): Promise<string[]> {
  const { chains } = (await (await own.request('/api/v1/status')).json()) as EngineStatus;
  return chains.filter(({ canRing }) => !canRing).flatMap(({ problems }) => problems.map(({ code }) => code));
}

eachStore((open) => {
  it('shows a chain that nothing can ring on every page: without data ever, and after a day of silence', async () => {
    const world = new AlarmsWorld(await open());
    const { store, clock } = world.context;
    const endpoint = () => 'http://127.0.0.1:4780';
    const health = () => ({ endpoint: endpoint(), mailConfigured: true, now: clock.now() });
    const chains = new OwnChains(world.context, { scope: SCOPE, group: 'trail' });
    const metrics = metricsPage({
      store,
      health,
      own: chains,
      forwards: async () => [],
      attempts: new AttemptCounters(),
      intakes: () => ({}),
      pushAnswers: () => new Map(),
      callsWithoutRoom: () => 0,
      syslogTurnedAway: () => ({}),
      states: () => [],
    });
    const own = ownApi({
      store,
      now: () => clock.now(),
      endpoint,
      mailConfigured: true,
      own: chains,
      forwards: undefined,
      intakes: () => [],
    });
    const pages = consolePages({
      context: world.context,
      acknowledgeLinks: { path: () => '', isGenuine: () => false },
      endpoint,
      mailConfigured: true,
      mailFolder: undefined,
    });
    const shown = async () => ({
      metrics: (await (await metrics.request('/metrics')).text())
        .split('\n')
        .filter((line) => /^trailbell_(chains|cannot_ring)/.test(line) && !line.includes('code="no-topic"')),
      ready: await (await own.request('/readyz')).text(),
      codes: await codesOf(own),
      console: /nothing feeds its metric|no event has ever come/.exec(
        await (await pages.request('/console')).text(),
      )?.[0],
    });
    const labels = 'account="111122223333",region="eu-west-1",alarm="root-used"';
    const counts = ['trailbell_chains{can_ring="yes"} 0', 'trailbell_chains{can_ring="no"} 1'];

    await world.put({ ...ROOT, AlarmActions: [TOPIC] });
    expect(await shown()).toEqual({
      metrics: expect.arrayContaining([`trailbell_cannot_ring{${labels},code="no-source"} 1`, ...counts]),
      ready: 'cannot ring: root-used\n',
      codes: ['no-source', 'no-topic'],
      console: 'nothing feeds its metric',
    });

    await world.filter('1');
    expect(await codesOf(own)).toEqual(['no-topic']);
    await world.clock.advance(DAY);
    expect(clock.now()).toBe(START + DAY);
    expect(await shown()).toEqual({
      metrics: expect.arrayContaining([`trailbell_cannot_ring{${labels},code="quiet"} 1`, ...counts]),
      ready: 'cannot ring: root-used\n',
      codes: ['quiet', 'no-topic'],
      console: 'no event has ever come',
    });
    await world.stop();
  });
});
