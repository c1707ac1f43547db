import { join } from 'node:path';
import type { Call } from '../../src/aws/wire/handlers.ts';
import { FakeClock } from '../../src/base/fake-clock.ts';
import type { FaultPoint } from '../../src/base/faults.ts';
import { type Ids, seededIds } from '../../src/base/ids.ts';
import type { Log } from '../../src/base/log.ts';
import { Signals } from '../../src/chain/signals.ts';
import { buildEngine, type Engine } from '../../src/server/engine.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { Life, mortalMail, mortalNetwork, mortalStore } from './mortal.ts';
import { Postbox, scriptedNetwork, Webhook } from './receivers.ts';

export const START = Date.UTC(2026, 0, 1);
export const SCOPE = { account: '000000000000', region: 'us-east-1' };
export const GROUP = 'CloudTrail/logs';
export const STREAM = 'world';
const A_MOMENT = 60_000;

/**
 * The real chain in a fake world: one clock, scripted receivers, and a process that can die at any
 * point and is started again on the same store. Everything follows from the seed.
 */
export class World {
  readonly random: Ids;
  readonly webhooks = [new Webhook('https://one.example.com/bell'), new Webhook('https://two.example.com/bell')];
  readonly postbox = new Postbox();
  readonly complaints: string[] = [];
  clock = new FakeClock(START);
  engine!: Engine;
  life!: Life;
  store!: Store;
  deaths = 0;
  /** From each death to the next birth. */
  readonly #outages: { readonly from: number; to: number }[] = [];
  readonly #file: string;
  readonly #opened: Store[] = [];

  constructor(seed: number, folder: string) {
    this.random = seededIds(seed);
    this.#file = join(folder, 'world.db');
  }

  /** Starts a process on the store as it is. */
  async boot(): Promise<void> {
    const life = new Life();
    this.life = life;
    const outage = this.#outages.at(-1);
    if (outage) outage.to = this.clock.now();
    void life.end.then(() => this.#outages.push({ from: this.clock.now(), to: Number.POSITIVE_INFINITY }));
    this.store = await openStore(this.#file, life.reach);
    this.#opened.push(this.store);
    // A new clock at the same time: the timers of the dead never fire.
    const idle = (): Promise<void> => this.engine?.idle() ?? Promise.resolve();
    this.clock = new FakeClock(this.clock.now(), () => Promise.race([idle(), life.end]));
    this.engine = await buildEngine(
      {
        store: mortalStore(this.store, life),
        clock: this.clock,
        ids: this.random,
        log: this.#log(life),
        signals: new Signals(),
        reach: life.reach,
      },
      {
        network: mortalNetwork(scriptedNetwork(this.webhooks), life),
        mail: mortalMail(this.postbox, life),
        mailFrom: 'bell@example.com',
        publicUrl: () => 'https://bell.example.com',
        fallback: { scope: SCOPE, group: GROUP },
        users: undefined,
      },
    );
    this.engine.start();
    await this.clock.advance(0);
  }

  /** The process dies now, and another is started. */
  async dieAndBoot(): Promise<void> {
    this.life.kill();
    this.deaths += 1;
    await this.boot();
  }

  /** Lets the process die at a coming pass of a point; `revive` starts it again if it did. */
  planDeath(point: FaultPoint, passes: number): void {
    this.life.plan(point, passes);
  }

  async revive(): Promise<void> {
    if (this.life.dead) await this.dieAndBoot();
  }

  /**
   * Makes a call as a client would. Undefined when the process died before it answered: the client
   * cannot know whether it was done.
   */
  async call<T>(operation: () => T | Promise<T>): Promise<T | undefined> {
    const { life } = this;
    let answer: T | undefined;
    let failure: unknown;
    let done = false;
    void Promise.resolve()
      .then(operation)
      .then(
        (value) => {
          answer = value;
          done = true;
        },
        (error: unknown) => {
          failure = error;
          done = true;
        },
      );
    while (!done && !life.dead) await this.clock.advance(1);
    if (life.dead) return undefined;
    if (failure !== undefined) throw failure;
    return answer;
  }

  get caller(): Call {
    return {
      requestId: this.random.uuid(),
      scope: SCOPE,
      caller: SCOPE.account,
      host: 'bell.example.com',
      secure: true,
      signal: new AbortController().signal,
    };
  }

  /** When what is due at a time is done at the latest, a moment aside: a dead process does nothing. */
  awakeAt(due: number): number {
    const outage = this.#outages.find(({ from, to }) => from <= due + A_MOMENT && due <= to);
    return outage ? Math.max(due, outage.to) : due;
  }

  /** A whole number in [0, below). */
  pick(below: number): number {
    return Math.floor(this.random.fraction() * below);
  }

  chance(share: number): boolean {
    return this.random.fraction() < share;
  }

  async close(): Promise<void> {
    this.life.kill();
    for (const store of this.#opened) await store.close().catch(() => undefined);
  }

  #log(life: Life): Log {
    const complain = (level: string) => (fields: object, message: string) => {
      if (!life.dead) this.complaints.push(`${level}: ${message} ${JSON.stringify(fields)}`);
    };
    return { debug: () => undefined, info: () => undefined, warn: complain('warn'), error: complain('error') };
  }
}
