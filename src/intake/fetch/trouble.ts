import type { ChainContext } from '../../chain/context.ts';
import { noteIntake } from '../../chain/trails/intake-failures.ts';
import { FinalError } from '../../trail/archive/bucket.ts';
import { failureSource, type IntakeState, type IntakeTrouble } from './intake-state.ts';

/** Of one object alone, whatever becomes of the others. */
const OF_OBJECT: ReadonlySet<string> = new Set(['sse-c', 'archived', 'no-object']);

/** Will no attempt ever read this object, though others may be read? */
export const isOfObject = (error: unknown): boolean =>
  error instanceof FinalError && OF_OBJECT.has(error.failure?.kind ?? '');

/** What keeps an intake from reading, here and in the store, where the state of the chains shows it. */
export class Trouble {
  readonly #context: Pick<ChainContext, 'store' | 'clock' | 'log'>;
  readonly #intake: Pick<IntakeState, 'name' | 'from'>;
  #current: IntakeTrouble | null = null;
  /** What was last noted in the store; undefined before. */
  #noted: string | null | undefined;

  constructor(context: Pick<ChainContext, 'store' | 'clock' | 'log'>, intake: Pick<IntakeState, 'name' | 'from'>) {
    this.#context = context;
    this.#intake = intake;
  }

  get current(): IntakeTrouble | null {
    return this.#current;
  }

  /** Tells of an error; in the log only of the first in a row. */
  async met(error: unknown): Promise<void> {
    const { clock, log } = this.#context;
    if (this.#current === null) log.error({ intake: this.#intake.name, err: error }, 'an intake cannot read');
    const { message } = error as Error;
    const failure = error instanceof FinalError ? error.failure : undefined;
    this.#current = {
      since: this.#current?.since ?? clock.now(),
      kind: failure?.kind ?? 'unreachable',
      message,
      statement: failure?.statement ?? null,
    };
    await this.#note(failure?.statement === undefined ? message : `${message}; ${failure.statement}`);
  }

  async isOver(): Promise<void> {
    this.#current = null;
    await this.#note(null);
  }

  async #note(error: string | null): Promise<void> {
    if (this.#noted === error) return;
    const { store, clock } = this.#context;
    try {
      await store.write((tx) => noteIntake(tx, failureSource(this.#intake), error, clock.now()));
      this.#noted = error;
    } catch {
      // A store that takes nothing is tried again with the next note.
      this.#noted = undefined;
    }
  }
}
