import type { Kysely, Selectable } from 'kysely';
import { durationOf } from '../../base/duration.ts';
import type { SilencesTable } from '../../store/quiet-tables.ts';
import type { Tables } from '../../store/tables.ts';
import type { ChainContext } from '../context.ts';
import { isSilenced, readMatcher, type Silenceable, type SilenceMatcher } from './silence-matcher.ts';

/** Rings that nobody is told of for a while, because somebody said so. They are kept and shown like all others. */
export interface Silence {
  readonly id: string;
  readonly matcher: SilenceMatcher;
  readonly reason: string;
  readonly owner: string;
  readonly createdAt: number;
  readonly endsAt: number;
}

/** A silence that forgets its end would be a hole; this is long enough for any holiday. */
const LONGEST = 90 * 86_400_000;
const LONGEST_TEXT = 500;
/** Silences that end or have ended are listed for so long. */
const KEPT = 455 * 86_400_000;

const silenceOf = (row: Selectable<SilencesTable>): Silence => ({
  id: row.id,
  matcher: JSON.parse(row.matcher) as SilenceMatcher,
  reason: row.reason,
  owner: row.owner,
  createdAt: row.created_at,
  endsAt: row.ends_at,
});

/**
 * Makes a silence from what a person or a program asks for: `matcher`, `reason`, `owner`, and `until`, a span
 * such as `4h` or an ISO time. What is wrong comes back as a sentence.
 */
export async function createSilence(
  ctx: ChainContext,
  wish: Readonly<Record<string, unknown>>,
): Promise<Silence | string> {
  const now = ctx.clock.now();
  const matcher = readMatcher(wish.matcher);
  if (typeof matcher === 'string') return matcher;
  const reason = textOf(wish.reason);
  const owner = textOf(wish.owner);
  if (reason === undefined) return `reason says why, in up to ${LONGEST_TEXT} characters`;
  if (owner === undefined) return `owner says who answers for it, in up to ${LONGEST_TEXT} characters`;
  const endsAt = endOf(wish.until, now);
  if (endsAt === undefined) return 'until is a span such as 30m, 4h or 2d, or a time such as 2026-03-04T12:00:00Z';
  if (endsAt <= now) return 'until is over already';
  if (endsAt > now + LONGEST) return 'until is more than 90 days away';
  const silence = { id: ctx.ids.uuid(), matcher, reason, owner, createdAt: now, endsAt };
  await ctx.store.write(async ({ db }) => {
    const row = { id: silence.id, matcher: JSON.stringify(matcher), reason, owner, created_at: now, ends_at: endsAt };
    await db.insertInto('silences').values(row).execute();
  });
  return silence;
}

/** Ends a silence now. @returns whether it was in force */
export function endSilence(ctx: ChainContext, id: string): Promise<boolean> {
  return ctx.store.write(async ({ db }) => {
    const now = ctx.clock.now();
    const { numUpdatedRows } = await db
      .updateTable('silences')
      .set({ ends_at: now })
      .where('id', '=', id)
      .where('ends_at', '>', now)
      .executeTakeFirst();
    return Number(numUpdatedRows) > 0;
  });
}

/** Those in force, or all that are remembered; the one that ends last first. */
export async function listSilences(db: Kysely<Tables>, now: number, all = false): Promise<Silence[]> {
  let query = db.selectFrom('silences').selectAll().orderBy('ends_at', 'desc').limit(1_000);
  if (!all) query = query.where('ends_at', '>', now);
  return (await query.execute()).map(silenceOf);
}

/** The silence that a ring falls under, if any: the one that was made first. */
export async function silenceOver(db: Kysely<Tables>, ring: Silenceable, now: number): Promise<Silence | undefined> {
  const inForce = await listSilences(db, now);
  return inForce.toSorted((a, b) => a.createdAt - b.createdAt).find(({ matcher }) => isSilenced(matcher, ring));
}

export function sweepSilences(ctx: ChainContext): Promise<void> {
  return ctx.store.write(async ({ db }) => {
    await db
      .deleteFrom('silences')
      .where('ends_at', '<', ctx.clock.now() - KEPT)
      .execute();
  });
}

function textOf(given: unknown): string | undefined {
  const text = typeof given === 'string' ? given.replace(/\p{Cc}+/gu, ' ').trim() : '';
  return text === '' || text.length > LONGEST_TEXT ? undefined : text;
}

function endOf(given: unknown, now: number): number | undefined {
  if (typeof given !== 'string') return undefined;
  const span = durationOf(given);
  if (span !== undefined) return now + span;
  // Without its offset it would end hours early or late, by the time zone of this machine.
  const at = /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(given) ? Date.parse(given) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}
