import type { Paint } from '../report/text-report.ts';
import type { StepOutcome } from './apply.ts';
import type { RepairPlan } from './plan.ts';
import { callOf, type Step } from './step.ts';

/** A plan for a terminal: why, each call with what it changes, and what is left to a person. */
export function textPlan(plans: readonly RepairPlan[], paint: Paint): string {
  const blocks = plans.filter(({ before }) => before.verdict !== 'PASS').map((plan) => blockOf(plan, paint));
  const whole = plans.length - blocks.length;
  const rest = whole > 0 ? [paint.green(`✓ ${whole} of ${plans.length} controls pass and stay as they are`)] : [];
  return [...blocks, ...rest].join('\n');
}

function blockOf(plan: RepairPlan, paint: Paint): string {
  const { control, name, before, after, steps, blockers, account, region } = plan;
  const lines = [
    `${paint.bold(`${control} ${name}`)} ${paint.dim(`${account} ${region}`)}: ${before.verdict} → ${after.verdict}`,
    `  ${before.reason}`,
  ];
  for (const [index, step] of steps.entries()) lines.push(...stepLines(step, index + 1, paint));
  for (const { why, todo } of blockers) lines.push(`  ${paint.yellow('!')} ${why}`, `    ${todo}`);
  for (const note of notesOn(plan)) lines.push(paint.dim(`  ${note}`));
  return `${lines.join('\n')}\n`;
}

function stepLines(step: Step, number: number, paint: Paint): string[] {
  const { change, foreign, why, input } = step;
  const name =
    input.filterName ?? input.AlarmName ?? input.Name ?? input.TrailName ?? input.logGroupName ?? input.TopicArn;
  const lines = [`  ${number}. ${callOf(step)} ${String(name ?? '')}  ${paint.dim(why)}`];
  if (change) {
    for (const member of Object.keys(change.after)) {
      const [from, to] = [change.before[member], change.after[member]].map((value) => JSON.stringify(value));
      lines.push(`     ${member}: ${paint.red(from ?? 'null')} → ${paint.green(to ?? 'null')}`);
    }
  }
  if (foreign && change) {
    lines.push(`     ${paint.yellow('!')} not ours: done only with --change ${change.resource}`);
  }
  return lines;
}

/** Where the plan leaves the benchmark's own commands, and what it cannot show. */
function notesOn({ steps, after }: RepairPlan): string[] {
  const has = (operation: string): boolean => steps.some((step) => step.operation === operation);
  const notes: string[] = [];
  if (has('PutMetricAlarm')) {
    notes.push(
      'Unlike the benchmark’s command, the alarm treats missing data as notBreaching: it returns to OK and can ring again.',
    );
  }
  if (has('Subscribe')) notes.push('Whoever is subscribed must confirm, with the link that comes by mail or post.');
  if (after.warnings.includes('delivery-unproven')) {
    notes.push('That CloudTrail delivers is seen only once it has: audit again in a quarter of an hour.');
  }
  return notes;
}

/** One line for a step that is over. */
export function outcomeLine({ step, outcome, error }: StepOutcome, paint: Paint): string {
  const mark = outcome === 'done' || outcome === 'was there' ? paint.green('✓') : paint.red('✗');
  const hint = outcome === 'left out' ? ` (--change ${step.change?.resource})` : '';
  return `${mark} ${callOf(step)} ${outcome}${hint}${error ? `: ${error}` : ''}`;
}
