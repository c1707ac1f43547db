import type { SessionState } from '../../trail/session-state.ts';

/** What is going on has few sessions; of an old archive each is soon over. */
const KEPT = 2_000;

/**
 * Sessions as the store keeps them. The next batch reads most of those that the last one wrote, so what a text says is
 * remembered. States are never changed, and the same text always says the same: a transaction that was taken back, or
 * another process, can do no harm.
 */
class SessionTexts {
  readonly #known = new Map<string, SessionState>();

  read(text: string): SessionState {
    const known = this.#known.get(text);
    if (known) return known;
    const state = JSON.parse(text) as SessionState;
    this.#remember(text, state);
    return state;
  }

  write(state: SessionState): string {
    const text = JSON.stringify(state);
    this.#remember(text, state);
    return text;
  }

  #remember(text: string, state: SessionState): void {
    this.#known.set(text, state);
    if (this.#known.size <= KEPT) return;
    const [oldest] = this.#known.keys();
    if (oldest !== undefined) this.#known.delete(oldest);
  }
}

/** One for all: a text means the same whoever keeps it. */
export const SESSIONS: Pick<SessionTexts, 'read' | 'write'> = new SessionTexts();
