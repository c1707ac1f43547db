import { createHash } from 'node:crypto';
import { escaped } from '../../../audit/report/markup.ts';
import { lastUseSentence, type RootDiary } from '../../../trail/diary/root-diary.ts';
import type { Verification } from '../../../trail/digest/verify-archive.ts';
import { headline } from '../../../trail/headline.ts';
import { accountPhrase } from '../../../trail/principal.ts';
import type { SearchFindings, ShownEvent } from '../../../trail/search/archive-search.ts';
import { count, megabytes } from '../progress.ts';
import type { SearchRule } from '../rules.ts';
import type { Skipped } from '../run-search.ts';
import { counted, minute } from '../scan-text.ts';
import { chainName, chainSentence, problemText } from '../verification-text.ts';
import { STYLE } from './style.ts';
import { timeline } from './timeline.ts';

/** Everything that a report tells. */
export interface ScanReport {
  /** When it was made, in milliseconds, and by which version. */
  readonly at: number;
  readonly version: string;
  /** The command line that comes to the same. */
  readonly command: string;
  readonly paths: readonly string[];
  readonly accounts: readonly string[];
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly benchmark: string;
  readonly unique: boolean;
  readonly seconds: number;
  readonly rules: readonly SearchRule[];
  readonly findings: SearchFindings;
  readonly skipped: Skipped;
  readonly verification: Verification | undefined;
  readonly diary: RootDiary | undefined;
}

/** The most rows of a table; the page must open everywhere. What more there is, is counted. */
const MOST = 500;

/** One page that needs nothing from elsewhere and runs nothing: it may be filed, printed, and opened in ten years. */
export function htmlReport(report: ScanReport): string {
  const hash = createHash('sha256').update(STYLE).digest('base64');
  const when = `${minute(report.at)} UTC`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'">
<title>Search of CloudTrail, ${when}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Search of CloudTrail</h1>
<p class="soft">${when}, Trailbell ${escaped(report.version)}</p>
${answer(report)}
<h2>What was searched</h2>
${searched(report)}
<h2>Is it what CloudTrail delivered?</h2>
${integrity(report.verification)}
<h2>Findings</h2>
${findingsTable(report)}
${picture(report)}
${diarySection(report.diary)}
${sessionSection(report)}
${eventSection(report)}
${errorSection(report)}
<h2>How to repeat it</h2>
<pre>${escaped(report.command)}</pre>
${patterns(report)}
<footer>Made from the files named above by the patterns named above. A control that matched nothing says that these
files hold no such event, no more.</footer>
</main>
</body>
</html>
`;
}

function answer({ findings, rules, verification, diary }: ScanReport): string {
  const matched = rules.filter((_, i) => findings.rules[i]!.matches > 0);
  const root = rules.findIndex(({ control }) => control?.slug === 'root-usage');
  const isUnread = findings.errors.length > 0 || findings.files === 0;
  const lines: string[] = [];
  if (diary && root >= 0) lines.push(lastUseSentence(diary));
  lines.push(`${counted(matched.length, 'rule')} of ${rules.length} matched.`);
  if (findings.errors.length > 0)
    lines.push(`${counted(findings.errors.length, 'file')} could not be read wholly: what they hide is not known.`);
  if (verification?.verdict === 'altered') lines.push('The archive is not as CloudTrail delivered it.');
  const used = root >= 0 ? findings.rules[root]!.matches : undefined;
  const title =
    used === undefined
      ? matched.length > 0
        ? 'Something was found'
        : 'Nothing was found'
      : used > 0
        ? 'Root was used'
        : isUnread
          ? 'No use of root was found in what could be read'
          : 'No use of root was found';
  const isAltered = verification?.verdict === 'altered';
  const tone = (used ?? matched.length) > 0 || isAltered ? 'bad' : isUnread ? 'warn' : 'good';
  return `<div class="answer ${tone}"><strong>${title}</strong>${lines.map((line) => `<p>${escaped(line)}</p>`).join('')}</div>`;
}

function searched(report: ScanReport): string {
  const { findings, skipped, from, to } = report;
  const others = (skipped['other kind'] ?? 0) + (skipped['other service'] ?? 0);
  const span = [
    from === undefined ? 'the beginning' : `${minute(from)} UTC`,
    to === undefined ? 'the end' : `${minute(to - 1)} UTC`,
  ];
  const rows: [string, string][] = [
    ['Where', report.paths.join(', ')],
    [
      'Accounts',
      report.accounts.length > 0 ? report.accounts.map((account) => accountPhrase(account)).join(', ') : 'all',
    ],
    ['Time', `from ${span[0]} to ${span[1]}`],
    [
      'Read',
      `${counted(findings.records, 'record')} in ${counted(findings.files, 'file')}, ${megabytes(findings.bytes)}, in ${report.seconds} s`,
    ],
    [
      'Passed over',
      `${counted(skipped['not selected'] ?? 0, 'file or folder', 'files and folders')} of other accounts or times, ${count(others)} of another kind`,
    ],
    [
      'Repeated deliveries',
      report.unique
        ? 'each event counts once'
        : `count, as they do in metric filters (${count(findings.repeated)} here)`,
    ],
    ['Controls', `of the CIS AWS Foundations Benchmark ${report.benchmark}`],
  ];
  return `<dl>${rows.map(([name, text]) => `<dt>${name}</dt><dd>${escaped(text)}</dd>`).join('')}</dl>`;
}

function integrity(verification: Verification | undefined): string {
  if (!verification)
    return '<p class="soft">Not checked. <code>--verify</code> follows the digests that CloudTrail signs.</p>';
  const { chains, problems, notes } = verification;
  if (chains.length === 0) return '<p class="warn">No digest was found: nothing can be said.</p>';
  const rows = chains.map((chain) => {
    const tone = chain.problems.length > 0 ? 'bad' : chain.proven > 0 ? 'good' : 'warn';
    const gaps = chain.gaps.map(({ from, to }) => `<p>no digest from ${minute(from)} to ${minute(to)}</p>`);
    const doubts = chain.unproven.map(
      ({ file, why }) => `<p class="soft">not proven: ${escaped(file)}: ${escaped(why)}</p>`,
    );
    return `<tr><td>${escaped(chainName(chain))}</td><td><span class="${tone}">${escaped(chainSentence(chain))}</span>${[...gaps, ...doubts].slice(0, 50).join('')}</td></tr>`;
  });
  const listed = problems.slice(0, MOST).map((problem) => `<li>${escaped(problemText(problem))}</li>`);
  return [
    `<div class="scroll"><table><thead><tr><th>Chain of digests</th><th>What it proves</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`,
    listed.length > 0 ? `<ul class="bad">${listed.join('')}</ul>${left(problems.length)}` : '',
    ...notes.map((note) => `<p class="warn">${escaped(note)}</p>`),
  ].join('');
}

function findingsTable({ rules, findings }: ScanReport): string {
  const rows = rules.map((rule, i) => {
    const { matches, unique, first, last, who } = findings.rules[i]!;
    const sessions = findings.sessions.filter((session) => session.rules.has(i)).length;
    const name = rule.control
      ? `<b>${escaped(rule.control.id)} ${escaped(rule.control.slug)}</b><br><span class="soft">${escaped(rule.control.title)}</span>`
      : `<code>${escaped(rule.given)}</code>`;
    const people = who.slice(0, 5).map(([person, times]) => `${escaped(person)} (${count(times)})`);
    if (who.length > people.length) people.push(`and ${count(who.length - people.length)} more`);
    const tone = matches > 0 ? 'bad' : 'good';
    return `<tr><td>${name}</td><td class="number ${tone}" data-is="matches">${matches > 0 ? count(matches) : 'none'}</td><td class="number" data-is="different">${matches > 0 ? count(unique) : ''}</td><td class="number" data-is="sessions">${matches > 0 ? count(sessions) : ''}</td><td class="nowrap" data-is="first">${first === undefined ? '' : minute(first)}</td><td class="nowrap" data-is="last">${last === undefined ? '' : minute(last)}</td><td>${people.join('<br>')}</td></tr>`;
  });
  return `<div class="scroll"><table><thead><tr><th>Rule</th><th class="number">Matches</th><th class="number">Different events</th><th class="number">Sessions</th><th>First (UTC)</th><th>Last (UTC)</th><th class="wide">Who</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function picture({ rules, findings }: ScanReport): string {
  const lanes = rules.map(({ control, given }, i) => ({
    name: control ? `${control.id} ${control.slug}` : given.slice(0, 60),
    isRoot: control?.slug === 'root-usage',
    days: findings.rules[i]!.days,
  }));
  const drawn = timeline(lanes);
  return drawn === '' ? '' : `<h2>When</h2>\n${drawn}`;
}

function diarySection(diary: RootDiary | undefined): string {
  if (!diary || diary.entries.length === 0) return '';
  const rows = diary.entries.slice(-MOST).map(({ from, headline: said, verdict, reasons, instead, behind }) => {
    const tone = verdict === 'needs root' ? 'good' : verdict === 'unknown' ? 'warn' : 'bad';
    const who = behind ? `<p class="soft">taken by ${escaped(behind)}</p>` : '';
    return `<tr><td class="nowrap">${minute(from)}</td><td>${escaped(said)}${who}</td><td><b class="${tone}">${verdict}</b><br>${escaped(reasons.join('; '))}</td><td data-is="instead:">${escaped(instead.join('; '))}</td></tr>`;
  });
  const accounts = diary.accounts.map(
    ({ account, daysSince, sessions }) =>
      `${accountPhrase(account)}: ${counted(sessions, 'session')}, last used ${daysSince === 0 ? 'today' : `${counted(daysSince, 'day')} ago`}`,
  );
  return `<h2>Root diary</h2>
<p>${escaped(lastUseSentence(diary))}</p>
${
  accounts.length > 1
    ? `<ul>${accounts
        .slice(0, MOST)
        .map((line) => `<li>${escaped(line)}</li>`)
        .join('')}</ul>`
    : ''
}
<div class="scroll"><table><thead><tr><th>Began (UTC)</th><th>Sign-in session</th><th>Did it need root?</th><th>What to use instead</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>
<p class="soft">By AWS's list of tasks that require the root user, as of ${diary.tasksAsOf}.</p>${left(diary.entries.length)}`;
}

function sessionSection({ findings, rules, diary }: ScanReport): string {
  const sessions = findings.sessions.filter(({ state }) => !diary || state.principal.kind !== 'root');
  if (sessions.length === 0) return '';
  const rows = sessions.slice(-MOST).map((session) => {
    const matched = [...session.rules].map(
      ([rule, times]) => `${rules[rule]?.control?.id ?? rules[rule]?.given ?? ''} (${count(times)})`,
    );
    return `<tr><td class="nowrap">${minute(session.state.firstAt)}</td><td>${escaped(headline([session.state], 1) ?? '')}</td><td>${escaped(matched.join(', '))}</td></tr>`;
  });
  return `<h2>${diary ? 'Other sign-in sessions' : 'Sign-in sessions'}</h2>
<p class="soft">Made of the events that matched; what else was done in them is not told.</p>
<div class="scroll"><table><thead><tr><th>Began (UTC)</th><th>Session</th><th>Matched</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>${left(sessions.length)}`;
}

function eventSection({ findings: { events, rules: found }, rules }: ScanReport): string {
  if (events.length === 0) return '';
  const total = found.reduce((most, { matches }) => Math.max(most, matches), 0);
  return `<h2>Events</h2>
<p class="soft">${total > events.length ? 'The first of each rule; <code>--events</code> prints all.' : 'All that matched.'}</p>
<div class="scroll"><table><thead><tr><th>Time (UTC)</th><th>Who</th><th>What</th><th>Result</th><th>From</th><th>Rules</th></tr></thead><tbody>${events
    .slice(0, MOST * 4)
    .map((event) => eventRow(event, rules))
    .join('')}</tbody></table></div>`;
}

function eventRow(event: ShownEvent, rules: readonly SearchRule[]): string {
  const { time, account, principal, action, result, sourceAddress, rules: matched, eventId } = event;
  const names = matched
    .map((rule) => rules[rule]?.control?.id ?? rules[rule]?.imported?.title ?? `pattern ${rule + 1}`)
    .join(', ');
  const who = `${principal} of ${accountPhrase(account)}`;
  const what = `${escaped(action)}<br><code class="soft">${escaped(eventId)}</code>`;
  const when = time?.slice(0, 19).replace('T', ' ') ?? 'no readable time';
  const cells = [escaped(who), what, escaped(result), escaped(sourceAddress), escaped(names)];
  return `<tr><td class="nowrap">${when}</td>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}

function errorSection({ findings: { errors } }: ScanReport): string {
  if (errors.length === 0) return '';
  const rows = errors
    .slice(0, MOST)
    .map(({ file, message }) => `<tr><td><code>${escaped(file)}</code></td><td>${escaped(message)}</td></tr>`);
  return `<h2>Not read wholly</h2>
<div class="scroll"><table><thead><tr><th>File</th><th>Why</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>${left(errors.length)}`;
}

function patterns({ rules }: ScanReport): string {
  const items = rules.map(
    ({ control, imported, patterns: own }) =>
      `<dt>${escaped(control ? `${control.id} ${control.slug}` : (imported?.title ?? 'pattern'))}</dt>${own
        .map((pattern) => `<dd><code>${escaped(pattern)}</code></dd>`)
        .join('')}`,
  );
  return `<details><summary>The patterns</summary><dl>${items.join('')}</dl></details>`;
}

const left = (total: number): string => (total > MOST ? `<p class="soft">… and ${count(total - MOST)} more</p>` : '');
