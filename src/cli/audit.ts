import { Command, Option } from 'commander';
import { BENCHMARKS, type Benchmark, benchmarkOf, DEFAULT_BENCHMARK } from '../audit/controls/benchmark.ts';
import { findJudged } from '../audit/controls/judged-control.ts';
import { DEFAULT_ROLE } from '../audit/least-policy.ts';
import { FORMATS } from '../audit/report/formats.ts';
import { outcomeOf, type Report } from '../audit/report/report.ts';
import { textReport } from '../audit/report/text-report.ts';
import { auditLive } from './audit-live.ts';
import { auditSnapshots } from './audit-snapshot.ts';
import { CommandError, EXIT, type Terminal } from './terminal.ts';

/** The options of `trailbell audit` as given. */
export interface AuditOptions {
  readonly control: readonly string[];
  readonly benchmark?: Benchmark;
  readonly endpointUrl?: string;
  readonly profile?: string;
  readonly region?: string;
  readonly role: readonly string[];
  readonly org?: boolean;
  readonly roleName: string;
  readonly externalId?: string;
  readonly accounts?: string;
  readonly exclude: readonly string[];
  readonly resume?: string;
  readonly snapshot?: string;
  readonly terraformPlan?: string;
  readonly save?: string;
  readonly replay: boolean;
  readonly explainScanners?: boolean;
  readonly declarations?: string;
  /** A path to an archive, or true for the account's own event history. */
  readonly hindsight?: string | true;
  readonly ignoreRetired?: boolean;
  readonly deliveryHours: number;
  readonly format: string;
  readonly json?: boolean;
}

const collect = (value: string, known: readonly string[]): string[] => [...known, ...value.split(',')];

export function auditCommand(terminal: Terminal, end: (code: number) => void): Command {
  const formats = ['text', ...Object.keys(FORMATS)];
  return new Command('audit')
    .description('Judge whether use of root, and the other CIS monitoring controls, would really ring.')
    .option('--control <name>', 'only these: 4.3, root-usage or CloudWatch.1 (repeatable)', collect, [])
    .option('--benchmark <version>', `CIS benchmark (5.0.0): ${BENCHMARKS.join(', ')}`)
    .option('--endpoint-url <url>', 'another endpoint than AWS, such as a running engine')
    .option('--profile <name>', "profile of AWS's configuration files")
    .option('--region <name>', 'region to ask first (the profile’s, or us-east-1)')
    .option('--role <arn>', 'enter this role and audit its account (repeatable)', collect, [])
    .option('--org', "audit all accounts of the caller's organization")
    .option('--role-name <name>', 'role to enter in each account', DEFAULT_ROLE)
    .option('--external-id <id>', 'external id to show on entry')
    .option('--accounts <file>', 'only the accounts in this file, one a line')
    .option('--exclude <account>', 'leave this account out (repeatable)', collect, [])
    .option('--resume <file>', 'keep what was read in this file, and begin after it')
    .option('--snapshot <file>', 'judge a saved state instead of asking anybody; - reads standard input')
    .option(
      '--terraform-plan <file>',
      'judge what a plan would make: the JSON of terraform show -json; - reads standard input',
    )
    .option('--save <file>', 'save the state that was judged, and every answer with its hash')
    .option('--declarations <file>', 'means that ring besides, with their drills, and accepted exceptions')
    .option('--hindsight [path]', 'which uses of root rang: of the last 90 days, or of an archive')
    .option('--no-replay', 'do not ask the endpoint’s own matcher about counterexamples')
    .option('--explain-scanners', 'what other scanners would say of each control, and why')
    .option('--ignore-retired', 'forgive what misses only calls that AWS has retired')
    .option('--delivery-hours <n>', 'a delivery to the log group that is older is broken', hours, 24)
    .addOption(new Option('--format <form>', 'how to print').choices(formats).default('text'))
    .option('--json', 'the same as --format json')
    .addHelpText(
      'after',
      `
Exits 0 when every chain is whole, 1 when one is not, 3 when something could not be read or a person
must decide (UNKNOWN, REVIEW); 3 beats 1. The least IAM policy: trailbell iam-policy audit.
Example:
  trailbell audit --profile security
  trailbell audit --control root-usage --endpoint-url http://127.0.0.1:4780
  trailbell audit --org --role-name TrailbellAudit --format html > audit.html`,
    )
    .action(async (given: AuditOptions & { readonly benchmark?: string }) => {
      const options = checked(given);
      const report =
        (options.snapshot ?? options.terraformPlan) === undefined
          ? await auditLive(options, terminal)
          : await auditSnapshots(options);
      terminal.out(printed(report, options, terminal));
      end({ clean: EXIT.clean, fail: EXIT.findings, undecided: EXIT.unfinished }[outcomeOf(report.findings)]);
    });
}

function printed(report: Report, options: AuditOptions, terminal: Terminal): string {
  const form = options.json ? 'json' : options.format;
  return form === 'text' ? textReport(report, terminal.colors) : FORMATS[form]!(report);
}

function hours(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 8_760)) throw new CommandError(`--delivery-hours ${text} is no number of hours`);
  return value;
}

/** Options that fit together and name things that exist. */
function checked(given: AuditOptions & { readonly benchmark?: string }): AuditOptions {
  const { benchmark: named, ...rest } = given;
  const benchmark = named === undefined ? undefined : benchmarkOf(named);
  if (named !== undefined && benchmark === undefined) {
    throw new CommandError(`--benchmark ${named} is none of ${BENCHMARKS.join(', ')}`);
  }
  if (given.snapshot !== undefined) refuseBeside(given, '--snapshot judges a file');
  if (given.terraformPlan !== undefined) {
    if (given.snapshot !== undefined) throw new CommandError('--snapshot and --terraform-plan are two files to judge');
    refuseBeside(given, '--terraform-plan judges a file');
  }
  for (const control of given.control) checkControl(control, benchmark);
  return { ...rest, ...(benchmark && { benchmark }) };
}

function checkControl(control: string, benchmark: Benchmark = DEFAULT_BENCHMARK): void {
  const found = findJudged(control, benchmark);
  if ('problem' in found) throw new CommandError(`--control ${control}: ${found.problem}`);
}

function refuseBeside(given: AuditOptions, why: string): void {
  const { endpointUrl, profile, org, accounts, resume, save, role, hindsight } = given;
  const beside = { '--endpoint-url': endpointUrl, '--profile': profile, '--org': org, '--accounts': accounts };
  const more = { '--resume': resume, '--save': save, '--role': role[0], '--hindsight': hindsight };
  const clash = Object.entries({ ...beside, ...more }).find(([, value]) => value !== undefined);
  if (clash) throw new CommandError(`${why}: ${clash[0]} has no meaning beside it`);
}
