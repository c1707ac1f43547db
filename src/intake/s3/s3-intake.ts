import type { ChainContext } from '../../chain/context.ts';
import { type Bucket, FinalError } from '../../trail/archive/bucket.ts';
import { readObjectKey } from '../../trail/archive/object-key.ts';
import { reasonToSkip } from '../../trail/archive/selection.ts';
import type { AcceptRecords } from '../accept-records.ts';
import { type IntakeState, LONGEST_STOP, type RunningIntake } from '../fetch/intake-state.ts';
import { Lag } from '../fetch/lag.ts';
import { Lanes } from '../fetch/lanes.ts';
import { ObjectBatch } from '../fetch/object-batch.ts';
import { type ObjectName, ObjectTaker, TAKEN_PER_FETCH } from '../fetch/take-object.ts';
import { isOfObject, Trouble } from '../fetch/trouble.ts';
import { IntakeCounters } from '../intake-counters.ts';
import { IntakeRun } from '../intake-run.ts';
import { isConflict, openObjects } from '../object-marks.ts';
import { DayCursor } from './day-cursor.ts';
import { DigestCheck, type DigestCheckSettings } from './digest-check.ts';
import { FailedObjects, FIRST_PAUSE } from './failed-objects.ts';
import { FailingFolders } from './failing-folders.ts';
import { FolderPlan, type Listing, type PollPace } from './folder-plan.ts';
import { PassLoop } from './pass-loop.ts';
import { deliveredAt, findTrailFolders, folderOfKey } from './trail-folders.ts';
import { unreadOf } from './unread.ts';

export interface S3IntakeSettings {
  readonly context: Pick<ChainContext, 'store' | 'clock' | 'ids' | 'log' | 'signals'>;
  readonly accept: AcceptRecords;
  readonly name: string;
  readonly bucket: Bucket;
  /** Names its marks in the store: see `sourceOf`. */
  readonly source: string;
  /** Empty, or ending in a slash. */
  readonly prefix: string;
  /** The first day to read; the day of the first start if not given. */
  readonly start: number | undefined;
  readonly pace: PollPace;
  /** Objects that are fetched at once. */
  readonly parallel: number;
  /** How long an object may wait before that is told of. Milliseconds. */
  readonly lagLimit: number;
  /** With it, what was read is checked against CloudTrail's digests: gives public keys of a region and time. */
  readonly keysOf?: DigestCheckSettings['keysOf'] | undefined;
}

/** Between two searches for new accounts and regions; as many requests as accounts, and more. */
const DISCOVER_EVERY = 10 * 60_000;
const LISTINGS = 8;
/** After so long no further folder is swept before a look at what is new. */
const LONGEST_SWEEP = 30_000;
const RETRY_AFTER = 2_500;
const SHORTEST_PAUSE = 1_000;
const LONGEST_PAUSE = 5 * 60_000;
const PATIENCE = { silence: 30_000, pause: 500, attempts: 4 };

/**
 * Takes in the trails of a bucket by looking at it again and again: finds accounts and regions, lists the days that
 * may have something new, and reads each object once.
 */
export class S3Intake implements RunningIntake {
  readonly #settings: S3IntakeSettings;
  readonly #counters = new IntakeCounters();
  readonly #run: IntakeRun;
  readonly #taker: ObjectTaker;
  readonly #cursor: DayCursor;
  readonly #lag: Lag;
  readonly #failed: FailedObjects;
  readonly #failing = new FailingFolders();
  readonly #trouble: Trouble;
  readonly #digests: DigestCheck | undefined;
  /** Objects that were found and are being fetched. */
  readonly #underWay = new Set<string>();
  readonly #plans = new Map<string, FolderPlan>();
  #isLoaded = false;
  #foundAt: number | undefined;
  #read = 0;
  #setAside = 0;
  #breaks = 0;
  /** When the pass under way began. What rests during a pass does so to its end. */
  #begunAt = 0;
  /** Why the pass under way cannot go on. */
  #broken: unknown;
  readonly #loop: PassLoop;

  constructor(settings: S3IntakeSettings) {
    const { context, accept, source, prefix, lagLimit, parallel } = settings;
    this.#settings = settings;
    this.#run = new IntakeRun(context);
    this.#loop = new PassLoop(context.clock, () => this.#passAndRest());
    const batch = new ObjectBatch({
      clock: context.clock,
      accept,
      counters: this.#counters,
      run: () => this.#run.now(),
    });
    const patience = { ...PATIENCE, clock: context.clock };
    this.#taker = new ObjectTaker({ context, batch, counters: this.#counters, patience, parallel });
    const { bucket, keysOf } = settings;
    this.#digests = keysOf && new DigestCheck({ context, batch, bucket, source, patience, keysOf });
    this.#cursor = new DayCursor(context.store, source, prefix);
    this.#lag = new Lag(context.clock, lagLimit);
    this.#failed = new FailedObjects(context.clock);
    this.#trouble = new Trouble(context, { name: settings.name, from: this.#from() });
  }

  start(): void {
    this.#loop.start();
  }

  stop(): Promise<void> {
    return this.#loop.stop(LONGEST_STOP);
  }

  state(): IntakeState {
    return {
      name: this.#settings.name,
      type: 's3',
      from: this.#from(),
      stats: this.#counters.stats(),
      objects: { read: this.#read, waiting: this.#lag.waiting, setAside: this.#setAside },
      ...this.#lag.state(),
      trouble: this.#trouble.current,
    };
  }

  #from(): string {
    return `s3://${this.#settings.bucket.name}/${this.#settings.prefix}`;
  }

  /** One look at everything that is due. Rejects with what keeps it from reading; nothing is lost then. */
  async pass(): Promise<void> {
    const { context, parallel } = this.#settings;
    await this.#prepare();
    const now = context.clock.now();
    this.#begunAt = now;
    this.#broken = undefined;
    const plans = [...this.#plans.values()];
    const begun: FolderPlan[] = [];
    const fetching = new Lanes(parallel * TAKEN_PER_FETCH);
    const listing = new Lanes(LISTINGS);
    // What is new comes before what failed and what lies behind, however much that is.
    for (const plan of plans.filter((each) => each.isDue(now))) {
      begun.push(plan);
      await listing.start(() => this.#look(plan, now, fetching));
    }
    await listing.idle();
    for (const object of this.#failed.due()) {
      const rest = this.#failing.restOf(folderOfKey(object.key), now);
      if (rest === undefined) await this.#fetch(object, fetching);
      else this.#failed.postpone(object.key, rest);
    }
    for (const plan of plans.filter((each) => each.mustSweep(now))) {
      if (this.#isOver() || context.clock.now() - now > LONGEST_SWEEP) break;
      begun.push(plan);
      await listing.start(() => this.#sweep(plan, now, fetching));
    }
    await listing.idle();
    await fetching.idle();
    if (this.#isOver()) {
      for (const plan of begun) plan.missed();
      if (this.#broken === undefined) return;
      throw this.#broken;
    }
    for (const plan of begun) {
      const rest = this.#failing.restOf(plan.folder.prefix, now);
      if (rest !== undefined) plan.missed(rest);
    }
    await this.#advance();
    await this.#run.endIfQuiet();
  }

  reads(source: string): boolean {
    return source === this.#settings.source;
  }

  retry(source: string, objects: readonly string[]): void {
    if (!this.reads(source)) return;
    this.#readAgain(objects);
    this.#loop.soon(RETRY_AFTER);
  }

  /** What is begun, or was asked for again, may lie before the days that are listed. */
  #readAgain(keys: readonly string[]): void {
    const { prefix } = this.#settings;
    for (const key of keys) if (key.startsWith(prefix) && this.#isOurs(key)) this.#failed.wants({ key }, this.#read);
  }

  async #prepare(): Promise<void> {
    const { context, start, bucket, prefix, source, pace } = this.#settings;
    const now = context.clock.now();
    if (!this.#isLoaded) {
      await this.#cursor.load(start, now);
      const { first } = this.#cursor;
      if (first > now)
        context.log.warn(
          { intake: this.#settings.name, start: new Date(first).toISOString().slice(0, 10) },
          'an intake reads nothing yet: the "start" of its settings lies ahead',
        );
      this.#readAgain(await openObjects(context.store.read, source));
    }
    this.#isLoaded = true;
    if (this.#foundAt !== undefined && Math.abs(now - this.#foundAt) < Math.max(DISCOVER_EVERY, pace.quietEvery))
      return;
    const folders = await findTrailFolders(bucket, prefix, this.#digests !== undefined);
    for (const folder of folders) {
      if (!this.#plans.has(folder.prefix)) this.#plans.set(folder.prefix, new FolderPlan(folder));
    }
    // Where nothing lies yet, a first file is waited for more eagerly.
    if (this.#plans.size > 0) this.#foundAt = now;
  }

  async #look(plan: FolderPlan, now: number, fetching: Lanes): Promise<void> {
    const { pace } = this.#settings;
    if (await this.#isListed(plan.look(now, this.#cursor.from(pace.lookBack)), plan, fetching)) plan.looked(now, pace);
  }

  async #sweep(plan: FolderPlan, now: number, fetching: Lanes): Promise<void> {
    const from = this.#cursor.from(this.#settings.pace.lookBack);
    if (await this.#isListed(plan.sweep(from), plan, fetching)) plan.swept(now);
  }

  /** Lists to the end and has everything fetched that is unread; false where that was broken off. */
  async #isListed(listing: Listing, plan: FolderPlan, fetching: Lanes): Promise<boolean> {
    if (this.#isOver() || this.#isResting(plan)) return false;
    try {
      await this.#list(listing, plan, fetching);
    } catch (error) {
      this.#broken ??= error;
    }
    return !this.#isOver() && !this.#isResting(plan);
  }

  async #list({ prefix, after }: Listing, plan: FolderPlan, fetching: Lanes): Promise<void> {
    const { bucket, source, context } = this.#settings;
    let page = await bucket.listAfter(prefix, after);
    for (;;) {
      const found = await unreadOf(context.store.read, source, page.objects);
      const unread = found.filter(({ key }) => this.#isWanted(key));
      for (const { key } of page.objects) plan.met(deliveredAt(key));
      for (const { key } of unread) this.#lag.waits(key, deliveredAt(key));
      for (const object of unread) {
        if (this.#isOver()) this.#lag.isRead(object.key);
        else if (!this.#isResting(plan)) await this.#fetch(object, fetching);
      }
      if (page.next === undefined || this.#isOver() || this.#isResting(plan)) return;
      const last = page.objects.at(-1);
      // A place in the order of keys never expires. Of a page without any, as stores give where much was deleted, only
      // the token leads on.
      page = last ? await bucket.listAfter(prefix, last.key) : await bucket.list(prefix, true, page.next);
    }
  }

  #isOurs(key: string): boolean {
    const reason = reasonToSkip(key, {});
    return reason === undefined || (reason === 'digest' && this.#digests?.isDigest(key) === true);
  }

  #isWanted(key: string): boolean {
    const day = readObjectKey(key)?.day;
    const isRead = day !== undefined && this.#cursor.hasRead(key, day);
    return !isRead && this.#isOurs(key) && !this.#failed.has(key) && !this.#underWay.has(key);
  }

  /** Resolves once the object is on its way. */
  async #fetch(object: ObjectName, fetching: Lanes): Promise<void> {
    if (this.#underWay.has(object.key)) return;
    this.#underWay.add(object.key);
    await fetching.start(() => this.#take(object).finally(() => this.#underWay.delete(object.key)));
  }

  async #take(object: ObjectName): Promise<void> {
    const { bucket, source } = this.#settings;
    if (this.#isOver()) return;
    const folder = folderOfKey(object.key);
    // It began to rest while this waited for its turn: it is listed again afterwards.
    if (this.#failing.restOf(folder, this.#begunAt) !== undefined) return;
    try {
      const { outcome, newestEventAt } = this.#digests?.isDigest(object.key)
        ? await this.#digests.check(object, this.#cursor.first)
        : await this.#taker.take(bucket, source, object);
      this.#failing.read(folder);
      if (outcome !== 'later') this.#read += 1;
      if (outcome === 'set aside') this.#setAside += 1;
      this.#failed.succeeded(object.key);
      this.#lag.isRead(object.key, newestEventAt);
    } catch (error) {
      await this.#fail(object, error).catch((other) => {
        this.#broken ??= other;
      });
    }
  }

  async #fail({ mark: _, ...object }: ObjectName, error: unknown): Promise<void> {
    const { source } = this.#settings;
    // Somebody else reads it, and may not come to its end: the days are not done before it is.
    if (isConflict(error)) {
      if (!this.#failed.wants(object, this.#read, FIRST_PAUSE)) this.#broken ??= error;
      return;
    }
    const isFinal = isOfObject(error);
    const patience = isFinal ? 'over' : this.#failed.failed(object, this.#read);
    if (patience === 'over') {
      if (await this.#taker.setAside(source, object.key, object.etag, (error as Error).message)) this.#setAside += 1;
      this.#failed.succeeded(object.key);
      this.#lag.isRead(object.key);
      return;
    }
    const isRefused = error instanceof FinalError;
    const isAll = this.#failing.failed(folderOfKey(object.key), this.#begunAt, this.#plans.size, isRefused);
    await this.#trouble.met(error);
    if (patience === 'forgotten' || isAll) this.#broken ??= error;
  }

  /** Days are done once each folder was seen to its end and nothing of them is left. */
  async #advance(): Promise<void> {
    let [swept, newest] = [Number.POSITIVE_INFINITY, 0];
    for (const { sweptAt = 0, newestAt = 0 } of this.#plans.values()) {
      swept = Math.min(swept, sweptAt);
      newest = Math.max(newest, newestAt);
    }
    // What was delivered proves how late it is. By a clock that is ahead, days would be done that are still to come.
    let at = Math.min(swept, newest);
    for (const key of this.#failed.keys()) at = Math.min(at, deliveredAt(key));
    await this.#cursor.advance(at);
    if (this.#failed.size > 0 || [...this.#plans.values()].some((plan) => this.#isResting(plan))) return;
    await this.#trouble.isOver();
    this.#lag.nothingWaits();
  }

  #isResting({ folder }: FolderPlan): boolean {
    return this.#failing.restOf(folder.prefix, this.#begunAt) !== undefined;
  }

  #isOver(): boolean {
    return this.#broken !== undefined || this.#loop.isEnding;
  }

  /** Gives how long to rest. */
  async #passAndRest(): Promise<number> {
    const { context, pace } = this.#settings;
    try {
      await this.pass();
      this.#breaks = 0;
    } catch (error) {
      await this.#trouble.met(error);
      this.#breaks += 1;
      return Math.min(LONGEST_PAUSE, SHORTEST_PAUSE * 2 ** Math.min(this.#breaks, 10));
    }
    const now = context.clock.now();
    const plans = [...this.#plans.values()];
    if (plans.some((plan) => plan.mustSweep(now))) return 0;
    const next = plans.reduce((first, { dueAt }) => Math.min(first, dueAt), this.#failed.nextAt());
    const rest = this.#run.isOpen ? Math.min(next - now, pace.every, 6_000) : Math.min(next - now, pace.every);
    return Math.max(SHORTEST_PAUSE, rest);
  }
}
