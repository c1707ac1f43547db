import { jittered } from '../chain/deliveries/timetable.ts';
import type { AnyParcel, Outcome, Trouble } from './receiver.ts';

/** What a batch came to once nothing of it is left to send. */
export interface Tally {
  readonly sent: number;
  readonly bytes: number;
  readonly refused: readonly { readonly parcel: AnyParcel; readonly trouble: Trouble }[];
}

export interface DeliverDeps {
  readonly send: (parcels: readonly AnyParcel[]) => Promise<Outcome>;
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

/** Items that are tried alone once a receiver has refused everything for a while. */
const PROBES = 5;

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

  /** Whether it would be with so many more. */
  wouldBeOver(more: number): boolean {
    return this.#refusals + more > MOST_REFUSALS;
  }
}

/**
 * Sends a batch until all of it is taken or refused for good, however long that takes. What is refused as a whole is
 * halved until the items to blame stand alone. Undefined when the forward stopped first: then nothing may be taken
 * as sent.
 */
export function deliver(parcels: readonly AnyParcel[], deps: DeliverDeps): Promise<Tally | undefined> {
  return new Delivery(deps).run(parcels);
}

type Part = readonly AnyParcel[];

class Delivery {
  readonly #deps: DeliverDeps;
  /** What is still to be sent, the next at the end. */
  readonly #left: Part[] = [];
  readonly #refused: Tally['refused'][number][] = [];
  #sent = 0;
  #bytes = 0;

  constructor(deps: DeliverDeps) {
    this.#deps = deps;
  }

  async run(parcels: Part): Promise<Tally | undefined> {
    this.#later(parcels);
    for (let part = this.#left.pop(); part; part = this.#left.pop()) {
      if (this.#deps.stopped()) return undefined;
      const outcome = await this.#deps.send(part);
      if (outcome.result === 'sent') await this.#sort(part, outcome);
      else if (outcome.result === 'refused') await this.#narrow(part, outcome);
      else await this.#wait(part, outcome, outcome.waitMs);
    }
    return { sent: this.#sent, bytes: this.#bytes, refused: this.#refused };
  }

  /** An answer of the good kind may still speak of single items. */
  async #sort(part: Part, { refused = [], again, isFinal }: Extract<Outcome, { result: 'sent' }>): Promise<void> {
    const { note, patience } = this.#deps;
    const [first] = refused;
    const repeats = again?.indexes.length ?? 0;
    if (first && refused.length + repeats === part.length && !isFinal && patience.wouldBeOver(refused.length))
      return repeats === 0 ? this.#wait(part, refusesAll(first), LONGEST_PAUSE) : this.#probe(part, first);
    const setAside = new Map(refused.map(({ index, ...trouble }) => [index, trouble]));
    const repeated = new Set(again?.indexes);
    this.#take(part.filter((_, index) => !setAside.has(index) && !repeated.has(index)));
    for (const [index, trouble] of setAside) this.#setAside(part[index] as AnyParcel, trouble);
    if (!again) return note(undefined);
    const rest = part.filter((_, index) => repeated.has(index));
    // Where nothing is to be waited for there is no trouble: a bad record was told from the others.
    if (again.waitMs === 0) return this.#later(rest);
    await this.#wait(rest, again, again.waitMs);
  }

  /** Looks for the items to blame for a refusal. */
  async #narrow(part: Part, trouble: Trouble): Promise<void> {
    if (this.#deps.patience.isOver) return this.#probe(part, trouble);
    const [first] = part;
    if (first && part.length === 1) return this.#setAside(first, { reason: trouble.reason, text: trouble.text });
    const middle = Math.ceil(part.length / 2);
    this.#later(part.slice(middle));
    this.#later(part.slice(0, middle));
  }

  /** Tries some items of a receiver that has refused everything lately: one that it takes says that the others are to blame. */
  async #probe(part: Part, trouble: Trouble): Promise<void> {
    const rest = [part, ...this.#left.splice(0).reverse()].flat();
    const places = new Set(
      Array.from({ length: PROBES }, (_, step) => Math.floor((step * (rest.length - 1)) / (PROBES - 1))),
    );
    for (const place of places) {
      const parcel = rest[place] as AnyParcel;
      const outcome = await this.#deps.send([parcel]);
      if (outcome.result === 'retry') break;
      if (outcome.result !== 'sent' || outcome.refused?.length || outcome.again) continue;
      this.#take([parcel]);
      return this.#later(rest.filter((other) => other !== parcel));
    }
    await this.#wait(rest, refusesAll(trouble), LONGEST_PAUSE);
  }

  #later(part: Part): void {
    if (part.length > 0) this.#left.push(part);
  }

  #take(some: Part): void {
    if (some.length === 0) return;
    this.#sent += some.length;
    this.#bytes += some.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
    this.#deps.patience.noteTaken();
  }

  #setAside(parcel: AnyParcel, trouble: Trouble): void {
    this.#deps.patience.noteRefusal();
    this.#refused.push({ parcel, trouble });
  }

  /** Tells of the trouble, and sends the same again: soon at first, then ever more patiently, or when it is asked to. */
  async #wait(part: Part, { reason, text }: Trouble, asked: number | undefined): Promise<void> {
    const { fraction, note, patience, sleep, stopped } = this.#deps;
    this.#later(part);
    // What breaks off because the forward stops is no trouble of the receiver.
    if (stopped()) return;
    await note({ reason, text });
    patience.failures += 1;
    const delay = Math.min(LONGEST_PAUSE, SECOND * 2 ** Math.min(patience.failures - 1, 20));
    await sleep(asked ?? jittered(delay, fraction()));
  }
}

const refusesAll = ({ text }: Trouble): Trouble => ({
  reason: 'refuses-everything',
  text: `Record after record was refused and none was taken, so all wait: ${text}`,
});
