import { timingSafeEqual } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { ChainContext } from '../../chain/context.ts';
import { keepSetting, settingOf } from '../../store/settings.ts';
import type { Tables } from '../../store/tables.ts';

/** Somebody outside who is to say that a drill has reached him: a SIEM, a pager, a person. */
export interface Receipt {
  readonly id: string;
  /** As the drill calls him, such as `Splunk`. */
  readonly expect: string;
  readonly createdAt: number;
  readonly confirmedAt: number | null;
  readonly confirmedBy: string | null;
}

interface KeptReceipt extends Receipt {
  readonly key: string;
}

const SETTING = 'drill-receipts';
/** The oldest go first. */
const MOST = 200;
const LONGEST_NAME = 100;

type Context = Pick<ChainContext, 'store' | 'clock' | 'ids'>;

/** Asks for a receipt; whoever shows the key confirms it. */
export async function expectReceipt({ store, clock, ids }: Context, expect: string): Promise<KeptReceipt> {
  const receipt: KeptReceipt = {
    id: ids.uuid(),
    key: ids.hex(32),
    expect: tidy(expect),
    createdAt: clock.now(),
    confirmedAt: null,
    confirmedBy: null,
  };
  await store.write(async (tx) => {
    const others = await kept(tx.db);
    await keepSetting(tx, SETTING, JSON.stringify([...others, receipt].slice(-MOST)));
  });
  return receipt;
}

/** Undefined where there is no such receipt. */
export async function receiptOf(db: Kysely<Tables>, id: string): Promise<Receipt | undefined> {
  const found = (await kept(db)).find((one) => one.id === id);
  return found && shown(found);
}

/** The same for whoever shows the right key. */
export async function receiptFor(db: Kysely<Tables>, id: string, key: string): Promise<Receipt | undefined> {
  const found = (await kept(db)).find((one) => one.id === id);
  return found && isSame(found.key, key) ? shown(found) : undefined;
}

/** Of several words the first one stands. Undefined where id and key do not belong together. */
export function confirmReceipt(
  { store, clock }: Context,
  { id, key, by }: { id: string; key: string; by: string },
): Promise<Receipt | undefined> {
  return store.write(async (tx) => {
    const all = await kept(tx.db);
    const found = all.find((one) => one.id === id);
    if (!found || !isSame(found.key, key)) return undefined;
    if (found.confirmedAt !== null) return shown(found);
    const confirmed = { ...found, confirmedAt: clock.now(), confirmedBy: tidy(by) || found.expect };
    await keepSetting(tx, SETTING, JSON.stringify(all.map((one) => (one === found ? confirmed : one))));
    return shown(confirmed);
  });
}

const kept = async (db: Kysely<Tables>): Promise<readonly KeptReceipt[]> =>
  JSON.parse((await settingOf(db, SETTING)) ?? '[]') as KeptReceipt[];

const shown = ({ key: _, ...receipt }: KeptReceipt): Receipt => receipt;

function isSame(right: string, given: string): boolean {
  const [a, b] = [Buffer.from(right), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}

const tidy = (name: string): string =>
  name
    .replace(/[\p{Cc}\p{Z}]+/gu, ' ')
    .trim()
    .slice(0, LONGEST_NAME);
