import type { Clock } from '../../base/clock.ts';
import type { Answer } from '../collect/answers.ts';
import type { Door } from '../collect/calls.ts';
import { type Collected, collectAccount, emptyPart, type Look } from '../collect/collect-account.ts';
import type { Pace } from '../collect/pace.ts';
import { refusalKind } from '../collect/refusal-kind.ts';
import { type Denial, WatchedDoor } from '../collect/watched-door.ts';
import type { Audited } from '../report/report.ts';
import { sideBySide } from './side-by-side.ts';
import type { Target } from './targets.ts';

/** What was read of one account; one line of a `--resume` file. */
export interface AccountReading {
  readonly audited: Audited;
  readonly collected: Collected;
  readonly denials: readonly Denial[];
  readonly answers: readonly Answer[];
  /** False where the account could not be entered at all. */
  readonly entered: boolean;
}

export interface FleetTools {
  readonly clock: Clock;
  readonly pace: Pace;
  /** Opens the way into an account. */
  readonly open: (target: Target) => Door & { close?(): void };
  /** Accounts at a time. */
  readonly width: number;
  readonly keepAnswers: boolean;
  readonly endpoint: string;
  /** What an earlier run has read already. */
  readonly known?: ReadonlyMap<string, AccountReading>;
  /** Told after each account: to save it, and to show progress. */
  readonly onRead?: (reading: AccountReading, done: number, all: number) => void;
}

/** Reads many accounts side by side. An account that cannot be entered stops nobody else. */
export async function collectFleet(
  targets: readonly Target[],
  look: Omit<Look, 'now'>,
  tools: FleetTools,
): Promise<AccountReading[]> {
  let done = 0;
  return sideBySide(targets, tools.width, async (target) => {
    const known = tools.known?.get(target.account);
    const reading = known ?? (await readOne(target, look, tools));
    done += 1;
    if (!known) tools.onRead?.(reading, done, targets.length);
    return reading;
  });
}

async function readOne(target: Target, look: Omit<Look, 'now'>, tools: FleetTools): Promise<AccountReading> {
  const { clock, pace } = tools;
  const way = tools.open(target);
  try {
    const door = new WatchedDoor(target.account, way, pace, clock, tools.keepAnswers);
    const identity = await pace
      .run(`${target.account}/${look.region}/sts:GetCallerIdentity`, 'sts:GetCallerIdentity', () =>
        way.call('sts:GetCallerIdentity', look.region, {}),
      )
      .catch((error: unknown) => ({ error }));
    const audited = (caller: string | null): Audited => ({
      account: target.account,
      caller,
      region: look.region,
      endpoint: tools.endpoint,
    });
    if ('error' in identity) {
      const denials = [entryDenial(target, look.region, identity.error)];
      const collected = { account: target.account, part: emptyPart(), topicOwners: [] };
      return { audited: audited(null), collected, denials, answers: [], entered: false };
    }
    const collected = await collectAccount(door, { ...look, now: clock.now() });
    return {
      audited: audited(identity.Arn ?? null),
      collected,
      denials: door.denials,
      answers: door.answers,
      entered: true,
    };
  } finally {
    way.close?.();
    pace.forget(target.account);
  }
}

function entryDenial({ account }: Target, region: string, error: unknown): Denial {
  const refusal = refusalKind(error);
  const refusedBy = refusal.kind === 'denied' ? refusal.refusedBy : 'unknown';
  return { permission: 'sts:AssumeRole', account, region, refusedBy, message: (error as Error).message };
}
