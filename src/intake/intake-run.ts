import type { ChainContext } from '../chain/context.ts';
import { finishRun } from './finish-run.ts';

/** What comes closer together than this belongs to one intake run. */
const ENDS_AFTER = 5_000;
const LONGEST = 300_000;

/** The intake run of the moment: history rings once per alarm and run, when it is over. */
export class IntakeRun {
  readonly #context: Pick<ChainContext, 'store' | 'clock' | 'ids' | 'signals'>;
  #run: { readonly id: string; readonly since: number; lastAt: number } | undefined;

  constructor(context: Pick<ChainContext, 'store' | 'clock' | 'ids' | 'signals'>) {
    this.#context = context;
  }

  /** The id for what comes in now. */
  now(): string {
    const { clock, ids } = this.#context;
    const now = clock.now();
    this.#run ??= { id: ids.uuid(), since: now, lastAt: now };
    this.#run.lastAt = now;
    return this.#run.id;
  }

  /** Ends the run once nothing has come for a while, or when it has lasted long. */
  async endIfQuiet(): Promise<void> {
    const now = this.#context.clock.now();
    const run = this.#run;
    if (!run || (now - run.lastAt < ENDS_AFTER && now - run.since < LONGEST)) return;
    this.#run = undefined;
    await finishRun(this.#context, run.id);
  }

  /** True while a run is open, which `endIfQuiet` must be asked about again. */
  get isOpen(): boolean {
    return this.#run !== undefined;
  }
}
