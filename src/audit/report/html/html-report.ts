import type { Finding } from '../../finding.ts';
import type { Hindsight } from '../../hindsight/hindsight.ts';
import { mappingsOf } from '../frameworks.ts';
import { escaped } from '../markup.ts';
import { isOpen, NO_CERTIFICATION, type Report } from '../report.ts';
import { chainPicture } from './chain-picture.ts';
import { STYLE } from './style.ts';

const MOST_DENIALS = 200;
const VERDICTS = ['FAIL', 'UNKNOWN', 'REVIEW', 'PASS'] as const;

/** One page that needs nothing from elsewhere: it may be mailed, kept and opened in ten years. */
export function htmlReport(report: Report): string {
  const { findings, audited } = report;
  const accounts = new Set(audited.map(({ account }) => account)).size;
  const drawn = new Set<string>();
  const sorted = [...findings].sort((a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Would it ring? Trailbell audit of ${accounts} account${accounts === 1 ? '' : 's'}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Would it ring?</h1>
<p class="soft">${new Date(report.at).toISOString().replace('T', ' ').slice(0, 16)} UTC, ${accounts} account${accounts === 1 ? '' : 's'}, Trailbell ${escaped(report.version)}</p>
<ul class="counts">${VERDICTS.map((verdict) => count(findings, verdict)).join('')}</ul>
<h2>Controls</h2>
${sorted.map((finding) => block(finding, report, drawn)).join('\n')}
${(report.hindsights ?? []).map(pastSection).join('\n')}
<h2>Who looked</h2>
${auditedTable(report)}
${denialTable(report)}
${report.notes.map((note) => `<p>${escaped(note)}</p>`).join('\n')}
<footer>${escaped(NO_CERTIFICATION)}</footer>
</main>
</body>
</html>`;
}

function count(findings: readonly Finding[], verdict: Finding['verdict']): string {
  const number = findings.filter((one) => one.verdict === verdict).length;
  return `<li><b>${number}</b><span class="verdict ${verdict}">${verdict}</span></li>`;
}

function block(finding: Finding, report: Report, drawn: Set<string>): string {
  const { verdict, control, name, account, region, benchmark, literal, reason, fix, counterexample, path } = finding;
  const parts: string[] = [];
  if (reason !== '') parts.push(`<p>${escaped(reason)}</p>`);
  parts.push(picture(finding, drawn));
  for (const { link, says, holds } of path.links ?? []) {
    if (holds !== true && says !== '' && says !== reason) parts.push(`<p><b>${escaped(link)}</b> ${escaped(says)}</p>`);
  }
  if (counterexample) {
    const replay = report.replays.find((one) => one.account === account && one.control === control);
    const said = replay ? ` (${replay.says})` : '';
    parts.push(
      `<p><b>Slips through</b>${escaped(said)}</p><pre>${escaped(JSON.stringify(counterexample, null, 1))}</pre>`,
    );
  }
  if (fix !== '') parts.push(`<p><b>What mends it</b></p><pre>${escaped(fix)}</pre>`);
  if (finding.exception) {
    const { owner, reason: why, expires } = finding.exception;
    parts.push(`<p><b>Accepted</b> by ${escaped(owner)} until ${escaped(expires)}: ${escaped(why)}</p>`);
  }
  if (finding.evidence.length > 0) {
    const rows = finding.evidence.map(({ source, about, fact }) => row([source, about, fact])).join('');
    const table = `<table><thead>${head(['Told by', 'About', 'Fact'])}</thead><tbody>${rows}</tbody></table>`;
    parts.push(
      `<details class="evidence"><summary>Evidence: ${finding.evidence.length} facts</summary>${table}</details>`,
    );
  }
  const maps = mappingsOf(name).map(({ framework, requirements }) => `${framework} ${requirements.join(', ')}`);
  parts.push(`<p class="soft">Maps to ${escaped(maps.join('; '))}</p>`);
  const printed =
    literal === 'UNADDRESSED' || literal === verdict ? '' : ` <span class="soft">by its text ${literal}</span>`;
  return `<details${isOpen(finding) ? ' open' : ''}><summary><span class="verdict ${verdict}">${verdict}</span> <b>${escaped(`${control} ${name}`)}</b>${printed} <span class="soft">${escaped(`${account} ${region}, CIS ${benchmark}`)}</span></summary><div>${parts.join('\n')}</div></details>`;
}

/** Members of an organization share one chain: it is drawn where it comes first. */
function picture({ path, control, name, account }: Finding, drawn: Set<string>): string {
  const links = path.links ?? [];
  const key = JSON.stringify(links);
  if (drawn.has(key)) return '<p class="soft">The same chain as drawn above.</p>';
  if (links.length > 0) drawn.add(key);
  const told = links.map(({ link, holds }) => `${link} ${holds === null ? 'unknown' : holds ? 'holds' : 'broken'}`);
  return chainPicture(links, `Chain of ${control} ${name} in ${account}: ${told.join(', ')}`);
}

function pastSection({ account, says, uses }: Hindsight): string {
  const rows = uses.map(({ outcome, session, because }) => row([outcome, session.started, session.sentence, because]));
  return `<h2>Looking back: ${escaped(account)}</h2><p>${escaped(says)}</p>
<table><thead>${head(['Bell', 'Began', 'What happened', 'Because'])}</thead><tbody>${rows.join('')}</tbody></table>`;
}

function auditedTable({ audited }: Report): string {
  const rows = audited.map(({ account, caller, region, endpoint }) => row([account, caller ?? '', region, endpoint]));
  return `<table><thead>${head(['Account', 'Caller', 'Region', 'Endpoint'])}</thead><tbody>${rows.join('')}</tbody></table>`;
}

function denialTable({ denials }: Report): string {
  if (denials.length === 0) return '';
  const shown = denials.slice(0, MOST_DENIALS);
  const rows = shown.map(({ permission, account, region, refusedBy, message }) =>
    row([permission, account, region, refusedBy, message]),
  );
  const rest = denials.length - shown.length;
  return `<h2>What could not be read</h2>
<table><thead>${head(['Permission', 'Account', 'Region', 'Refused by', 'Message'])}</thead><tbody>${rows.join('')}</tbody></table>${rest > 0 ? `<p>And ${rest} more.</p>` : ''}`;
}

const row = (cells: readonly string[]): string =>
  `<tr>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`;
const head = (cells: readonly string[]): string =>
  `<tr>${cells.map((cell) => `<th>${escaped(cell)}</th>`).join('')}</tr>`;
