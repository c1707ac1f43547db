import { jittered } from '../chain/deliveries/timetable.ts';
import type { Outcome, Parcel, Trouble } from './receiver.ts';

/** What a batch came to once nothing of it is left to send. */
export interface Tally {
  readonly sent: number;
  readonly bytes: number;
  readonly refused: readonly { readonly parcel: Parcel; readonly trouble: Trouble }[];
}

export interface DeliverDeps {
  readonly send: (parcels: readonly Parcel[]) => Promise<Outcome>;
  /** Waits, or resolves at once when the forward stops. */
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly stopped: () => boolean;
  /** A number in [0, 1). */
  readonly fraction: () => number;
  /** Told of every attempt: of its trouble, or that it got through. */
  readonly note: (trouble: Trouble | undefined) => Promise<void>;
  readonly patience: Patience;
}

const SECOND = 1_000;
const LONGEST_PAUSE = 300 * SECOND;

/** After so many refusals without a single item taken, it is the receiver that is wrong, not the items. */
export const MOST_REFUSALS = 100;

/** What one forward remembers from batch to batch. */
export class Patience {
  #refusals = 0;
  failures = 0;

  noteRefusal(): void {
    this.#refusals += 1;
  }

  noteTaken(): void {
    this.#refusals = 0;
    this.failures = 0;
  }

  /** Whether everything is refused, so that nothing more should be set aside. */
  get isOver(): boolean {
    return this.#refusals >= MOST_REFUSALS;
  }
}

/**
 * Sends a batch until all of it is taken or refused for good, however long that takes. What is refused as a whole is
 * halved until the items to blame stand alone. Undefined when the forward stopped first: then nothing may be taken
 * as sent.
 */
export async function deliver(parcels: readonly Parcel[], deps: DeliverDeps): Promise<Tally | undefined> {
  const { patience } = deps;
  const refused: Tally['refused'][number][] = [];
  const tally = { sent: 0, bytes: 0 };
  const taken = (some: readonly Parcel[]): void => {
    if (some.length === 0) return;
    tally.sent += some.length;
    tally.bytes += some.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
    patience.noteTaken();
  };
  const left: (readonly Parcel[])[] = parcels.length > 0 ? [parcels] : [];
  for (let part = left.pop(); part; part = left.pop()) {
    if (deps.stopped()) return undefined;
    const outcome = await deps.send(part);
    if (outcome.result === 'sent') {
      const setAside = new Map((outcome.refused ?? []).map(({ index, ...trouble }) => [index, trouble]));
      const again = new Set(outcome.again?.indexes);
      taken(part.filter((_, index) => !setAside.has(index) && !again.has(index)));
      for (const [index, trouble] of setAside) {
        patience.noteRefusal();
        refused.push({ parcel: part[index] as Parcel, trouble });
      }
      await deps.note(outcome.again);
      if (!outcome.again) continue;
      left.push(part.filter((_, index) => again.has(index)));
      await pause(deps, outcome.again.waitMs);
    } else if (outcome.result === 'refused' && !patience.isOver) {
      if (part.length === 1) {
        patience.noteRefusal();
        refused.push({ parcel: part[0] as Parcel, trouble: { reason: outcome.reason, text: outcome.text } });
        continue;
      }
      const middle = Math.ceil(part.length / 2);
      left.push(part.slice(middle), part.slice(0, middle));
    } else {
      await deps.note(outcome.result === 'refused' ? refusesAll(outcome) : outcome);
      left.push(part);
      await pause(deps, outcome.result === 'retry' ? outcome.waitMs : LONGEST_PAUSE);
    }
  }
  return { ...tally, refused };
}

const refusesAll = ({ text }: Trouble): Trouble => ({
  reason: 'refuses-everything',
  text: `${MOST_REFUSALS} records in a row were refused and none was taken, so the rest waits: ${text}`,
});

/** Soon at first, then ever more patiently; for as long as the receiver asks, where it does. */
async function pause({ patience, fraction, sleep }: DeliverDeps, asked: number | undefined): Promise<void> {
  patience.failures += 1;
  const delay = Math.min(LONGEST_PAUSE, SECOND * 2 ** Math.min(patience.failures - 1, 20));
  await sleep(asked ?? jittered(delay, fraction()));
}
