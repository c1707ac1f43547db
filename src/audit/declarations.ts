import { z } from 'zod';
import { BENCHMARKS, DEFAULT_BENCHMARK } from './controls/benchmark.ts';
import { findJudged, slugOf } from './controls/judged-control.ts';
import { StateError } from './state.ts';

/**
 * What an audit cannot read from an account, because people know it: which other means rings there, when
 * a drill last proved it, and which findings somebody has accepted for a time.
 */

const line = z.string().min(1).max(1_000);
const instant = z.iso.datetime({ offset: true, message: 'expected a time such as 2026-03-01T09:00:00Z' });
const accounts = z
  .array(z.string().regex(/^\d{12}$/, 'expected twelve digits'))
  .min(1)
  .max(100_000);
const controls = z.array(line).min(1).max(100);

const drill = z.strictObject({
  /** When the event was made. */
  at: instant,
  /** When a person saw the ring; absent while nobody has. */
  confirmedAt: instant.optional(),
  confirmedBy: line.optional(),
  eventId: line.optional(),
});

const declarations = z.strictObject({
  means: z
    .array(
      z.strictObject({
        /** What rings, such as `Splunk` or `Trailbell in account 444455556666`. */
        name: line,
        /** Controls that it rings for, by any of their names; all where absent. */
        controls: controls.optional(),
        accounts: accounts.optional(),
        /** For how many days a confirmed drill holds. */
        validDays: z.number().int().min(1).max(400).default(30),
        drills: z.array(drill).max(10_000).default([]),
      }),
    )
    .max(1_000)
    .default([]),
  exceptions: z
    .array(
      z.strictObject({
        control: line,
        accounts: accounts.optional(),
        owner: line,
        reason: line,
        expires: instant,
      }),
    )
    .max(10_000)
    .default([]),
});

export type Declarations = z.output<typeof declarations>;
export type DeclaredMeans = Declarations['means'][number];
export type DeclaredException = Declarations['exceptions'][number];

/**
 * Reads a file of declared means and exceptions.
 * @throws StateError with the places that are wrong
 */
export function readDeclarations(value: unknown): Declarations {
  const read = declarations.safeParse(value);
  if (!read.success) {
    const told = read.error.issues
      .slice(0, 5)
      .map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`);
    throw new StateError(told.join('; '));
  }
  const { means, exceptions } = read.data;
  for (const name of [...means.flatMap((each) => each.controls ?? []), ...exceptions.map(({ control }) => control)])
    slugNamed(name);
  return read.data;
}

/** The slug of a control by whatever name; a number is one of 5.0.0 where that has it. */
function slugNamed(name: string): string {
  for (const benchmark of [DEFAULT_BENCHMARK, ...BENCHMARKS]) {
    const found = findJudged(name, benchmark);
    if (!('problem' in found)) return slugOf(found);
  }
  throw new StateError(`There is no control "${name}"`);
}

const applies = (
  given: { controls?: readonly string[] | undefined; accounts?: readonly string[] | undefined },
  slug: string,
  account: string,
): boolean =>
  (given.controls?.some((name) => slugNamed(name) === slug) ?? true) && (given.accounts?.includes(account) ?? true);

/** The means declared for a control in an account. */
export const meansFor = ({ means }: Declarations, slug: string, account: string): readonly DeclaredMeans[] =>
  means.filter((each) => applies(each, slug, account));

/** The exception for a control in an account that has not expired. */
export const exceptionFor = (
  { exceptions }: Declarations,
  slug: string,
  account: string,
  now: number,
): DeclaredException | undefined =>
  exceptions.find(
    (each) =>
      applies({ controls: [each.control], accounts: each.accounts }, slug, account) && Date.parse(each.expires) > now,
  );

const DAY = 86_400_000;

/** The newest drill that somebody confirmed, if it still holds at `now`. */
export function freshDrill(
  { drills, validDays }: DeclaredMeans,
  now: number,
): DeclaredMeans['drills'][number] | undefined {
  const confirmed = drills.filter(({ at, confirmedAt }) => {
    if (confirmedAt === undefined) return false;
    const seen = Date.parse(confirmedAt);
    return Date.parse(at) <= seen && seen <= now && seen > now - validDays * DAY;
  });
  return confirmed.sort((a, b) => Date.parse(b.confirmedAt ?? '') - Date.parse(a.confirmedAt ?? ''))[0];
}
