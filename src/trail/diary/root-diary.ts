import { headline } from '../headline.ts';
import { accountPhrase } from '../principal.ts';
import type { FoundSession } from '../search/session-book.ts';
import { CONSOLE_PAGE, EVERYDAY, ROOT_TASKS, TASKS_AS_OF } from './root-tasks.ts';

export type SessionVerdict = 'needs root' | 'possible by central root access' | 'no need for root' | 'unknown';

/** A sign-in session of root, and whether it had to be one. Times are milliseconds. */
export interface DiaryEntry {
  readonly account: string;
  readonly from: number;
  readonly to: number;
  /** One sentence of who came from where and did what. */
  readonly headline: string;
  readonly verdict: SessionVerdict;
  /** Why, as short clauses. */
  readonly reasons: readonly string[];
  /** What to use instead. */
  readonly instead: readonly string[];
  /** Who took central root access, where the call of AssumeRoot was found. */
  readonly behind: string | null;
}

export interface DiaryAccount {
  readonly account: string;
  readonly sessions: number;
  readonly lastUse: number;
  /** Whole days from the last use to `now`. */
  readonly daysSince: number;
}

export interface RootDiary {
  /** The day of AWS's list of tasks that the verdicts follow. */
  readonly tasksAsOf: string;
  readonly lastUse: number | null;
  readonly daysSince: number | null;
  readonly accounts: readonly DiaryAccount[];
  /** First use first. */
  readonly entries: readonly DiaryEntry[];
}

const DAY = 86_400_000;

/**
 * The uses of root among `sessions`, each with a verdict. `behind` says who obtained an access key by AssumeRoot.
 */
export function rootDiary(
  sessions: readonly FoundSession[],
  now: number,
  behind: (accessKeyId: string) => string | undefined,
): RootDiary {
  const own = sessions.filter(({ state }) => state.principal.kind === 'root');
  const entries = own.map((session) => entryOf(session, behind));
  const accounts = new Map<string, DiaryAccount>();
  for (const { account, to } of entries) {
    const known = accounts.get(account);
    const lastUse = Math.max(known?.lastUse ?? to, to);
    accounts.set(account, { account, sessions: (known?.sessions ?? 0) + 1, lastUse, daysSince: daysTo(now, lastUse) });
  }
  const lastUse = entries.length > 0 ? Math.max(...entries.map(({ to }) => to)) : null;
  return {
    tasksAsOf: TASKS_AS_OF,
    lastUse,
    daysSince: lastUse === null ? null : daysTo(now, lastUse),
    accounts: [...accounts.values()].sort((one, other) => one.daysSince - other.daysSince),
    entries,
  };
}

const daysTo = (now: number, moment: number): number => Math.max(0, Math.floor((now - moment) / DAY));

function entryOf(session: FoundSession, behind: (accessKeyId: string) => string | undefined): DiaryEntry {
  const { state, accessKeys } = session;
  const actor = [...accessKeys].map(behind).find(Boolean) ?? null;
  return {
    account: state.account,
    from: state.firstAt,
    to: state.lastAt,
    headline: headline([state], 1) ?? '',
    ...judged(session),
    behind: state.centralRootAccess ? actor : null,
  };
}

function judged({ state, purposes }: FoundSession): Pick<DiaryEntry, 'verdict' | 'reasons' | 'instead'> {
  const tasks = ROOT_TASKS.filter(({ id }) => purposes.has(id));
  const deeds = (need: string) => [...new Set(tasks.filter((task) => task.need === need).map(({ deed }) => deed))];
  const advice = [...new Set(tasks.map((task) => task.advice))];
  const everyday = purposes.get(EVERYDAY) ?? 0;
  const beside = everyday > 0 ? [`${counted(everyday, 'call')} that any administrator can make`] : [];
  if (state.centralRootAccess) {
    return {
      verdict: 'possible by central root access',
      reasons: ['it was done so', ...deeds('root'), ...deeds('central')],
      instead: ['nothing better: keep who may call sts:AssumeRoot few'],
    };
  }
  if (deeds('root').length > 0)
    return { verdict: 'needs root', reasons: [...deeds('root'), ...deeds('central'), ...beside], instead: advice };
  if (deeds('central').length > 0) {
    return { verdict: 'possible by central root access', reasons: [...deeds('central'), ...beside], instead: advice };
  }
  const pages = purposes.get(CONSOLE_PAGE) ?? 0;
  if (deeds('unknown').length > 0 || pages > 0) {
    const opened = pages > 0 ? [`opened ${counted(pages, 'page')} of the console that only sometimes need root`] : [];
    const billing = pages > 0 ? ['activate IAM access to billing once; then a role can open these pages'] : [];
    return {
      verdict: 'unknown',
      reasons: [...deeds('unknown'), ...opened, ...beside],
      instead: [...advice, ...billing],
    };
  }
  if (everyday > 0) {
    return {
      verdict: 'no need for root',
      reasons: beside,
      instead: [`a role, by IAM Identity Center, with the rights for ${services(state.topActions)}`],
    };
  }
  if (state.signIns === 0 && state.triedAndFailed > 0) {
    return {
      verdict: 'unknown',
      reasons: ['nobody got in'],
      instead: ['find out who tried, and change the password if nobody says so'],
    };
  }
  return {
    verdict: 'unknown',
    reasons: ['signed in, and left no other record'],
    instead: ['ask who it was, and what for'],
  };
}

/** `iam, ec2 and s3` of what was called most. */
function services(actions: FoundSession['state']['topActions']): string {
  const names = [...new Set(actions.map(([action]) => action.split(' ')[0] ?? ''))].filter(Boolean).slice(0, 4);
  const last = names.pop() ?? 'what it does';
  return names.length > 0 ? `${names.join(', ')} and ${last}` : last;
}

const counted = (n: number, thing: string): string => `${n} ${thing}${n === 1 ? '' : 's'}`;

/** How long root was left alone, in a sentence. */
export function lastUseSentence({ lastUse, daysSince, accounts }: RootDiary): string {
  if (lastUse === null) return 'Root was not used in what was searched.';
  const day = new Date(lastUse).toISOString().slice(0, 10);
  const where = accounts.length === 1 ? ` of ${accountPhrase(accounts[0]!.account)}` : '';
  const ago = daysSince === 0 ? 'today' : `${counted(daysSince!, 'day')} ago`;
  return `Root${where} was last used on ${day}, ${ago}.`;
}
