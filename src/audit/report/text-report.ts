import type { JsonObject } from '../../pattern/index.ts';
import { textAt } from '../../trail/record.ts';
import type { Finding, LinkReport } from '../finding.ts';
import type { Hindsight } from '../hindsight/hindsight.ts';
import { warningText } from '../warnings.ts';
import { NO_CERTIFICATION, type Report } from './report.ts';

/** How parts of a line are coloured; picocolors' own functions, or none. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
}

const MOST_DENIALS = 20;
/** A fleet's passing chains are counted rather than drawn. */
const DRAWN_PASSES = 40;

/** The audit for a terminal: each chain, one line a link, what slips through, and what mends it. */
export function textReport(report: Report, paint: Paint): string {
  const { findings } = report;
  const isLong = findings.length > DRAWN_PASSES;
  const blocks = findings.map((finding) =>
    isLong && finding.verdict === 'PASS' ? lineOf(finding, paint) : blockOf(finding, report, paint),
  );
  return [...blocks, ...(report.hindsights ?? []).map((past) => pastBlock(past, paint)), ...tail(report, paint)].join(
    '\n',
  );
}

function blockOf(finding: Finding, report: Report, paint: Paint): string {
  const lines = [lineOf(finding, paint)];
  for (const link of finding.path.links ?? []) lines.push(linkLine(link, paint));
  if (finding.verdict !== 'PASS') lines.push(`  ${finding.reason}`);
  // The reason of anything else tells the warnings already.
  else for (const warning of finding.warnings) lines.push(`  ${paint.yellow('!')} ${warningText(warning) ?? warning}`);
  if (finding.counterexample) {
    const replay = report.replays.find(
      ({ account, control }) => account === finding.account && control === finding.control,
    );
    const endpoint = report.audited.find(({ account }) => account === finding.account)?.endpoint ?? 'AWS';
    const confirmed = replay?.confirmed ? paint.bold(` (confirmed by ${endpoint})`) : '';
    lines.push(`  slips through${confirmed}: ${eventLine(finding.counterexample)}`);
    // Where an event itself makes the difference, all of it is wanted.
    if (ABOUT_EVENTS.test(finding.brokenLink ?? ''))
      lines.push(paint.dim(`    ${JSON.stringify(finding.counterexample)}`));
    if (replay && !replay.confirmed) lines.push(`  ${paint.yellow('!')} ${replay.says}`);
  }
  for (const { tool, says, why } of finding.scanners ?? [])
    lines.push(paint.dim(`  ${tool} would say ${says}: ${why}`));
  if (finding.exception) {
    const { owner, reason, expires } = finding.exception;
    lines.push(`  accepted by ${owner} until ${expires}: ${reason}`);
  }
  if (finding.fix !== '') lines.push(...`mend: ${finding.fix}`.split('\n').map((line) => `  ${paint.green(line)}`));
  return `${lines.join('\n')}\n`;
}

const ABOUT_EVENTS = /^(T3|F2)$/;

/** `ConsoleLogin (signin.amazonaws.com) by Root in us-east-1` */
function eventLine(event: JsonObject): string {
  const name = textAt(event, 'eventName') ?? 'an event';
  const who = textAt(event, 'userIdentity', 'userName') ?? textAt(event, 'userIdentity', 'type') ?? 'somebody';
  const source = textAt(event, 'eventSource') ?? 'unknown source';
  return `${name} (${source}) by ${who} in ${textAt(event, 'awsRegion') ?? 'a region'}`;
}

function lineOf(finding: Finding, paint: Paint): string {
  const { verdict, control, name, account, region, benchmark, literal } = finding;
  const colour = { PASS: paint.green, FAIL: paint.red, UNKNOWN: paint.yellow, REVIEW: paint.yellow }[verdict];
  const mark = { PASS: '✓', FAIL: '✗', UNKNOWN: '?', REVIEW: '?' }[verdict];
  // Where the text and the meaning part, an auditor will ask.
  const printed = literal === 'UNADDRESSED' || literal === verdict ? '' : `, by its text ${literal}`;
  const where = paint.dim(`${account} ${region}, CIS ${benchmark}`);
  return `${colour(`${mark} ${verdict}`)}${printed} ${paint.bold(`${control} ${name}`)} ${where}`;
}

/** A link that holds is told by its name alone; the others say what is wrong. */
function linkLine({ link, name, holds, broken, says }: LinkReport, paint: Paint): string {
  const mark = holds === null ? paint.yellow('?') : holds ? paint.green('✓') : paint.red('✗');
  const codes = broken.length > 0 ? ` ${paint.dim(`[${broken.join(', ')}]`)}` : '';
  const about = name === null ? '' : shortened(name);
  const said = holds ? '' : says === '' ? paint.dim('not reached') : says;
  return `  ${mark} ${link.padEnd(13)}${[about, said].filter((part) => part !== '').join(': ')}${codes}`;
}

/** An ARN by its last part: the account and region stand in the headline. */
const shortened = (name: string): string =>
  name.startsWith('arn:') ? name.split(':').slice(5).join(':') || name : name;

/** What happened, use by use: whether it rang, and why not. */
function pastBlock({ account, says, uses, otherRings }: Hindsight, paint: Paint): string {
  const lines = [`${paint.bold('looking back')} ${paint.dim(account)} ${says}`];
  for (const { outcome, session, because } of uses) {
    const mark = { rang: paint.green('✓'), missed: paint.red('✗'), unknown: paint.yellow('?') }[outcome];
    lines.push(`  ${mark} ${session.started} ${session.sentence} ${because}`);
  }
  if (otherRings > 0) lines.push(`  ${otherRings} rings that no use explains`);
  return `${lines.join('\n')}\n`;
}

function tail(report: Report, paint: Paint): string[] {
  const { findings, denials, notes, audited } = report;
  const count = (verdict: Finding['verdict']): number => findings.filter((one) => one.verdict === verdict).length;
  const counts = (['PASS', 'FAIL', 'UNKNOWN', 'REVIEW'] as const)
    .filter((verdict) => count(verdict) > 0)
    .map((verdict) => `${count(verdict)} ${verdict}`);
  const accounts = new Set(audited.map(({ account }) => account)).size;
  const lines = [`${counts.join(', ') || 'nothing judged'} in ${accounts} account${accounts === 1 ? '' : 's'}`];
  const distinct = new Map(denials.map((denial) => [`${denial.permission} in ${denial.account}`, denial] as const));
  for (const [what, { refusedBy, message }] of [...distinct].slice(0, MOST_DENIALS)) {
    const layer = refusedBy === 'unknown' ? '' : ` by ${refusedBy}`;
    lines.push(`${paint.yellow('!')} not readable: ${what}, refused${layer} (${message.slice(0, 300)})`);
  }
  if (distinct.size > MOST_DENIALS) lines.push(`${paint.yellow('!')} and ${distinct.size - MOST_DENIALS} more`);
  for (const note of notes) lines.push(`${paint.yellow('!')} ${note}`);
  lines.push(paint.dim(NO_CERTIFICATION));
  return lines;
}
