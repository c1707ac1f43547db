import { readFileSync } from 'node:fs';
import { type Declarations, readDeclarations } from '../audit/declarations.ts';
import { Coverages } from '../audit/judge/coverage.ts';
import { judge } from '../audit/judge/judge.ts';
import type { JudgeOptions } from '../audit/judge/judge-options.ts';
import { scenarioOfPlan } from '../audit/plan/terraform-plan.ts';
import type { Report } from '../audit/report/report.ts';
import { readScenario, type Scenario, StateError } from '../audit/state.ts';
import { systemClock } from '../base/clock.ts';
import { version } from '../base/version.ts';
import type { AuditOptions } from './audit.ts';
import { CommandError, EXIT } from './terminal.ts';

/** A file of states may hold many accounts; more than this is no snapshot. */
const LARGEST = 512 * 1024 * 1024;

/** Judges what a file tells: a scenario, a bare state, or several scenarios as `--save` writes for a fleet. */
export async function auditSnapshots(options: AuditOptions): Promise<Report> {
  const { terraformPlan: plan, snapshot } = options;
  const file = plan ?? snapshot ?? '-';
  const option = plan === undefined ? '--snapshot' : '--terraform-plan';
  const value = jsonIn(await textOf(file), option);
  const now = systemClock.now();
  const judging = judgeOptions(options, now);
  try {
    const read =
      plan === undefined ? scenariosIn(value).map((scenario) => readScenario(scenario)) : [planned(value, options)];
    return {
      at: now,
      version: version(),
      audited: read.map(({ auditedAccount, cliRegion }) => ({
        account: auditedAccount,
        caller: null,
        region: cliRegion,
        endpoint: file === '-' ? 'standard input' : file,
      })),
      findings: read.flatMap((scenario) => judge(scenario, judging)),
      denials: [],
      replays: [],
      notes: plan === undefined ? [] : [PLANNED],
    };
  } catch (error) {
    if (error instanceof StateError) throw new CommandError(`${option} ${file}: ${error.message}`);
    throw error;
  }
}

/** @throws CommandError for a file of declarations that cannot be read */
export function judgeOptions(options: AuditOptions, now: number): JudgeOptions {
  const { control, benchmark, deliveryHours, ignoreRetired = false, explainScanners = false, declarations } = options;
  return {
    ...(control.length > 0 && { controls: control }),
    ...(benchmark && { benchmark }),
    ...(declarations !== undefined && { declared: declaredIn(declarations) }),
    now,
    deliveryHours,
    ignoreRetired,
    explainScanners,
    proofs: new Coverages(),
  };
}

function declaredIn(file: string): Declarations {
  try {
    return readDeclarations(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new CommandError(`--declarations ${file}: ${(error as Error).message}`);
  }
}

function jsonIn(text: string, option: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new CommandError(`${option}: not JSON: ${(error as Error).message}`);
  }
}

function scenariosIn(value: unknown): readonly unknown[] {
  const many = (value as { scenarios?: unknown } | null)?.scenarios;
  return Array.isArray(many) ? many : [value];
}

const PLANNED =
  'this is a plan: subscriptions are taken as confirmed, and keys and deliveries are not known; audit again once it is applied';

/** The account of a plan that names none is nobody's: it only serves to tie the parts together. */
const planned = (value: unknown, { region }: AuditOptions): Scenario =>
  scenarioOfPlan(value, { account: '000000000000', region: region ?? process.env.AWS_REGION ?? 'us-east-1' });

async function textOf(file: string): Promise<string> {
  try {
    if (file !== '-') return readFileSync(file, 'utf8');
    const parts: Buffer[] = [];
    let size = 0;
    for await (const part of process.stdin as AsyncIterable<Buffer>) {
      parts.push(part);
      size += part.length;
      if (size > LARGEST) throw new CommandError('standard input is larger than any snapshot');
    }
    return Buffer.concat(parts).toString('utf8');
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`cannot read ${file}: ${(error as Error).message}`, EXIT.unfinished);
  }
}
