import type { Timer } from '../../base/clock.ts';
import type { ChainContext } from '../context.ts';
import { publishDefaultValues } from './default-values.ts';
import type { RecordSamples } from './next-stages.ts';

const MINUTE = 60_000;

/** Publishes the default values of metric filters whenever a minute is over, as long as the engine runs. */
export class DefaultValueStage {
  readonly #context: ChainContext;
  readonly #recordSamples: RecordSamples;
  #timer: Timer | undefined;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(context: ChainContext, recordSamples: RecordSamples) {
    this.#context = context;
    this.#recordSamples = recordSamples;
  }

  /** Begins with what the minutes before have left. */
  start(): void {
    this.#running = this.#turn();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#running;
  }

  async #turn(): Promise<void> {
    const { clock, log } = this.#context;
    try {
      let isMore = true;
      while (isMore && !this.#stopped) isMore = await publishDefaultValues(this.#context, this.#recordSamples);
    } catch (error) {
      log.warn({ err: error }, 'Default values could not be published and are tried again in a minute');
    }
    if (this.#stopped) return;
    this.#timer = clock.after(MINUTE - (clock.now() % MINUTE), () => {
      this.#running = this.#turn();
    });
  }
}
