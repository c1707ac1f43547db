import { Refusal } from '../base/refusal.ts';
import type { ChainContext } from '../chain/context.ts';
import { unpackItem } from './item.ts';
import type { AnyParcel, AnyReceiver, Outcome } from './receiver.ts';

export interface Resent {
  readonly sent: number;
  readonly refused: number;
}

export interface ResendDeps {
  /** Of the forward. */
  readonly name: string;
  readonly receiver: AnyReceiver;
  readonly send: (parcels: readonly AnyParcel[]) => Promise<Outcome>;
  readonly stopped: () => boolean;
}

/** Records that are sent together; where the receiver refuses them as a whole, each is sent alone. */
const TOGETHER = 100;

/** Of these nobody said which was to blame, so each must be asked for alone. */
const ALONE = 'partly-rejected';

interface Aside {
  readonly row: number;
  readonly parcel: AnyParcel;
}

/**
 * Sends once more what was set aside; what is taken now is no longer set aside.
 * @throws Refusal when the receiver takes nothing now, or the forward stops
 */
export async function resendRefused({ store }: ChainContext, deps: ResendDeps): Promise<Resent> {
  let [sent, refused, last] = [0, 0, 0];
  for (;;) {
    const rows = await store.read
      .selectFrom('forward_refusals')
      .select(['id', 'item', 'reason'])
      .where('forward', '=', deps.name)
      .where('id', '>', last)
      .orderBy('id')
      .limit(TOGETHER)
      .execute();
    if (rows.length === 0) return { sent, refused };
    last = rows.at(-1)?.id ?? last;
    const alone = rows.filter(({ reason }) => reason === ALONE);
    const together = rows.filter(({ reason }) => reason !== ALONE);
    const groups = [together, ...alone.map((row) => [row])].filter(({ length }) => length > 0);
    for (const group of groups) {
      const some = group.flatMap(({ id, item }) => asideOf(id, item, deps.receiver));
      const taken = some.length === 0 ? [] : await takenOf(some, deps);
      sent += taken.length;
      refused += group.length - taken.length;
      if (taken.length > 0) await noteTaken(store, deps.name, taken);
    }
  }
}

/** Nothing where the item cannot be written, or the receiver that is configured now has no use for it. */
function asideOf(row: number, packed: string, receiver: AnyReceiver): Aside[] {
  const item = unpackItem(packed);
  try {
    const text = receiver.encode(item);
    return text === undefined ? [] : [{ row, parcel: { item, text } }];
  } catch {
    return [];
  }
}

/** The rows of those that the receiver takes. */
async function takenOf(some: readonly Aside[], deps: ResendDeps): Promise<number[]> {
  if (deps.stopped()) throw unavailable('the engine is stopping');
  const outcome = await deps.send(some.map(({ parcel }) => parcel));
  if (outcome.result === 'retry') throw unavailable(outcome.text);
  if (outcome.result === 'refused') {
    if (some.length === 1) return [];
    const taken: number[] = [];
    for (const one of some) taken.push(...(await takenOf([one], deps)));
    return taken;
  }
  const { refused = [], again } = outcome;
  if (again && again.waitMs !== 0) throw unavailable(again.text);
  const left = new Set([...refused.map(({ index }) => index), ...(again?.indexes ?? [])]);
  const rest = again
    ? await takenOf(
        again.indexes.map((index) => some[index] as Aside),
        deps,
      )
    : [];
  return [...some.flatMap(({ row }, index) => (left.has(index) ? [] : [row])), ...rest];
}

const unavailable = (text: string): Refusal =>
  new Refusal('ReceiverUnavailable', `Nothing more can be sent now: ${text}`, { status: 503 });

function noteTaken(store: ChainContext['store'], name: string, rows: readonly number[]): Promise<void> {
  return store.write(async ({ db }) => {
    await db.deleteFrom('forward_refusals').where('id', 'in', rows).execute();
    const count = rows.length;
    await db
      .updateTable('forwards')
      .set((counts) => ({ sent: counts('sent', '+', count), refused: counts('refused', '-', count) }))
      .where('name', '=', name)
      .execute();
  });
}
