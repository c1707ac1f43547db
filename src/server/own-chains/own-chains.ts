import { DEFAULT_BENCHMARK } from '../../audit/controls/benchmark.ts';
import { controlsOf } from '../../audit/controls/find-control.ts';
import type { Finding } from '../../audit/finding.ts';
import { Coverages } from '../../audit/judge/coverage.ts';
import type { ChainContext } from '../../chain/context.ts';
import type { Fallback } from '../../chain/trails/routes.ts';
import { type OwnFindings, ownFindings } from './own-findings.ts';

/** Judging is computing, during which little else runs: it may take so small a share of the time. */
const SHARE = 50;
const LONGEST_FRESH = 30_000;
const CONTROLS = controlsOf(DEFAULT_BENCHMARK).map(({ slug }) => slug);

/** The engine's own chains as `trailbell audit` would judge them; asked too often, the last answer is given. */
export class OwnChains {
  readonly #context: Pick<ChainContext, 'store' | 'clock'>;
  readonly #fallback: Fallback;
  readonly #proofs = new Coverages();
  #judged: OwnFindings | undefined;
  #answer: Promise<readonly Finding[]> | undefined;
  #freshUntil = 0;

  constructor(context: Pick<ChainContext, 'store' | 'clock'>, fallback: Fallback) {
    this.#context = context;
    this.#fallback = fallback;
  }

  /** A finding for each control in each account; whoever asks while it is judged waits for the same answer. */
  findings(): Promise<readonly Finding[]> {
    if (this.#answer && this.#context.clock.now() < this.#freshUntil) return this.#answer;
    this.#freshUntil = Number.POSITIVE_INFINITY;
    this.#answer = this.#judge();
    return this.#answer;
  }

  async #judge(): Promise<readonly Finding[]> {
    const { store, clock } = this.#context;
    const began = clock.now();
    const wish = { fallback: this.#fallback, now: began, proofs: this.#proofs, controls: CONTROLS };
    try {
      this.#judged = await ownFindings(store.read, wish, this.#judged);
      const now = clock.now();
      this.#freshUntil = now + Math.min((now - began) * SHARE, LONGEST_FRESH);
      return this.#judged.findings;
    } catch (error) {
      this.#freshUntil = 0;
      throw error;
    }
  }
}
