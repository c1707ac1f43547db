import type { Protocol } from '../topics/subscription.ts';

/** How attempts of one kind have ended since the start. */
export interface AttemptCount {
  readonly protocol: Protocol;
  /** delivered, retried, given-up or called-off. */
  readonly result: AttemptResult;
  /** The fixed word of the failure; empty where there was none. */
  readonly reason: string;
  readonly count: number;
}

export type AttemptResult = 'delivered' | 'retried' | 'given-up' | 'called-off';

/** Counts every attempt by how it ended and why, for the metrics page: nothing fails uncounted. */
export class AttemptCounters {
  readonly #counts = new Map<string, AttemptCount>();

  note(protocol: Protocol, result: AttemptResult, reason = ''): void {
    const key = `${protocol} ${result} ${reason}`;
    const count = (this.#counts.get(key)?.count ?? 0) + 1;
    this.#counts.set(key, { protocol, result, reason, count });
  }

  list(): AttemptCount[] {
    return [...this.#counts.values()];
  }
}
