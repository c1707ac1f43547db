import type { RepairPlan } from './plan.ts';
import type { Step } from './step.ts';

/**
 * A plan as commands of the AWS CLI that any POSIX shell may be given, whatever the names hold. Steps
 * that change somebody else's resources stand behind a `#`.
 */
export function asCommands(plans: readonly RepairPlan[], settings: { readonly endpointUrl?: string } = {}): string {
  const lines = ['#!/bin/sh', 'set -eu', ''];
  const told = new Set<string>();
  for (const plan of plans) {
    lines.push(`# ${plan.control} ${plan.name} in account ${plan.account}: ${plan.before.verdict}`);
    for (const step of plan.steps) {
      const command = commandOf(step, settings);
      // Chains share their topic: it is made once.
      if (told.has(command)) continue;
      told.add(command);
      lines.push(`# ${oneLine(step.why)}`);
      if (step.foreign)
        lines.push(`# This changes ${oneLine(step.change?.resource ?? '')}: take the # away if you mean it.`);
      lines.push(step.foreign ? `# ${command}` : command);
    }
    for (const { why, todo } of plan.blockers) lines.push(`# Left to do: ${oneLine(why)} ${oneLine(todo)}`);
    lines.push('');
  }
  return lines.join('\n');
}

/** `aws logs put-metric-filter --region eu-west-1 --log-group-name …` on one line. */
export function commandOf(step: Step, { endpointUrl }: { readonly endpointUrl?: string } = {}): string {
  const words = ['aws', ...(endpointUrl ? ['--endpoint-url', endpointUrl] : []), '--region', step.scope.region];
  words.push(step.service, dashed(step.operation));
  for (const [member, value] of Object.entries(step.input)) words.push(...optionOf(step, member, value));
  return words.map(shellWord).join(' ');
}

function optionOf({ service, operation }: Step, member: string, value: unknown): string[] {
  const isEndpoint = service === 'sns' && operation === 'Subscribe' && member === 'Endpoint';
  // --endpoint-url is the CLI's own, so it calls this member otherwise.
  const name = isEndpoint ? '--notification-endpoint' : `--${dashed(member)}`;
  if (value === true) return [name];
  if (value === false) return [name.replace('--', '--no-')];
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return [name, ...value];
  // With = a value may begin with a dash.
  if (typeof value === 'string') return value.startsWith('-') || value === '' ? [`${name}=${value}`] : [name, value];
  return [name, typeof value === 'number' ? String(value) : JSON.stringify(value)];
}

/** `CloudWatchLogsLogGroupArn` as the CLI spells it: `cloud-watch-logs-log-group-arn`. */
const dashed = (name: string): string =>
  name
    .replace(/(.)([A-Z][a-z]+)/g, '$1-$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase();

/** `text` as one word of a POSIX shell, whatever it holds. */
export const shellWord = (text: string): string =>
  /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** `text` without line breaks, so that it stays within its comment. */
export const oneLine = (text: string): string => text.replace(/\s+/g, ' ');
