import type { Tx } from '../../store/writer.ts';
import type { ChainContext } from '../context.ts';

/** A while in which mails about one thing to one subscription wait for each other. */
export interface MailWindow {
  readonly endsAt: number;
  /** Milliseconds that it lasts. */
  readonly span: number;
  /** Mails that left at once in it. */
  readonly sent: number;
  /** Mails that wait for its end. */
  readonly held: number;
}

/** The first window is short; while more comes in every one, the next is twice as long. A drill waits longer than any. */
const FIRST_SPAN = 10_000;
const LONGEST_SPAN = 240_000;
/** Of an alarm only the first ring leaves at once; of what others publish, which says many things, more may. */
const AT_ONCE = { ring: 1, message: 10 } as const;

/** Where a mail falls. */
export interface Placed {
  readonly window: MailWindow;
  /** When it leaves, if not at once: with all others that wait for the same. */
  readonly heldUntil?: number;
}

/**
 * Places a mail in the window that runs. The first of all is never held; what is held leaves with the end of the window, and
 * then the next one has begun. A window in which nothing had to wait ends the row: what comes after it is first again.
 */
export function placeMail(running: MailWindow | undefined, kind: keyof typeof AT_ONCE, now: number): Placed {
  const window = windowAt(running, now);
  if (window.sent < AT_ONCE[kind]) return { window: { ...window, sent: window.sent + 1 } };
  return { window: { ...window, held: window.held + 1 }, heldUntil: window.endsAt };
}

function windowAt(running: MailWindow | undefined, now: number): MailWindow {
  const fresh = { endsAt: now + FIRST_SPAN, span: FIRST_SPAN, sent: 0, held: 0 };
  if (!running || isFromAhead(running, now)) return fresh;
  if (now < running.endsAt) return running;
  const span = Math.min(running.span * 2, LONGEST_SPAN);
  const endsAt = running.endsAt + span;
  if (running.held === 0 || now >= endsAt) return fresh;
  // What waited leaves as the mail of this window.
  return { endsAt, span, sent: AT_ONCE.message, held: 0 };
}

/** Whether it was begun by a clock that has been set back since. */
const isFromAhead = ({ endsAt, span }: MailWindow, now: number): boolean => endsAt - now > span;

const GROUP = 'mail:';
/** The group of deliveries that leave as one mail. */
export const mailGroup = (about: string): string => `${GROUP}${about}`;
export const isMailGroup = (groupId: string | null): boolean => groupId?.startsWith(GROUP) ?? false;

/** Windows that nothing can be held by any more. */
export function sweepMailWindows(ctx: ChainContext): Promise<void> {
  return ctx.store.write(async ({ db }) => {
    const over = ctx.clock.now() - 2 * LONGEST_SPAN;
    await db.deleteFrom('mail_windows').where('ends_at', '<', over).execute();
  });
}

/** Rows of one statement: far below the parameters that either database takes. */
const ROWS_AT_ONCE = 500;

/** What mails are about, that may wait for each other. */
export interface MailSubject {
  readonly kind: keyof typeof AT_ONCE;
  /** The ARN of the alarm; empty for what others publish. */
  readonly about: string;
}

/**
 * Gives each of the subscriptions its place for one more mail.
 * @returns until when those wait that have to
 */
export async function placeMails(
  tx: Tx,
  subscriptionIds: readonly string[],
  { kind, about }: MailSubject,
  now: number,
): Promise<ReadonlyMap<string, number>> {
  const held = new Map<string, number>();
  for (let from = 0; from < subscriptionIds.length; from += ROWS_AT_ONCE) {
    const ids = subscriptionIds.slice(from, from + ROWS_AT_ONCE);
    const rows = await tx.db
      .selectFrom('mail_windows')
      .selectAll()
      .where('about', '=', about)
      .where('subscription_id', 'in', ids)
      .execute();
    const running = new Map(
      rows.map(({ subscription_id, ends_at, ...row }) => [subscription_id, { ...row, endsAt: ends_at }]),
    );
    await freeHeld(
      tx,
      ids.filter((id) => running.has(id) && isFromAhead(running.get(id)!, now)),
      about,
      now,
    );
    const placed = ids.map((id) => ({ id, ...placeMail(running.get(id), kind, now) }));
    for (const { id, heldUntil } of placed) if (heldUntil !== undefined) held.set(id, heldUntil);
    await tx.db
      .insertInto('mail_windows')
      .values(
        placed.map(({ id, window: { endsAt, ...rest } }) => ({ subscription_id: id, about, ends_at: endsAt, ...rest })),
      )
      .onConflict((conflict) =>
        conflict.columns(['subscription_id', 'about']).doUpdateSet((eb) => ({
          ends_at: eb.ref('excluded.ends_at'),
          span: eb.ref('excluded.span'),
          sent: eb.ref('excluded.sent'),
          held: eb.ref('excluded.held'),
        })),
      )
      .execute();
  }
  return held;
}

/** Lets mails go whose window ends at a time that no longer comes soon. */
async function freeHeld(tx: Tx, subscriptionIds: readonly string[], about: string, now: number): Promise<void> {
  if (subscriptionIds.length === 0) return;
  await tx.db
    .updateTable('deliveries')
    .set({ due_at: now })
    .where('subscription_id', 'in', subscriptionIds)
    .where('status', '=', 'waiting')
    .where('group_id', '=', mailGroup(about))
    .where('due_at', '>', now)
    .execute();
}
