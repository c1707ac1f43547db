/** What a stage of the chain may be woken for. The work itself is always in the store. */
export type Signal = 'events' | 'findings' | 'alarms' | 'deliveries' | 'rings' | 'queues' | 'heartbeats';

/**
 * Wakes the later stages after a commit of an earlier one. A signal carries nothing: a stage that
 * misses one (a crash between commit and signal) finds the same work when it next looks.
 */
export class Signals {
  readonly #listeners = new Map<Signal, Set<() => void>>();

  raise(signal: Signal): void {
    for (const listener of this.#listeners.get(signal) ?? []) listener();
  }

  /** Returns the way to stop listening. */
  on(signal: Signal, listener: () => void): () => void {
    const listeners = this.#listeners.get(signal) ?? new Set();
    this.#listeners.set(signal, listeners.add(listener));
    return () => listeners.delete(listener);
  }
}
