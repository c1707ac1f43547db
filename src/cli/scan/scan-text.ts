import { happeningOf } from '../../trail/happening.ts';
import { headline } from '../../trail/headline.ts';
import { accountPhrase, principalPhrase } from '../../trail/principal.ts';
import type { FoundEvent, SearchFindings } from '../../trail/search/archive-search.ts';
import type { RuleFindings } from '../../trail/search/rule-tally.ts';
import type { Terminal } from '../terminal.ts';
import { count, megabytes } from './progress.ts';
import type { SearchRule } from './rules.ts';
import type { Skipped } from './run-search.ts';

export interface ScanText {
  readonly findings: SearchFindings;
  readonly rules: readonly SearchRule[];
  readonly benchmark: string;
  readonly seconds: number;
  readonly skipped: Skipped;
  readonly colors: Terminal['colors'];
  /** The sessions of root are told by a diary. */
  readonly isDiary?: boolean;
}

/** People and sessions that are listed; the report has the rest. */
const WHO = 3;
const ERRORS = 20;
const SESSIONS = 10;

/** What a search came to, for people: what was read, each rule with who and when, sessions, what could not be read. */
export function scanText(scan: ScanText): string {
  const { rules, findings } = scan;
  const lines = [searched(scan), ''];
  rules.forEach((rule, i) => {
    lines.push(...ruleLines(scan, rule, findings.rules[i]!, i));
  });
  lines.push(...sessionLines(scan), ...notes(scan), ...errorLines(scan));
  return lines.join('\n');
}

function searched({ findings, rules, benchmark, seconds, colors }: ScanText): string {
  const { records, files, bytes } = findings;
  const what = `${counted(records, 'record')} in ${counted(files, 'file')} (${megabytes(bytes)}) searched in ${seconds} s`;
  const controls = rules.some(({ control }) => control) ? `; controls of the CIS benchmark ${benchmark}` : '';
  return `${colors.bold(what)}${controls}`;
}

function ruleLines({ findings, colors }: ScanText, rule: SearchRule, found: RuleFindings, at: number): string[] {
  const name = rule.control ? `${rule.control.id.padEnd(5)} ${rule.control.slug}` : rule.given;
  if (found.matches === 0) return [`${colors.green('✓')} ${name.padEnd(40)} none`];
  const repeats = found.repeated > 0 ? `, ${count(found.repeated)} of them repeated` : '';
  const lines = [`${colors.red('✗')} ${name.padEnd(40)} ${counted(found.matches, 'match', 'matches')}${repeats}`];
  const when = [found.first, found.last].map((time) => (time === undefined ? undefined : minute(time)));
  const sessions = findings.sessions.filter((session) => session.rules.has(at)).length;
  const seen = found.who.slice(0, WHO).map(([who, times]) => `${who} (${count(times)})`);
  const more = found.who.length - seen.length;
  if (when[0]) {
    const span = when[0] === when[1] ? when[0] : `${when[0]} to ${when[1]}`;
    lines.push(`        ${span}, ${counted(sessions, 'sign-in session')}`);
  }
  lines.push(`        by ${seen.join(', ')}${more > 0 ? ` and ${count(more)} more` : ''}`);
  if (found.rings !== undefined) lines.push(`        would have rung ${counted(found.rings, 'time')}`);
  return lines;
}

/** The sessions of root, and of what the user asked for: those are what one wants to know singly. */
function sessionLines({ findings, rules, isDiary }: ScanText): string[] {
  const told = rules.flatMap(({ control }, i) => (!control || (control.slug === 'root-usage' && !isDiary) ? [i] : []));
  const sessions = findings.sessions.filter((session) => told.some((rule) => session.rules.has(rule)));
  if (sessions.length === 0) return [];
  const shown = sessions.slice(-SESSIONS);
  const lines = shown.map(({ state }) => `  ${minute(state.firstAt)}  ${headline([state], 1)}`);
  if (sessions.length > shown.length) lines.unshift(`  … and ${count(sessions.length - shown.length)} earlier ones`);
  const title = told.some((rule) => !rules[rule]?.control) ? 'Sign-in sessions' : 'Sign-in sessions of root';
  return ['', `${title}:`, ...lines];
}

function notes({ findings, skipped, colors }: ScanText): string[] {
  const lines: string[] = [];
  if (findings.repeated > 0) lines.push(`${counted(findings.repeated, 'match', 'matches')} of events delivered before`);
  const others = (skipped['other kind'] ?? 0) + (skipped['other service'] ?? 0);
  if (others > 0) lines.push(`${counted(others, 'file or folder', 'files and folders')} of another kind passed over`);
  if (skipped['not selected']) {
    const passed = counted(skipped['not selected'], 'file or folder', 'files and folders');
    lines.push(`${passed} of other accounts or times passed over`);
  }
  if (findings.files === 0 && findings.errors.length === 0) lines.push('no file was read: nothing can be said of them');
  return lines.length > 0 ? ['', ...lines.map((line) => `${colors.yellow('!')} ${line}`)] : [];
}

function errorLines({ findings, colors }: ScanText): string[] {
  const { errors } = findings;
  if (errors.length === 0) return [];
  const shown = errors.slice(0, ERRORS).map(({ file, message }) => `  ${file}: ${message}`);
  const more = errors.length - shown.length;
  if (more > 0) shown.push(`  … and ${count(more)} more (--json has all)`);
  const title = `${counted(errors.length, 'file')} could not be read wholly; what was readable counts`;
  return ['', `${colors.red('✗')} ${title}:`, ...shown];
}

/** A match on one line. */
export function eventLine({ text, rules: matching, file }: FoundEvent, rules: readonly SearchRule[]): string {
  const { time, principal, account, action, result, sourceAddress } = happeningOf(JSON.parse(text));
  const names = matching.map((rule) => rules[rule]?.control?.id ?? rules[rule]?.given ?? '');
  const when = time === undefined ? '?'.padEnd(20) : `${new Date(time).toISOString().slice(0, 19)}Z`;
  const who = `${principalPhrase(principal)} of ${accountPhrase(account)}`;
  return [when, who, action, result, sourceAddress ?? '', `[${names.join(', ')}]`, file].join('  ');
}

/** `2026-01-31 09:15` */
export const minute = (time: number): string => new Date(time).toISOString().slice(0, 16).replace('T', ' ');

export function counted(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}
