import { FakeClock } from '../../src/base/fake-clock.ts';
import { noFaults } from '../../src/base/faults.ts';
import { seededIds } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import { Signals } from '../../src/chain/signals.ts';
import type { installCis } from '../../src/server/cis-install.ts';
import { buildEngine, type Engine } from '../../src/server/engine.ts';
import type { Store } from '../../src/store/store.ts';
import { Postbox, scriptedNetwork } from '../world/receivers.ts';

export const SCOPE = { account: '000000000000', region: 'us-east-1' };
export const FALLBACK = { scope: SCOPE, group: 'CloudTrail/logs' };

/** The whole chain without a listener, on any store, with a clock that moves only when told to. */
export class EngineWorld {
  readonly engine: Engine;
  readonly clock: FakeClock;
  readonly #ids = seededIds(8);

  static async open(store: Store): Promise<EngineWorld> {
    let idle = async (): Promise<void> => undefined;
    const clock = new FakeClock(Date.UTC(2026, 2, 4, 10), () => idle());
    const base = { clock, ids: seededIds(7), log: silentLog, signals: new Signals(), reach: noFaults };
    const engine = await buildEngine(
      { store, ...base },
      {
        network: scriptedNetwork([]),
        mail: new Postbox(),
        mailFrom: 'bell@example.com',
        publicUrl: () => 'https://bell.example.com',
        fallback: FALLBACK,
        users: undefined,
      },
    );
    idle = () => engine.idle();
    return new EngineWorld(engine, clock);
  }

  private constructor(engine: Engine, clock: FakeClock) {
    this.engine = engine;
    this.clock = clock;
  }

  /** A call of the default account's root. */
  get call() {
    const caller = { scope: SCOPE, caller: SCOPE.account, host: 'bell.example.com', secure: true };
    return { requestId: this.#ids.uuid(), ...caller } as Parameters<typeof installCis>[3];
  }
}
