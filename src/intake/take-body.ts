import type { ChainContext } from '../chain/context.ts';
import type { Fallback } from '../chain/trails/routes.ts';
import type { Tx } from '../store/writer.ts';
import type { Damage, TrailItem, TrailRecord } from '../trail/record-item.ts';
import type { Accepted, AcceptRecords } from './accept-records.ts';
import type { IntakeCounters } from './intake-counters.ts';
import { claimMark, findMark, type ObjectMark, saveMark } from './object-marks.ts';
import { slices } from './slices.ts';

/** A body that may come again. */
export interface SentObject {
  /** Whose names these are. */
  readonly source: string;
  readonly name: string;
  readonly fingerprint: string;
}

/** What a request says of the records in its body. */
export interface BodyRequest {
  readonly run: string;
  readonly fallback: Fallback | undefined;
  /** With it the same body sent again changes nothing. */
  readonly object: SentObject | undefined;
}

/** What a request brought; `records` = `stored` + `duplicates` + `filtered`. */
export interface IngestAnswer {
  readonly run: string;
  readonly records: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly filtered: number;
  /** Of the stored ones: without a readable eventTime, dated by their arrival. */
  readonly undated: number;
  /** The first hundred pieces that are no records, by byte of the inflated body. */
  readonly damaged: readonly { readonly offset: number; readonly message: string }[];
  readonly damagedCount: number;
}

export interface TakeBodySettings {
  readonly context: Pick<ChainContext, 'store' | 'clock'>;
  readonly accept: AcceptRecords;
}

const MOST_DAMAGE = 100;

/** Takes in the items of a body slice by slice, in bounded memory; resolves when all of it is committed. */
export async function takeBody(
  settings: TakeBodySettings,
  request: BodyRequest,
  items: AsyncIterable<TrailItem>,
  counters: IntakeCounters,
): Promise<IngestAnswer> {
  const { object } = request;
  const found = object && (await findMark(settings.context.store.read, object.source, object.name));
  const taking = new Taking(settings, request, counters, found);
  const known = found?.fingerprint === object?.fingerprint ? found : undefined;
  if (known && known.status !== 'open') {
    // Whoever reads it now may be answered before its commit is durable.
    await settings.context.store.durable();
    taking.repeat(known.records);
  } else await taking.read(items, known?.records ?? 0);
  return taking.answer();
}

class Taking {
  readonly #settings: TakeBodySettings;
  readonly #request: BodyRequest;
  readonly #counters: IntakeCounters;
  readonly #damaged: { offset: number; message: string }[] = [];
  #mark: ObjectMark | undefined;
  #damagedCount = 0;
  #records = 0;
  #stored = 0;
  #duplicates = 0;
  #filtered = 0;
  #undated = 0;

  constructor(
    settings: TakeBodySettings,
    request: BodyRequest,
    counters: IntakeCounters,
    mark: ObjectMark | undefined,
  ) {
    this.#settings = settings;
    this.#request = request;
    this.#counters = counters;
    this.#mark = mark;
  }

  /** Reads on behind the first `known` records, which an earlier request has stored. */
  async read(items: AsyncIterable<TrailItem>, known: number): Promise<void> {
    let left = known;
    for await (const { records, damage } of slices(items)) {
      for (const piece of damage) this.#refuse(piece);
      const repeated = Math.min(left, records.length);
      left -= repeated;
      this.repeat(repeated);
      const fresh = records.slice(repeated);
      if (fresh.length > 0) await this.#store(fresh, 'open');
    }
    if (this.#request.object) await this.#store([], this.#damagedCount > 0 ? 'damaged' : 'done');
  }

  /** Counts records that are stored already. */
  repeat(records: number): void {
    this.#records += records;
    this.#duplicates += records;
    this.#counters.repeated(records);
  }

  answer(): IngestAnswer {
    return {
      run: this.#request.run,
      records: this.#records,
      stored: this.#stored,
      duplicates: this.#duplicates,
      filtered: this.#filtered,
      undated: this.#undated,
      damaged: this.#damaged,
      damagedCount: this.#damagedCount,
    };
  }

  async #store(records: readonly TrailRecord[], status: string): Promise<void> {
    const { run, fallback } = this.#request;
    const before = this.#mark;
    const next = this.#nextMark(records.length, status);
    const handover = {
      records,
      run,
      ...(fallback && { fallback }),
      ...(next && { claim: (tx: Tx) => claimMark(tx, next, before), mark: (tx: Tx) => saveMark(tx, next) }),
    };
    this.#counters.came(records.length);
    let accepted: Accepted;
    try {
      accepted = await this.#settings.accept(handover);
    } catch (error) {
      this.#counters.failed(records.length);
      throw error;
    }
    this.#mark = next;
    this.#records += records.length;
    this.#stored += accepted.stored;
    this.#filtered += accepted.filtered;
    this.#undated += accepted.undated;
    this.#counters.accepted(accepted);
  }

  #nextMark(more: number, status: string): ObjectMark | undefined {
    const { object } = this.#request;
    return (
      object && {
        source: object.source,
        object: object.name,
        fingerprint: object.fingerprint,
        offset: 0,
        records: this.#records + more,
        status,
        error: this.#damaged[0]?.message ?? null,
        updated_at: this.#settings.context.clock.now(),
      }
    );
  }

  #refuse({ offset, message }: Damage): void {
    this.#counters.refused();
    this.#damagedCount += 1;
    if (this.#damaged.length < MOST_DAMAGE) this.#damaged.push({ offset, message });
  }
}
