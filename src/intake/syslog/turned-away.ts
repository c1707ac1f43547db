import type { ChainContext } from '../../chain/context.ts';

/** Why a connection was not taken: its address, too many of them, or TLS. */
export type TurnedAwayReason = 'network' | 'full' | 'tls';

/** Between two lines of the log about the same reason: strangers must not fill it. */
const QUIET = 60_000;

const SAYS: Readonly<Record<TurnedAwayReason, string>> = {
  network: 'A syslog sender was turned away: intakes.syslog.allow has no network of its address',
  full: 'A syslog sender was turned away: there are as many connections as may be',
  tls: 'A syslog sender was turned away: TLS could not be agreed on',
};

/** Counts connections that were not taken, and tells of them now and then. */
export class TurnedAway {
  readonly #context: Pick<ChainContext, 'clock' | 'log'>;
  readonly #counts: Record<TurnedAwayReason, number> = { network: 0, full: 0, tls: 0 };
  readonly #told = new Map<TurnedAwayReason, { readonly at: number; readonly count: number }>();

  constructor(context: Pick<ChainContext, 'clock' | 'log'>) {
    this.#context = context;
  }

  note(reason: TurnedAwayReason, fields: object): void {
    const { clock, log } = this.#context;
    const now = clock.now();
    this.#counts[reason] += 1;
    const told = this.#told.get(reason);
    if (told && Math.abs(now - told.at) < QUIET) return;
    const count = this.#counts[reason];
    log.warn({ ...fields, since: count - (told?.count ?? 0) }, SAYS[reason]);
    this.#told.set(reason, { at: now, count });
  }

  /** Since the start. */
  counts(): Readonly<Record<TurnedAwayReason, number>> {
    return this.#counts;
  }
}
