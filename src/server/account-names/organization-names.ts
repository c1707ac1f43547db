import type { Kysely } from 'kysely';
import type { Clock, Timer } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { keepSetting, settingOf } from '../../store/settings.ts';
import type { Store } from '../../store/store.ts';
import type { Tables } from '../../store/tables.ts';
import type { AccountNames } from '../../trail/account-names.ts';
import type { ListAccounts } from './organization-accounts.ts';

const SETTING = 'organization-names';
const HOUR = 3_600_000;
/** After a failure. */
const SOON = 5 * 60_000;

/** What was last heard of the organization. */
interface Kept {
  /** When the names were read; null for never. */
  readonly at: number | null;
  readonly names: readonly (readonly [id: string, name: string])[];
  /** Why they could not be read again, and since when. */
  readonly failing: { readonly since: number; readonly why: string } | null;
}

const NOTHING: Kept = { at: null, names: [], failing: null };

async function keptNames(db: Kysely<Tables>): Promise<Kept> {
  const text = await settingOf(db, SETTING);
  return text === undefined ? NOTHING : (JSON.parse(text) as Kept);
}

/** What keeps the names of accounts from being read, in a sentence, for the status. */
export async function organizationProblem(db: Kysely<Tables>): Promise<string | undefined> {
  const { at, failing } = await keptNames(db);
  if (!failing) return undefined;
  const age = at === null ? 'accounts are told by their numbers' : `those of ${new Date(at).toISOString()} are told`;
  return `names of accounts cannot be read from AWS Organizations since ${new Date(failing.since).toISOString()}: ${failing.why}; ${age}`;
}

export interface OrganizationNamesSettings {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly list: ListAccounts;
}

/**
 * The names of an organization's accounts, read at the start and then every hour. The last known are in the store, so that
 * they are there at once after a restart, and while AWS cannot be asked. A ring never waits for them.
 */
export class OrganizationNames {
  readonly #settings: OrganizationNamesSettings;
  readonly #names = new Map<string, string>();
  #timer: Timer | undefined;
  #reading: Promise<void> | undefined;
  #stopped = false;

  constructor(settings: OrganizationNamesSettings) {
    this.#settings = settings;
  }

  /** As they are at any moment. */
  get names(): AccountNames {
    return this.#names;
  }

  /** Resolves with the names that are in the store; what AWS has to say comes later. */
  async start(): Promise<void> {
    this.#take((await keptNames(this.#settings.store.read)).names);
    this.#read();
  }

  /** What is being read is not waited for, and no more is kept. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  /** Resolves when nothing is being read. */
  async idle(): Promise<void> {
    await this.#reading;
  }

  #read(): void {
    this.#reading = this.#refresh().then((pause) => {
      this.#reading = undefined;
      if (!this.#stopped) this.#timer = this.#settings.clock.after(pause, () => this.#read());
    });
  }

  /** Resolves to the milliseconds until the next time. */
  async #refresh(): Promise<number> {
    const { clock, list, log } = this.#settings;
    try {
      const names = await list();
      this.#take(names);
      await this.#keep(() => ({ at: clock.now(), names: [...names], failing: null }));
      return HOUR;
    } catch (error) {
      if (this.#stopped) return SOON;
      const why = String((error as Error).message ?? error).slice(0, 300);
      log.warn({ error: why }, 'The names of accounts could not be read from AWS Organizations; they will be later');
      await this.#keep((kept) => ({ ...kept, failing: { since: kept.failing?.since ?? clock.now(), why } }));
      return SOON;
    }
  }

  #take(names: Iterable<readonly [string, string]>): void {
    this.#names.clear();
    for (const [id, name] of names) this.#names.set(id, name);
  }

  async #keep(change: (kept: Kept) => Kept): Promise<void> {
    const { store, log } = this.#settings;
    if (this.#stopped) return;
    try {
      await store.write(async (tx) => keepSetting(tx, SETTING, JSON.stringify(change(await keptNames(tx.db)))));
    } catch (error) {
      log.warn(
        { error: String(error) },
        'The names of accounts could not be kept; they are read again after a restart',
      );
    }
  }
}

/** Without `--account-names organizations` what it kept is forgotten, and with it what it complained of. */
export async function forgetOrganization(store: Store): Promise<void> {
  if ((await settingOf(store.read, SETTING)) === undefined) return;
  await store.write(async ({ db }) => {
    await db.deleteFrom('settings').where('key', '=', SETTING).execute();
  });
}
