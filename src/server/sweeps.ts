import type { Timer } from '../base/clock.ts';
import { sweepAlarmHistory } from '../chain/alarms/history-retention.ts';
import { sweepSilences } from '../chain/answers/silences.ts';
import type { ChainContext } from '../chain/context.ts';
import { sweepDeliveries } from '../chain/deliveries/sweep.ts';
import { type ChunkHold, sweepRetention } from '../chain/logs/retention.ts';
import { sweepRootGrants } from '../chain/matches/root-grants.ts';
import { sweepDatapoints } from '../chain/metrics/retention.ts';
import { sweepQueues } from '../chain/queues/sweep.ts';
import { sweepMailWindows } from '../chain/topics/mail-windows.ts';
import { sweepSubscriptions } from '../chain/topics/subscriptions.ts';
import { ObjectSweep } from '../intake/fetch/sweep-objects.ts';
import { sweepPushed } from '../intake/push/sweep-pushed.ts';

const PERIOD = 10 * 60_000;
/** Between two rounds while one sweep still has more to do. */
const BREATH = 1_000;

/** Removes what has outlived its retention, a bounded piece at a time, for as long as the engine runs. */
export class Sweeps {
  readonly #context: ChainContext;
  readonly #alarmHistoryDays: number | undefined;
  readonly #hold: ChunkHold | undefined;
  readonly #objects = new ObjectSweep();
  #timer: Timer | undefined;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(context: ChainContext, alarmHistoryDays?: number, hold?: ChunkHold) {
    this.#context = context;
    this.#alarmHistoryDays = alarmHistoryDays;
    this.#hold = hold;
  }

  start(): void {
    this.#schedule(PERIOD);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#running;
  }

  #schedule(delay: number): void {
    if (this.#stopped) return;
    this.#timer = this.#context.clock.after(delay, () => {
      this.#running = this.#sweep().then((more) => this.#schedule(more ? BREATH : PERIOD));
    });
  }

  async #sweep(): Promise<boolean> {
    const context = this.#context;
    const sweeps: Record<string, () => Promise<unknown>> = {
      'log events': () => sweepRetention(context, context.clock.now(), this.#hold),
      datapoints: () => sweepDatapoints(context),
      'alarm history': () => sweepAlarmHistory(context, this.#alarmHistoryDays),
      subscriptions: () => sweepSubscriptions(context),
      queues: () => sweepQueues(context),
      deliveries: () => sweepDeliveries(context),
      'mail windows': () => sweepMailWindows(context),
      'root grants': () => sweepRootGrants(context),
      silences: () => sweepSilences(context),
      'pushed bodies': () => sweepPushed(context),
      'objects of buckets': () => this.#objects.sweep(context),
    };
    let more = false;
    for (const [what, sweep] of Object.entries(sweeps)) {
      try {
        more = (await sweep()) === true || more;
      } catch (error) {
        context.log.warn({ error: String(error), what }, 'A sweep failed and is tried again later');
      }
    }
    return more;
  }
}
