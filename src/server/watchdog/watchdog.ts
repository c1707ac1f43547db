import type { Timer } from '../../base/clock.ts';
import { arnOf, type Scope } from '../../base/scope.ts';
import type { ChainContext } from '../../chain/context.ts';
import type { Publish } from '../../chain/topics/publication.ts';
import { keepSetting, settingOf } from '../../store/settings.ts';
import type { Tx } from '../../store/writer.ts';
import type { EngineStatus } from '../status.ts';
import { type Complaint, complaintsOf } from './complaint.ts';
import { watchdogMessage } from './watchdog-message.ts';

export interface WatchdogSettings {
  readonly context: ChainContext;
  readonly publish: Publish;
  readonly scope: Scope;
  readonly status: () => Promise<EngineStatus>;
}

/** Whoever subscribes to this topic of the default account is told of chains that cannot ring. */
export const WATCHDOG_TOPIC = 'trailbell-watchdog';
const SETTING = 'watchdog';
const PERIOD = 15_000;
/** A look may take a hundredth of the time, and no more, until the longest of periods is reached. */
const SHARE = 100;
const LONGEST_PERIOD = 60_000;
/** Trouble that passes sooner is no trouble: a chain is built and changed in several calls. */
const PATIENCE = 30_000;

/** Looks at every chain again and again, and tells of what has broken and of what is whole again, once each. */
export class Watchdog {
  readonly #settings: WatchdogSettings;
  /** When each complaint of the moment was first seen. */
  #seen = new Map<string, number>();
  #timer: Timer | undefined;
  #looking: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(settings: WatchdogSettings) {
    this.#settings = settings;
  }

  start(): void {
    this.#schedule(PERIOD);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#looking;
  }

  /** Resolves when no look is under way. */
  async idle(): Promise<void> {
    await this.#looking;
  }

  #schedule(delay: number): void {
    if (this.#stopped) return;
    const { clock, log } = this.#settings.context;
    this.#timer = clock.after(delay, () => {
      const began = clock.now();
      this.#looking = this.look()
        .catch((error) => log.warn({ error: String(error) }, 'The watchdog could not look and tries again'))
        .then(() => {
          const took = clock.now() - began;
          this.#schedule(Math.min(Math.max(PERIOD, took * SHARE), LONGEST_PERIOD));
        });
    });
  }

  /** One look; resolves when what it has to tell is committed. */
  async look(): Promise<void> {
    const { context, status } = this.#settings;
    const now = context.clock.now();
    const complaints = complaintsOf(await status());
    const seen = new Map(complaints.map(({ key }) => [key, this.#seen.get(key) ?? now]));
    this.#seen = seen;
    const ripe = complaints.filter(({ key }) => now - (seen.get(key) ?? now) >= PATIENCE);
    await context.store.write((tx) => this.#tell(tx, complaints, ripe));
  }

  async #tell(tx: Tx, current: readonly Complaint[], ripe: readonly Complaint[]): Promise<void> {
    const { publish, scope } = this.#settings;
    const told = await toldBefore(tx);
    const fresh = ripe.filter(({ key }) => !told.has(key));
    const mended = [...told].filter(([key]) => !current.some((complaint) => complaint.key === key));
    if (fresh.length === 0 && mended.length === 0) return;
    const topicArn = arnOf('sns', scope, WATCHDOG_TOPIC);
    // Told to nobody is not told: whoever subscribes later hears of what is broken then.
    if (!(await isHeard(tx, topicArn))) return;
    const message = watchdogMessage(
      fresh,
      mended.map(([, says]) => says),
    );
    const outcome = await publish(tx, { topicArn, ...message });
    if ('failure' in outcome) return;
    for (const { key, says } of fresh) told.set(key, says);
    for (const [key] of mended) told.delete(key);
    await keepSetting(tx, SETTING, JSON.stringify(Object.fromEntries(told)));
  }
}

/** What was told of and has not been mended since, by key: kept in the store, so that a restart repeats nothing. */
async function toldBefore({ db }: Tx): Promise<Map<string, string>> {
  return new Map(Object.entries(JSON.parse((await settingOf(db, SETTING)) ?? '{}') as Record<string, string>));
}

async function isHeard({ db }: Tx, topicArn: string): Promise<boolean> {
  const subscriber = await db
    .selectFrom('subscriptions')
    .select('id')
    .where('topic_arn', '=', topicArn)
    .where('status', '=', 'confirmed')
    .executeTakeFirst();
  return subscriber !== undefined;
}
