import { Command } from 'commander';
import { drillPolicy } from '../audit/drill/drill-policy.ts';
import type { DrillLevel } from '../audit/drill/drill-step.ts';
import { DEFAULT_ROLE, leastPolicy, stackSetTemplate, terraformRole } from '../audit/least-policy.ts';
import { repairPolicy } from '../audit/repair/repair-policy.ts';
import { forwardPolicy } from '../forward/forward-policy.ts';
import { intakePolicy, trustPolicy } from '../intake/fetch/intake-policy.ts';
import { CONFIG, settingsFor } from './settings.ts';
import { CommandError, type Terminal } from './terminal.ts';

interface Options {
  readonly as?: string;
  readonly hindsight?: boolean;
  readonly org?: boolean;
  readonly roleName: string;
  readonly json?: boolean;
}

interface DrillWish {
  readonly through?: readonly string[];
  readonly inject?: boolean;
  readonly live?: boolean;
  readonly markRole?: string;
}

function drillPolicyFor({ through = [], inject, live, markRole }: DrillWish): object {
  const levels = through.map((link): DrillLevel => {
    if (link === 'metric' || link === 'alarm') return link;
    throw new CommandError(`--through ${link} is not known: metric or alarm`);
  });
  return drillPolicy(
    DEFAULT_ROLE,
    [...levels, ...(inject ? ['inject' as const] : []), ...(live ? ['live' as const] : [])],
    markRole,
  );
}

const ROLE_NAME = /^[\w+=,.@-]{1,64}$/;

export function iamPolicyCommand(terminal: Terminal): Command {
  const command = new Command('iam-policy').description('Print the least IAM policy that a command needs.');
  command
    .command('audit')
    .description('The least policy of "trailbell audit": reading only.')
    .option('--hindsight', 'with what --hindsight reads')
    .option('--org', 'with what the caller of --org needs: listing accounts and entering their roles')
    .option('--role-name <name>', 'the role in each account', DEFAULT_ROLE)
    .option('--as <form>', 'policy, or the role as stackset (CloudFormation) or terraform', 'policy')
    .option('--json', 'the policy is JSON in any case')
    .addHelpText(
      'after',
      '\nExample:\n  trailbell iam-policy audit --as stackset > role.yaml\n  aws cloudformation create-stack-set --stack-set-name trailbell-audit --template-body file://role.yaml \\\n    --capabilities CAPABILITY_NAMED_IAM --parameters ParameterKey=AuditorArn,ParameterValue=arn:aws:iam::111122223333:role/auditor',
    )
    .action((options: Options) => terminal.out(printed(options)));
  command
    .command('repair')
    .description('The least policy of "trailbell repair --apply": reading, and making what bears its names.')
    .option('--json', 'the policy is JSON in any case')
    .addHelpText('after', '\nExample:\n  trailbell iam-policy repair > repair.json')
    .action(() => terminal.out(JSON.stringify(repairPolicy(DEFAULT_ROLE), null, 2)));
  command
    .command('drill')
    .description('The least policy of "trailbell drill --aws": reading, and what the levels asked for put in.')
    .option('--through <link...>', 'with --through metric or alarm')
    .option('--inject', 'with --inject')
    .option('--live', 'with --live and a queue that listens')
    .option('--mark-role <arn>', 'with --mark-role: may enter that role')
    .option('--json', 'the policy is JSON in any case')
    .addHelpText('after', '\nExample:\n  trailbell iam-policy drill --through alarm > drill.json')
    .action((options: DrillWish) => terminal.out(JSON.stringify(drillPolicyFor(options), null, 2)));
  command
    .command('intake')
    .description('The least policy of the intakes from buckets and queues in the settings.')
    .option('--config <file>', `settings file (./${CONFIG}, where there is one)`)
    .option('--role <arn>', 'of those that read with this role; without it, of those that take on none')
    .option('--kms-key <arn...>', 'keys that the objects are encrypted with (SSE-KMS)')
    .option('--trust <arn>', "instead: the trust policy of --role, for the engine's own user or role")
    .option('--json', 'the policy is JSON in any case')
    .addHelpText(
      'after',
      '\nExample:\n  trailbell iam-policy intake --role arn:aws:iam::111122223333:role/trailbell-intake > reader.json',
    )
    .action((options: IntakeWish) => terminal.out(JSON.stringify(intakePolicyFor(options), null, 2)));
  command
    .command('forward')
    .description('The least policy of the forwards to S3 and Security Hub in the settings.')
    .option('--config <file>', `settings file (./${CONFIG}, where there is one)`)
    .option('--json', 'the policy is JSON in any case')
    .addHelpText('after', '\nExample:\n  trailbell iam-policy forward --config trailbell.json > forward.json')
    .action(({ config }: { config?: string }) => terminal.out(JSON.stringify(forwardPolicyFor(config), null, 2)));
  return command;
}

interface IntakeWish {
  readonly config?: string;
  readonly role?: string;
  readonly kmsKey?: readonly string[];
  readonly trust?: string;
}

function intakePolicyFor({ config, role, kmsKey = [], trust }: IntakeWish): object {
  const { intakes } = settingsFor(config, {});
  const fetching = [...(intakes.s3 ?? []), ...(intakes.sqs ?? [])];
  if (fetching.length === 0) {
    throw new CommandError('the settings have no intake from a bucket or queue: see docs/intakes.md, or name --config');
  }
  const own = fetching.filter((intake) => intake.role === role);
  if (role !== undefined && own.length === 0) throw new CommandError(`--role ${role}: no intake reads with it`);
  if (trust === undefined) return intakePolicy(intakes, role, kmsKey);
  if (role === undefined) throw new CommandError('--trust is for a role: name it with --role');
  return trustPolicy(trust, own[0]?.externalId);
}

function forwardPolicyFor(config: string | undefined): object {
  const policy = forwardPolicy(Object.values(settingsFor(config, {}).forwards));
  if (policy.Statement.length > 0) return policy;
  throw new CommandError('the settings have no forward to S3 or Security Hub: see docs/forwards.md, or name --config');
}

function printed({ as, hindsight = false, org = false, roleName }: Options): string {
  if (!ROLE_NAME.test(roleName)) {
    throw new CommandError(`--role-name ${roleName} is no name of a role: up to 64 letters, digits and +=,.@_-`);
  }
  const wish = { hindsight, organization: org, roleName };
  if (as === 'policy') return JSON.stringify(leastPolicy(wish), null, 2);
  if (org && (as === 'stackset' || as === 'terraform')) {
    throw new CommandError('--org is for the policy of the caller; the role in each account does not need it');
  }
  if (as === 'stackset') return stackSetTemplate(wish);
  if (as === 'terraform') return terraformRole(wish);
  throw new CommandError(`--as ${as} is not known: policy, stackset or terraform`);
}
