import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { systemClock } from '../base/clock.ts';
import { systemIds } from '../base/ids.ts';
import { version } from '../base/version.ts';
import { ScanPool } from '../trail/scanner/scan-pool.ts';
import { ArchiveSearch, type FoundEvent } from '../trail/search/archive-search.ts';
import { commandLine } from './scan/command-line.ts';
import { DiaryKeeper } from './scan/diary-keeper.ts';
import { diaryJson, diaryText } from './scan/diary-text.ts';
import { groupPatterns } from './scan/grouped-pool.ts';
import { Journal } from './scan/journal.ts';
import { spanOf } from './scan/moments.ts';
import { ProgressLine } from './scan/progress.ts';
import { htmlReport } from './scan/report/html-report.ts';
import { questionOf } from './scan/rules.ts';
import { runSearch } from './scan/run-search.ts';
import { eventJson, summaryJson } from './scan/scan-json.ts';
import { eventLine, scanText } from './scan/scan-text.ts';
import { sourcesOf } from './scan/sources.ts';
import { verificationJson, verificationText } from './scan/verification-text.ts';
import { Verifier } from './scan/verifier.ts';
import { CommandError, EXIT, type Terminal } from './terminal.ts';

interface ScanOptions {
  control: string[];
  pattern: string[];
  benchmark?: string;
  startTime?: string;
  endTime?: string;
  since?: string;
  account: string[];
  events?: boolean;
  unique?: boolean;
  verify?: boolean;
  publicKeys?: string;
  diary?: boolean;
  report?: string;
  workers?: string;
  inflate?: string;
  endpointUrl?: string;
  resume?: string;
  json?: boolean;
}

const EXAMPLE = `
Exits 1 when something matched, 3 when a file could not be read wholly; 3 beats 1.

Example:
  trailbell scan AWSLogs --since 2y --control root-usage
  zcat archive/*.json.gz | trailbell scan - --pattern '{ $.eventName = "StopLogging" }' --events`;

/** Events of a rule that a report shows. */
const SHOWN = 500;

const collect = (value: string, known: readonly string[]): string[] => [...known, value];

export function scanCommand(terminal: Terminal, end: (code: number) => void): Command {
  return new Command('scan')
    .description('Search archives of CloudTrail files: was root used, and what else do the controls find?')
    .argument('<path...>', 'folders, files, globs, s3://bucket/prefix; - reads standard input')
    .option('--control <name>', 'a control by name, Security Hub id or number (all; repeatable)', collect, [])
    .option('--pattern <pattern>', 'a filter pattern; @FILE reads it from a file (repeatable)', collect, [])
    .option('--rules <path>', 'Sigma rules and EventBridge patterns, of a file or a folder (repeatable)', collect, [])
    .option('--benchmark <version>', 'the CIS benchmark that numbers and patterns are of (5.0.0)')
    .option('--start-time <time>', 'only events from then on: 2026-01-31, 2026-01-31T09:00:00Z')
    .option('--end-time <time>', 'only events up to then; a day is meant wholly')
    .option('--since <age>', 'only events not older: 90d, 12h, 4w, 2y')
    .option('--account <id>', 'only this account (repeatable)', collect, [])
    .option('--events', 'print every match')
    .option('--unique', 'count events that were delivered more than once as one')
    .option('--verify', "check the files against CloudTrail's digests: complete and unaltered?")
    .option('--public-keys <file>', 'for --verify: the output of "aws cloudtrail list-public-keys" (asked from AWS)')
    .option('--diary', 'for each sign-in session of root: did it need root, and what to use instead')
    .option('--report <file>', 'write it all to one HTML page that needs nothing else')
    .option('--workers <n>', 'threads (one a processor, at most 16)')
    .option('--inflate <who>', 'who inflates: wasm (the default) or node')
    .option('--endpoint-url <url>', 'the store of s3:// paths, where it is not AWS')
    .option('--resume <file>', 'keep what is done in a file, and take up from it')
    .option('--json', 'print one JSON object; with --events a line before it for each match')
    .addHelpText('after', EXAMPLE)
    .action(async (words: string[], options: ScanOptions) => {
      end(await scan(words, options, terminal));
    });
}

async function scan(words: readonly string[], options: ScanOptions, terminal: Terminal): Promise<number> {
  const { rules, benchmark, paths, unsaid } = questionOf(words, options);
  const isDiary = options.diary === true || options.report !== undefined;
  const diary = isDiary ? new DiaryKeeper(rules) : undefined;
  if (options.diary && !diary?.isUseful) {
    throw new CommandError('--diary is of the control root-usage: add --control root-usage');
  }
  if (options.report !== undefined) refuseUnwritable(options.report);
  const selection = { ...spanOf(options, systemClock.now()), accounts: accountsOf(options.account) };
  const workers = workersOf(options.workers);
  const inflate = inflaterOf(options.inflate);
  const sources = await sourcesOf(paths, selection, options.endpointUrl);
  const started = performance.now();
  const seconds = (): number => Math.round(performance.now() - started) / 1_000;
  const search = new ArchiveSearch({
    rules: rules.length,
    ringsOf: (rule) => rules[rule]?.imported !== undefined,
    selection,
    unique: options.unique === true,
    seed: Math.floor(systemIds.fraction() * 2 ** 32),
    shown: options.report === undefined ? 0 : SHOWN,
    purposeOf: diary?.purposeOf,
    onRecord: diary?.onRecord,
    onEvent: options.events ? (event) => terminal.out(eventText(event)) : undefined,
  });
  for (const { file, message } of unsaid) search.fail(file, message);
  const eventText = (event: FoundEvent): string => (options.json ? eventJson(event, rules) : eventLine(event, rules));
  const groups = groupPatterns([
    ...rules.map(({ patterns }) => patterns),
    ...(diary?.patterns ?? []).map((one) => [one]),
  ]);
  const { patterns } = groups;
  const asked = { patterns, paths, selection: { ...selection, accounts: options.account }, unique: options.unique };
  const journal = options.resume
    ? await Journal.open(options.resume, asked, {
        match: (file, text, matching) => search.take(file, text, matching),
        finish: (file, outcome) => search.finish(file, outcome),
      })
    : undefined;
  if (journal && journal.size > 0) terminal.note(`${journal.size} files were read before`);
  const verifier = options.verify ? new Verifier(options.publicKeys, options.endpointUrl) : undefined;
  const pool = new ScanPool({ workers, patterns, ...(inflate ? { inflate } : {}) });
  const progress = new ProgressLine(terminal, performance.now());
  const now = (): number => performance.now();
  try {
    const onFound = verifier && ((name: string, isDigest: boolean) => verifier.take(name, isDigest));
    const skipped = await runSearch(sources, {
      search,
      pool: groups.grouped(pool),
      journal,
      progress,
      onFound,
      atOnce: workers * 64,
      now,
    });
    const findings = search.findings();
    const verification = await verifier?.verify(selection, terminal);
    const told = diary?.diary(findings.sessions, systemClock.now());
    if (options.report !== undefined) {
      const report = {
        at: systemClock.now(),
        version: version(),
        command: commandLine(words, options),
        paths,
        accounts: [...(selection.accounts ?? [])],
        from: selection.from,
        to: selection.to,
        benchmark,
        unique: options.unique === true,
        seconds: seconds(),
        rules,
        findings,
        skipped,
        verification,
        diary: told,
      };
      writeFileSync(options.report, htmlReport(report));
      terminal.note(`The report is in ${options.report}`);
    }
    if (options.json) {
      const more = verification ? { verification: verificationJson(verification) } : {};
      const diaryPart = options.diary && told ? { diary: diaryJson(told) } : {};
      terminal.out(summaryJson(findings, rules, seconds(), { ...more, ...diaryPart }));
    } else {
      const { colors } = terminal;
      const isTold = options.diary === true;
      terminal.out(scanText({ findings, rules, benchmark, seconds: seconds(), skipped, colors, isDiary: isTold }));
      if (isTold && told) terminal.out(diaryText(told, colors));
      if (verification) terminal.out(verificationText(verification, colors));
    }
    if (findings.errors.length > 0 || verification?.verdict === 'unproven') return EXIT.unfinished;
    const isAltered = verification?.verdict === 'altered';
    return isAltered || findings.rules.some(({ matches }) => matches > 0) ? EXIT.findings : EXIT.clean;
  } finally {
    await pool.close();
  }
}

/** A report that cannot be written must not cost a search of hours. */
function refuseUnwritable(file: string): void {
  try {
    writeFileSync(file, '', { flag: 'a' });
  } catch (error) {
    throw new CommandError(`--report ${file} cannot be written: ${(error as Error).message}`);
  }
}

function accountsOf(given: readonly string[]): ReadonlySet<string> | undefined {
  const accounts = given.flatMap((text) => text.split(',')).map((text) => text.replaceAll('-', '').trim());
  const odd = accounts.find((account) => !/^\d{12}$/.test(account));
  if (odd !== undefined) throw new CommandError(`--account ${odd} is no account id: it has twelve digits`);
  return accounts.length > 0 ? new Set(accounts) : undefined;
}

function workersOf(given: string | undefined): number {
  if (given === undefined) return Math.min(16, availableParallelism());
  if (/^[1-9]\d{0,2}$/.test(given) && Number(given) <= 128) return Number(given);
  throw new CommandError(`--workers ${given}: give a number from 1 to 128`);
}

function inflaterOf(given: string | undefined): 'wasm' | 'node' | undefined {
  if (given === undefined || given === 'wasm' || given === 'node') return given;
  throw new CommandError(`--inflate ${given}: it is wasm or node`);
}
