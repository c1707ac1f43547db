import { lastUseSentence, type RootDiary, type SessionVerdict } from '../../trail/diary/root-diary.ts';
import { accountPhrase } from '../../trail/principal.ts';
import type { Terminal } from '../terminal.ts';
import { count } from './progress.ts';
import { iso } from './scan-json.ts';
import { counted, minute } from './scan-text.ts';

/** Sessions and accounts that are listed on a terminal, the latest ones. */
const LISTED = 20;

/** The diary for people: when root was last used, each session with its verdict, and what to use instead. */
export function diaryText(diary: RootDiary, colors: Terminal['colors']): string {
  const { entries, accounts, tasksAsOf } = diary;
  const lines = ['', colors.bold(`Root diary. ${lastUseSentence(diary)}`)];
  if (accounts.length > 1) {
    for (const { account, sessions, daysSince } of accounts.slice(0, LISTED)) {
      const ago = daysSince === 0 ? 'today' : `${counted(daysSince, 'day')} ago`;
      lines.push(`  ${accountPhrase(account)}  ${counted(sessions, 'session')}, last used ${ago}`);
    }
    if (accounts.length > LISTED) lines.push(`  … and ${count(accounts.length - LISTED)} more accounts`);
  }
  for (const { from, headline, verdict, reasons, instead, behind } of entries.slice(-LISTED)) {
    lines.push(`  ${minute(from)}  ${headline}`);
    if (behind) lines.push(`                    taken by ${behind}`);
    lines.push(`                    ${toned(verdict, colors)}: ${reasons.join('; ')}`);
    lines.push(`                    instead: ${instead.join('; ')}`);
  }
  if (entries.length > LISTED) lines.push(`  … and ${count(entries.length - LISTED)} earlier ones (--json has all)`);
  if (entries.length > 0) lines.push(`  By AWS's list of tasks that require root, as of ${tasksAsOf}.`);
  return lines.join('\n');
}

function toned(verdict: SessionVerdict, colors: Terminal['colors']): string {
  if (verdict === 'needs root') return colors.green(verdict);
  return verdict === 'unknown' ? colors.yellow(verdict) : colors.red(verdict);
}

/** The `diary` member of the JSON. */
export function diaryJson({ tasksAsOf, lastUse, daysSince, accounts, entries }: RootDiary): object {
  return {
    tasksAsOf,
    lastUse: iso(lastUse ?? undefined),
    daysSince,
    accounts: accounts.map((account) => ({ ...account, lastUse: iso(account.lastUse) })),
    sessions: entries.map(({ from, to, ...entry }) => ({ from: iso(from), to: iso(to), ...entry })),
  };
}
