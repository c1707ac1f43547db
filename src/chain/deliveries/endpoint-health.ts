import type { Tx } from '../../store/writer.ts';
import type { Loaded } from './load.ts';
import type { Verdict } from './record.ts';

/** Before another delivery to a failing endpoint is tried, on top of its rest: the longest an attempt takes. */
const ONE_AT_A_TIME = 15_000;
const LONGEST_TEXT = 300;

/**
 * Keeps with the subscription whether its endpoint takes what it is sent, so that a chain that cannot
 * deliver is shown as one. Writes only where that changes.
 */
export async function noteHealth(tx: Tx, loaded: Loaded, verdict: Verdict, now: number): Promise<void> {
  const { failing, id } = loaded.outgoing.subscription;
  const blame = verdict.result === 'delivered' ? verdict.protest : verdict;
  if (!blame && !failing) return;
  const died = verdict.result === 'dead' ? 1 : 0;
  const text = blame?.text.slice(0, LONGEST_TEXT);
  if (failing && blame?.reason === failing.reason && text === failing.text && died === 0) return;
  await tx.db
    .updateTable('subscriptions')
    .set((eb) =>
      blame
        ? {
            failing_since: eb.fn.coalesce('failing_since', eb.val(now)),
            failing_reason: blame.reason,
            failing_error: text ?? '',
            given_up: eb(eb.fn.coalesce('given_up', eb.val(0)), '+', died),
          }
        : { failing_since: null, failing_reason: null, failing_error: null, given_up: null },
    )
    .where('id', '=', id)
    .execute();
}

/**
 * While an endpoint fails, what else waits for it stays out of the way, so that it is not called in vain
 * time and again, and costs nobody else anything. Once it answers, all of that follows at once.
 * @param rest milliseconds that the endpoint is left alone; 0 after a success
 */
export async function spareEndpoint(
  tx: Tx,
  { row, outgoing, rules }: Loaded,
  rest: number,
  now: number,
): Promise<void> {
  // Under AWS's rules every delivery keeps AWS's times, whatever becomes of the others.
  if (!row.protocol.startsWith('http') || rules.policy || (rest === 0 && !outgoing.subscription.failing)) return;
  const others = tx.db
    .updateTable('deliveries')
    .where('subscription_id', '=', row.subscription_id)
    .where('status', '=', 'waiting')
    .where('id', '!=', row.id);
  if (rest === 0) await others.set({ due_at: now }).where('due_at', '>', now).execute();
  else {
    const until = now + rest + ONE_AT_A_TIME;
    await others.set({ due_at: until }).where('due_at', '<', until).execute();
  }
}
