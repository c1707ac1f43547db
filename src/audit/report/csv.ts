import { mappingsOf } from './frameworks.ts';
import type { Report } from './report.ts';

const COLUMNS = [
  'account',
  'region',
  'benchmark',
  'control',
  'name',
  'verdict',
  'literal',
  'brokenLink',
  'brokenLinks',
  'warnings',
  'reason',
  'fix',
  'trail',
  'logGroup',
  'alarm',
  'topic',
  'counterexample',
  'frameworks',
  'exception',
] as const;

/** One line a finding (RFC 4180), for a spreadsheet. */
export function csvReport({ findings }: Report): string {
  const rows = findings.map((finding) => {
    const { path, counterexample, exception } = finding;
    const row: Record<(typeof COLUMNS)[number], string> = {
      account: finding.account,
      region: finding.region,
      benchmark: finding.benchmark,
      control: finding.control,
      name: finding.name,
      verdict: finding.verdict,
      literal: finding.literal,
      brokenLink: finding.brokenLink ?? '',
      brokenLinks: finding.brokenLinks.join(' '),
      warnings: finding.warnings.join(' '),
      reason: finding.reason,
      fix: finding.fix,
      trail: path.trail ?? '',
      logGroup: path.logGroup ?? '',
      alarm: path.alarm ?? '',
      topic: path.topic ?? '',
      counterexample: counterexample ? JSON.stringify(counterexample) : '',
      frameworks: mappingsOf(finding.name)
        .map(({ framework, requirements }) => `${framework}: ${requirements.join(' ')}`)
        .join('; '),
      exception: exception ? `${exception.owner} until ${exception.expires}: ${exception.reason}` : '',
    };
    return COLUMNS.map((column) => field(row[column])).join(',');
  });
  return [COLUMNS.join(','), ...rows].join('\r\n');
}

/** A spreadsheet takes a field that begins like a formula for one: a quote before it keeps it text. */
function field(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
