import type { Clock } from '../../base/clock.ts';
import { type Answer, keptAnswer, keptError } from './answers.ts';
import type { CallName, Calls, Door } from './calls.ts';
import type { Pace } from './pace.ts';
import { type RefusedBy, refusalKind } from './refusal-kind.ts';

/** A call that AWS denied: the permission to ask for, and which layer said no. */
export interface Denial {
  readonly permission: CallName;
  readonly account: string;
  readonly region: string;
  readonly refusedBy: RefusedBy;
  readonly message: string;
}

/** What a call brought. */
export type Outcome<Output> =
  | { readonly kind: 'answer'; readonly output: Output }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unserved' }
  | { readonly kind: 'denied' };

/** Asks one account, keeps to AWS's rates, and remembers what was answered and what was denied. */
export class WatchedDoor {
  /** The account that the door leads to. */
  readonly account: string;
  readonly answers: Answer[] = [];
  readonly denials: Denial[] = [];
  readonly #door: Door;
  readonly #pace: Pace;
  readonly #clock: Clock;
  readonly #keep: boolean;

  /** @param keep whether answers are kept for evidence */
  constructor(account: string, door: Door, pace: Pace, clock: Clock, keep: boolean) {
    this.account = account;
    this.#door = door;
    this.#pace = pace;
    this.#clock = clock;
    this.#keep = keep;
  }

  /**
   * One call. A denial, and trouble that does not pass, come back as `denied`: the audit then knows
   * that it does not know.
   */
  async ask<Name extends CallName>(
    name: Name,
    region: string,
    input: Calls[Name][0],
    owner: string = this.account,
  ): Promise<Outcome<Calls[Name][1]>> {
    const what = { account: this.account, region, call: name, at: new Date(this.#clock.now()).toISOString(), input };
    try {
      const lane = `${this.account}/${region}/${name}`;
      const output = await this.#pace.run(lane, name, () => this.#door.call(name, region, input));
      if (this.#keep) this.answers.push(keptAnswer(what, output));
      return { kind: 'answer', output };
    } catch (error) {
      if (this.#keep) this.answers.push(keptError(what, error));
      const refusal = refusalKind(error);
      if (refusal.kind === 'missing' || refusal.kind === 'unserved') return { kind: refusal.kind };
      const refusedBy = refusal.kind === 'denied' ? refusal.refusedBy : 'unknown';
      const message = (error as Error).message;
      this.denials.push({ permission: name, account: owner, region, refusedBy, message });
      return { kind: 'denied' };
    }
  }

  /** All pages of a listing, up to `most` items; the first refusal ends it. */
  async askAll<Name extends CallName, Item>(
    name: Name,
    region: string,
    input: Calls[Name][0],
    paging: {
      readonly items: (output: Calls[Name][1]) => readonly Item[] | undefined;
      readonly next: (output: Calls[Name][1]) => string | undefined;
      /** Name of the member that takes the token; they differ by service. */
      readonly token: string;
      readonly most?: number;
      /** Ends the listing early when what has been found suffices. */
      readonly enough?: (found: readonly Item[]) => boolean;
    },
    owner: string = this.account,
  ): Promise<Outcome<Item[]>> {
    const found: Item[] = [];
    const most = paging.most ?? 50_000;
    let token: string | undefined;
    do {
      const page = token === undefined ? input : { ...input, [paging.token]: token };
      const outcome = await this.ask(name, region, page, owner);
      if (outcome.kind !== 'answer') return outcome;
      found.push(...(paging.items(outcome.output) ?? []));
      const next = paging.next(outcome.output);
      // A server that gives the same token again would be asked for ever.
      token = next === token ? undefined : next;
    } while (token !== undefined && found.length < most && !paging.enough?.(found));
    return { kind: 'answer', output: found };
  }
}
