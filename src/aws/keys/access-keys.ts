import type { Clock } from '../../base/clock.ts';
import type { Ids } from '../../base/ids.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Store } from '../../store/store.ts';
import type { KeyRecord, KeyRing } from '../wire/sigv4.ts';
import { checkedOperations } from './allowed-operations.ts';
import { seal, unseal } from './sealed-secret.ts';

/** A key as it is listed: everything but its secret. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly account: string;
  /** Undefined allows everything. */
  readonly operations: readonly string[] | undefined;
  readonly note: string | null;
  readonly createdAt: number;
  readonly revokedAt: number | null;
}

export interface NewAccessKey {
  /** Twelve digits. */
  readonly account: string;
  readonly operations?: readonly string[] | undefined;
  /** What it is for. */
  readonly note?: string | undefined;
}

export interface AccessKeysSettings {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  /** 32 bytes, of `loadKeyFile`. */
  readonly key: Uint8Array;
}

/** How long a looked-up key is believed: a revocation in another process counts after this at the latest. */
const BELIEVED_FOR = 2_000;
/** Bounds what made-up key ids can occupy. */
const MOST_REMEMBERED = 1_000;
const LONGEST_NOTE = 256;

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const SECRET_BYTES = 30;

/** The access keys of the gateway, kept in the store with their secrets encrypted. */
export class AccessKeys implements KeyRing {
  readonly #settings: AccessKeysSettings;
  readonly #remembered = new Map<string, { readonly until: number; readonly record: KeyRecord | undefined }>();

  constructor(settings: AccessKeysSettings) {
    this.#settings = settings;
  }

  /** Makes a key. Its secret is in this answer and nowhere else that can be read. */
  async create({ account, operations, note }: NewAccessKey): Promise<AccessKey & { readonly secret: string }> {
    const { store, clock, ids, key } = this.#settings;
    if (!/^\d{12}$/.test(account)) throw new Refusal('ValidationException', 'An account id has twelve digits');
    if (note !== undefined && note.length > LONGEST_NOTE) {
      throw new Refusal('ValidationException', `A note has at most ${LONGEST_NOTE} characters`);
    }
    const accessKeyId = `AKIA${[...Buffer.from(ids.hex(16), 'hex')].map((byte) => BASE32[byte % 32]).join('')}`;
    const secret = Buffer.from(ids.hex(SECRET_BYTES), 'hex').toString('base64');
    const allowed = operations && checkedOperations(operations);
    const row = {
      id: accessKeyId,
      account,
      secret: seal(secret, ownerOf(accessKeyId, account), key, ids),
      operations: allowed ? JSON.stringify(allowed) : null,
      note: note ?? null,
      created_at: clock.now(),
      revoked_at: null,
    };
    await store.write(({ db }) => db.insertInto('access_keys').values(row).execute());
    return { ...listed(row), secret };
  }

  /** All keys, oldest first, revoked ones included. */
  async list(): Promise<AccessKey[]> {
    const { store } = this.#settings;
    const rows = await store.read.selectFrom('access_keys').selectAll().orderBy('created_at').orderBy('id').execute();
    return rows.map(listed);
  }

  /** Ends a key for good. False when there is none of that id. */
  async revoke(accessKeyId: string): Promise<boolean> {
    const { store, clock } = this.#settings;
    const found = await store.write(async ({ db }) => {
      await db
        .updateTable('access_keys')
        .set({ revoked_at: clock.now() })
        .where('id', '=', accessKeyId)
        .where('revoked_at', 'is', null)
        .execute();
      return db.selectFrom('access_keys').select('id').where('id', '=', accessKeyId).executeTakeFirst();
    });
    this.#remembered.delete(accessKeyId);
    return found !== undefined;
  }

  /** The key to verify a signature with; undefined when nobody knows it or it was revoked. */
  async find(accessKeyId: string): Promise<KeyRecord | undefined> {
    const now = this.#settings.clock.now();
    const remembered = this.#remembered.get(accessKeyId);
    if (remembered && now < remembered.until) return remembered.record;
    const record = await this.#read(accessKeyId);
    if (this.#remembered.size >= MOST_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(accessKeyId, { until: now + BELIEVED_FOR, record });
    return record;
  }

  /** The name that a key's caller has in ARNs: its note where that can be a user name, else its id. */
  async userName(accessKeyId: string): Promise<string> {
    const { store } = this.#settings;
    const row = await store.read
      .selectFrom('access_keys')
      .select('note')
      .where('id', '=', accessKeyId)
      .executeTakeFirst();
    return row?.note && /^[\w+=,.@-]{1,64}$/.test(row.note) ? row.note : accessKeyId;
  }

  async #read(accessKeyId: string): Promise<KeyRecord | undefined> {
    const { store, key } = this.#settings;
    const row = await store.read
      .selectFrom('access_keys')
      .selectAll()
      .where('id', '=', accessKeyId)
      .where('revoked_at', 'is', null)
      .executeTakeFirst();
    if (!row) return undefined;
    const { account } = row;
    const secret = unseal(row.secret, ownerOf(accessKeyId, account), key);
    return { accessKeyId, account, secret, ...operationsOf(row.operations) };
  }
}

interface Row {
  readonly id: string;
  readonly account: string;
  readonly operations: string | null;
  readonly note: string | null;
  readonly created_at: number;
  readonly revoked_at: number | null;
}

const listed = (row: Row): AccessKey => ({
  accessKeyId: row.id,
  account: row.account,
  operations: operationsOf(row.operations).operations,
  note: row.note,
  createdAt: row.created_at,
  revokedAt: row.revoked_at,
});

const operationsOf = (text: string | null): { readonly operations?: readonly string[] } =>
  text === null ? {} : { operations: JSON.parse(text) as string[] };

/** What a secret is bound to: the rights of a row must not be had with the secret of another. */
const ownerOf = (accessKeyId: string, account: string): string => `${accessKeyId} ${account}`;
