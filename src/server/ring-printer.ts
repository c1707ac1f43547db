import type { ChainContext } from '../chain/context.ts';
import { ringText } from './ring-text.ts';

/** Rings printed at once; a flood is told as a number. */
const AT_ONCE = 20;

/** Prints every ring of this engine's life as it commits. */
export class RingPrinter {
  readonly #context: ChainContext;
  readonly #print: (text: string) => void;
  #after: number;
  /** Ids already printed of the newest millisecond. */
  #printed = new Set<string>();
  #busy: Promise<void> = Promise.resolve();
  #off: (() => void) | undefined;

  constructor(context: ChainContext, print: (text: string) => void) {
    this.#context = context;
    this.#print = print;
    this.#after = context.clock.now();
  }

  start(): void {
    this.#off = this.#context.signals.on('rings', () => {
      this.#busy = this.#busy
        .then(() => this.#printNew())
        .catch((error: unknown) => {
          this.#context.log.warn({ error: String(error) }, 'A ring could not be printed');
        });
    });
  }

  async stop(): Promise<void> {
    this.#off?.();
    await this.#busy;
  }

  async #printNew(): Promise<void> {
    const rings = await this.#context.store.read
      .selectFrom('rings')
      .selectAll()
      .where('at', '>=', this.#after)
      .orderBy('at')
      .limit(1_000)
      .execute();
    const fresh = rings.filter((ring) => !this.#printed.has(ring.id));
    for (const ring of fresh.slice(0, AT_ONCE)) this.#print(ringText(ring));
    if (fresh.length > AT_ONCE) this.#print(`🔔 … and ${fresh.length - AT_ONCE} more rings; the console lists them`);
    const newest = rings.at(-1)?.at;
    if (newest === undefined) return;
    this.#after = newest;
    this.#printed = new Set(rings.filter((ring) => ring.at === newest).map((ring) => ring.id));
  }
}
