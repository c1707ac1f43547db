import { createHash } from 'node:crypto';
import type { ChainContext } from '../../chain/context.ts';
import { type Bucket, FinalError, type Patience, readObject } from '../../trail/archive/bucket.ts';
import { DamagedGzip, inflated, inflatedWhole } from '../../trail/inflate.ts';
import type { Damage, TrailItem } from '../../trail/record-item.ts';
import type { IntakeCounters } from '../intake-counters.ts';
import { findMark, type ObjectMark } from '../object-marks.ts';
import { type Slice, slicesOfGroups } from '../slices.ts';
import { ContentHash } from './content-hash.ts';
import { Gate } from './lanes.ts';
import type { ObjectBatch } from './object-batch.ts';
import { type ObjectPrint, plainEtag, printText, readPrint } from './object-print.ts';
import { itemsOf, roomFor } from './read-object.ts';
import { beginsWith, RecordHash } from './record-hash.ts';
import { Room } from './room.ts';

/** An object as a listing or a notification names it. */
export interface ObjectName {
  readonly key: string;
  /** Undefined where the notification does not tell. */
  readonly size?: number | undefined;
  readonly etag?: string | undefined;
  /** What the store knows of it, where that was just asked; null for nothing. */
  readonly mark?: ObjectMark | null | undefined;
}

/** For each object that is fetched so many may wait for their commit: few large commits cost less than many. */
export const TAKEN_PER_FETCH = 4;

/** Bytes of content that may be in memory at once: a few large objects, or dozens of usual ones. More only makes work. */
const ROOM = 24 * 1024 * 1024;

/** What became of an object. `known`: it was read before, and nothing was stored now. */
export interface Taken {
  readonly outcome: 'read' | 'known' | 'set aside';
  /** Latest eventTime of what was stored; undefined without any. */
  readonly newestEventAt: number | undefined;
}

export interface ObjectTakerSettings {
  readonly context: Pick<ChainContext, 'store' | 'clock' | 'log'>;
  readonly batch: ObjectBatch;
  readonly counters: IntakeCounters;
  readonly patience: Patience;
  /** Objects that are fetched at once. */
  readonly parallel: number;
}

/** Names the source of an object's marks; the same for all intakes that read the bucket. */
export function sourceOf(bucket: string, endpoint: string | undefined): string {
  const host = endpoint === undefined ? '' : new URL(endpoint).host;
  // Buckets of AWS have one name worldwide, whatever address they are reached at.
  return host === '' || /(^|\.)amazonaws\.com(\.cn)?(:\d+)?$/.test(host) ? `s3://${bucket}` : `s3://${bucket}@${host}`;
}

/** Takes in objects of buckets: the records of each once, however often it is named and wherever the process dies. */
export class ObjectTaker {
  readonly #settings: ObjectTakerSettings;
  readonly #gate: Gate;
  readonly #room = new Room(ROOM);
  readonly #underWay = new Map<string, Promise<unknown>>();

  constructor(settings: ObjectTakerSettings) {
    this.#settings = settings;
    this.#gate = new Gate(settings.parallel);
  }

  /**
   * Resolves when the object's records and its mark are committed. Rejects with the store's error or the bucket's
   * (`FinalError` where no other attempt mends it); what was committed by then is not read again.
   */
  async take(bucket: Bucket, source: string, name: ObjectName): Promise<Taken> {
    const id = `${source} ${name.key}`;
    // Two notifications of one object: the second finds the mark of the first.
    while (this.#underWay.has(id)) await this.#underWay.get(id)?.catch(() => undefined);
    const work = this.#takeLatest(bucket, source, name);
    this.#underWay.set(id, work);
    try {
      return await work;
    } finally {
      this.#underWay.delete(id);
    }
  }

  /** A listing or notification may be older than the object: then it is read as it is now. */
  async #takeLatest(bucket: Bucket, source: string, name: ObjectName): Promise<Taken> {
    try {
      return await this.#take(bucket, source, name);
    } catch (error) {
      if (!(error instanceof FinalError && error.failure?.kind === 'replaced')) throw error;
      return this.#take(bucket, source, { key: name.key });
    }
  }

  async #take(bucket: Bucket, source: string, { key, ...told }: ObjectName): Promise<Taken> {
    const { context, counters, batch, patience } = this.#settings;
    const mark = told.mark === undefined ? await findMark(context.store.read, source, key) : (told.mark ?? undefined);
    const facts = told.etag === undefined || told.size === undefined ? await bucket.facts(key) : told;
    const etag = plainEtag(facts.etag) ?? '';
    const object = { size: facts.size, etag: facts.etag && `"${etag}"` };
    const bytes = () => this.#through(readObject(bucket, key, object, patience));
    const content = () => contentOf(bytes(), facts.size);
    const print = mark && readPrint(mark.fingerprint);
    if (mark && isFinished(mark) && print && (await isSame(print, etag, content))) {
      counters.repeated(mark.records);
      if (print.etag !== etag) {
        const fingerprint = printText({ ...print, etag });
        await batch.add({ records: [], mark: { ...mark, fingerprint }, before: mark });
      }
      await context.store.durable();
      return { outcome: 'known', newestEventAt: undefined };
    }
    const reading = new Reading(this.#settings, source, key, etag, mark);
    // Of an object that was read in part, or is read again after repair, what is stored is not stored twice.
    const known = mark && print ? await storedOf(mark, print, etag, content) : 0;
    const leave = await this.#room.enter(roomFor(facts.size));
    try {
      return await reading.read(itemsOf(bytes(), facts.size, reading.hash), known);
    } finally {
      leave();
    }
  }

  /** Others are fetched while an object that is here waits for its commit. */
  async *#through(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    await this.#gate.enter();
    try {
      yield* bytes;
    } finally {
      this.#gate.leave();
    }
  }

  /**
   * Gives up on an object, until somebody asks for it again, and tells so; false where it was read before, as far as
   * anybody knows: then there is nothing to give up.
   */
  async setAside(source: string, key: string, etag: string | undefined, error: string): Promise<boolean> {
    const { context, counters, batch } = this.#settings;
    const before = await findMark(context.store.read, source, key);
    const print = before && readPrint(before.fingerprint);
    const version = plainEtag(etag) ?? print?.etag ?? '';
    if (before && isFinished(before) && print?.etag === version) {
      await context.store.durable();
      return false;
    }
    counters.refused();
    context.log.error({ source, object: key, error }, 'an object was set aside');
    const mark: ObjectMark = {
      source,
      object: key,
      fingerprint: printText({ etag: version, hash: undefined, begins: print?.begins }),
      offset: 0,
      records: before?.records ?? 0,
      status: 'dead',
      error,
      updated_at: context.clock.now(),
    };
    await batch.add({ records: [], mark, before });
    return true;
  }
}

/** Objects up to this size are read as a whole. */
const SMALL = 256 * 1024;

async function* contentOf(bytes: AsyncIterable<Uint8Array>, size: number | undefined): AsyncGenerator<Buffer> {
  if (size === undefined || size > SMALL) return yield* inflated(bytes);
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  yield* inflatedWhole(Buffer.concat(parts));
}

/** Read to its end. What was set aside unread is read when it is asked for again. */
const isFinished = ({ status }: ObjectMark): boolean => status === 'done' || status === 'damaged';

/** The same version, or another with the same content, as a copy or a new encryption makes it. */
async function isSame(print: ObjectPrint, etag: string, content: () => AsyncIterable<Buffer>): Promise<boolean> {
  if (print.etag === etag) return true;
  if (print.hash === undefined) return false;
  const hash = createHash('sha256');
  try {
    for await (const bytes of content()) hash.update(bytes);
  } catch (error) {
    // As much as could be read is what was hashed then, too. What cannot be had for now tells nothing.
    if (!(error instanceof DamagedGzip)) throw error;
  }
  return hash.digest('hex') === print.hash;
}

/** How many records at the beginning of this version are stored. */
async function storedOf(
  { records }: ObjectMark,
  { etag, begins }: ObjectPrint,
  now: string,
  content: () => AsyncIterable<Buffer>,
): Promise<number> {
  if (etag === now || records === 0) return records;
  return begins !== undefined && (await beginsWith(content(), records, begins)) ? records : 0;
}

/** One object on its way into the store. */
class Reading {
  readonly #settings: ObjectTakerSettings;
  readonly #blank: Omit<ObjectMark, 'fingerprint' | 'records' | 'status' | 'error'>;
  readonly #etag: string;
  /** Of all content. */
  readonly hash = new ContentHash();
  /** Not kept of the many objects that are whole and fit one slice. */
  #stored: RecordHash | undefined;
  #before: ObjectMark | undefined;
  #records = 0;
  #error: string | undefined;
  #newest: number | undefined;

  constructor(
    settings: ObjectTakerSettings,
    source: string,
    key: string,
    etag: string,
    before: ObjectMark | undefined,
  ) {
    this.#settings = settings;
    this.#blank = { source, object: key, offset: 0, updated_at: settings.context.clock.now() };
    this.#etag = etag;
    this.#before = before;
  }

  /** Stores what comes after the first `known` records. */
  async read(groups: AsyncIterable<readonly TrailItem[]>, known: number): Promise<Taken> {
    let left = known;
    if (known > 0) this.#stored = new RecordHash();
    /** The last slice commits together with the end of the object. */
    let held: Slice | undefined;
    for await (const slice of slicesOfGroups(groups)) {
      if (held) await this.#store(held, 'open');
      const repeated = Math.min(left, slice.records.length);
      left -= repeated;
      this.#records += repeated;
      this.#settings.counters.repeated(repeated);
      if (repeated > 0) this.#stored?.add(slice.records.slice(0, repeated));
      held = { ...slice, records: slice.records.slice(repeated) };
    }
    await this.#store(held ?? { records: [], damage: [], end: undefined }, 'done');
    return { outcome: this.#error === undefined ? 'read' : 'set aside', newestEventAt: this.#newest };
  }

  async #store({ records, damage }: Slice, status: 'open' | 'done'): Promise<void> {
    const { batch, counters, context } = this.#settings;
    for (const piece of damage) this.#refuse(piece);
    this.#records += records.length;
    const isLast = status === 'done';
    const isWhole = isLast && this.#error === undefined;
    if (!isWhole) this.#stored ??= new RecordHash();
    this.#stored?.add(records);
    const begins = isWhole ? undefined : this.#stored?.text;
    const mark: ObjectMark = {
      ...this.#blank,
      fingerprint: printText({ etag: this.#etag, hash: isLast ? await this.hash.hex() : undefined, begins }),
      records: this.#records,
      status: isLast && !isWhole ? 'damaged' : status,
      error: this.#error ?? null,
    };
    await batch.add({ records, mark, before: this.#before });
    this.#before = mark;
    for (const _ of damage) counters.refused();
    for (const { time } of records) if (time !== undefined && time > (this.#newest ?? 0)) this.#newest = time;
    if (mark.status === 'damaged')
      context.log.error({ source: mark.source, object: mark.object, error: mark.error }, 'an object is damaged');
  }

  #refuse({ offset, message }: Damage): void {
    this.#error ??= `${message}, at byte ${offset}`;
  }
}
