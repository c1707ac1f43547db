import type { Timer } from '../../base/clock.ts';
import type { Network } from '../../base/network.ts';
import { NetworkFailure } from '../../base/network-failure.ts';
import type { ChainContext } from '../../chain/context.ts';
import type { EngineStatus } from '../status.ts';

export interface OutsideHeartbeatSettings {
  readonly context: Pick<ChainContext, 'clock' | 'log'>;
  readonly network: Network;
  /** Its path may be a secret: it is never shown. */
  readonly url: string;
  /** Milliseconds from one beat to the next. */
  readonly every: number;
  readonly status: () => Promise<EngineStatus>;
}

/** How the heartbeat to the outside goes. */
export interface HeartbeatState {
  /** When the last one arrived; null where none has. */
  readonly sentAt: number | null;
  /** True while something is broken, so that none is sent. */
  readonly paused: boolean;
  /** Why the last one did not arrive; null where it did. */
  readonly failing: string | null;
}

const TIMEOUT = 10_000;
const MOST_BYTES = 1_000;

/**
 * A dead man's switch: calls an address outside again and again, as long as every chain can ring. Whoever
 * keeps that address rings when the calls stop, be it that a chain is broken, this process or its machine.
 */
export class OutsideHeartbeat {
  readonly #settings: OutsideHeartbeatSettings;
  #state: HeartbeatState = { sentAt: null, paused: false, failing: null };
  #timer: Timer | undefined;
  #beating: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(settings: OutsideHeartbeatSettings) {
    this.#settings = settings;
  }

  get state(): HeartbeatState {
    return this.#state;
  }

  start(): void {
    this.#schedule(0);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#beating;
  }

  #schedule(delay: number): void {
    if (this.#stopped) return;
    const { clock, log } = this.#settings.context;
    this.#timer = clock.after(delay, () => {
      this.#beating = this.beat()
        .catch((error) => log.warn({ error: String(error) }, 'The heartbeat could not be sent and is tried again'))
        .then(() => this.#schedule(this.#settings.every));
    });
  }

  /** One beat, unless something is broken; resolves when it is over. */
  async beat(): Promise<void> {
    const { context, status } = this.#settings;
    const { ok } = await status();
    const { sentAt } = this.#state;
    if (!ok) {
      this.#state = { sentAt, paused: true, failing: null };
      return;
    }
    const failing = await this.#call();
    // Told once; the status shows it as long as it lasts.
    if (failing !== null && this.#state.failing === null)
      context.log.warn({ failing }, 'The heartbeat to the outside does not arrive and is tried again');
    this.#state = { sentAt: failing === null ? context.clock.now() : sentAt, paused: false, failing };
  }

  /** Null when it arrived, else why not. */
  async #call(): Promise<string | null> {
    const { network, url } = this.#settings;
    try {
      const { status } = await network.request({
        method: 'GET',
        url,
        timeoutMs: TIMEOUT,
        maxResponseBytes: MOST_BYTES,
        statusDecides: true,
      });
      return status >= 200 && status < 300 ? null : `the address answered ${status}`;
    } catch (error) {
      if (!(error instanceof NetworkFailure)) throw error;
      return error.message.replaceAll(url, 'the address');
    }
  }
}
