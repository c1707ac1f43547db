import { Gauge, type Registry } from 'prom-client';
import { type ChainState, chainStates, type HealthSettings } from '../chain/health/chain-states.ts';
import type { Store } from '../store/store.ts';
import { controlStates } from './own-chains/control-state.ts';
import type { OwnChains } from './own-chains/own-chains.ts';

/** Series of chains that cannot ring: enough to find them by, however many there are. */
const MOST_NAMED = 1_000;

/**
 * Whether the chains can ring, for Prometheus, and for each that cannot: why; the same of the controls, as
 * the audit judges them. Read when they are asked for.
 */
export function addChainGauges(
  registry: Registry,
  store: Pick<Store, 'read'>,
  settings: () => HealthSettings,
  own: OwnChains,
): void {
  let reading: Promise<ChainState[]> | undefined;
  /** One walk over the chains for both gauges, which are asked at the same time. */
  const states = (): Promise<ChainState[]> => {
    reading ??= chainStates(store.read, settings()).finally(() => {
      reading = undefined;
    });
    return reading;
  };
  new Gauge({
    name: 'trailbell_chains',
    help: 'Chains by whether they can ring',
    labelNames: ['can_ring'],
    registers: [registry],
    async collect() {
      const chains = await states();
      const able = chains.filter(({ canRing }) => canRing).length;
      this.set({ can_ring: 'yes' }, able);
      this.set({ can_ring: 'no' }, chains.length - able);
    },
  });
  new Gauge({
    name: 'trailbell_cannot_ring',
    help: 'Chains that cannot ring, with the code that status shows; 1 each',
    labelNames: ['account', 'region', 'alarm', 'code'],
    registers: [registry],
    async collect() {
      const mute = (await states()).filter(({ canRing }) => !canRing);
      this.reset();
      for (const { account, region, alarm, problems } of mute.slice(0, MOST_NAMED))
        for (const { code } of problems.filter((problem) => problem.silent))
          this.set({ account, region, alarm, code }, 1);
    },
  });
  new Gauge({
    name: 'trailbell_broken_controls',
    help: 'Controls that the audit fails, with the code of each broken link; 1 each',
    labelNames: ['account', 'control', 'code'],
    registers: [registry],
    async collect() {
      const controls = controlStates(await own.findings(), await states());
      this.reset();
      for (const { account, name, brokenLinks } of controls
        .filter(({ verdict }) => verdict === 'FAIL')
        .slice(0, MOST_NAMED))
        for (const code of brokenLinks) this.set({ account, control: name, code }, 1);
    },
  });
}
