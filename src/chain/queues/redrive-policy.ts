import type { Kysely } from 'kysely';
import { parseArn } from '../../base/scope.ts';
import type { Tables } from '../../store/tables.ts';
import { findQueueByArn, isFifo, type Queue } from './queue.ts';
import { invalidParameter } from './refusals.ts';

/** Where messages go that were received too often. */
export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

/** The policy in a queue's attributes; undefined when it has none. */
export function redrivePolicyOf(attributes: Readonly<Record<string, string>>): RedrivePolicy | undefined {
  const text = attributes.RedrivePolicy;
  if (!text) return undefined;
  const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(text) as Record<string, unknown>;
  return { deadLetterTargetArn: String(deadLetterTargetArn), maxReceiveCount: Number(maxReceiveCount) };
}

/** @throws Refusal when the policy cannot be read, is incomplete, or names a queue that is not there. */
export async function checkRedrivePolicy(
  db: Kysely<Tables>,
  source: Pick<Queue, 'account' | 'region' | 'name'>,
  text: string,
): Promise<void> {
  const refuse = (reason: string) => invalidParameter(text, 'RedrivePolicy', reason);
  const policy = readObject(text);
  if (!policy) throw refuse('Redrive policy is not a valid JSON map.');
  for (const name of ['maxReceiveCount', 'deadLetterTargetArn']) {
    if (!Object.hasOwn(policy, name)) throw refuse(`Redrive policy does not contain mandatory attribute: ${name}.`);
  }
  const count = Number(policy.maxReceiveCount);
  if (!Number.isInteger(count) || count < 1 || count > 1_000) {
    throw refuse(
      `Invalid value for maxReceiveCount: ${policy.maxReceiveCount}, valid values are from 1 to 1000 both inclusive.`,
    );
  }
  const arn = String(policy.deadLetterTargetArn);
  const target = parseArn(arn);
  if (target?.account !== source.account || target.region !== source.region) {
    throw refuse('Dead letter target owner should be same as the source.');
  }
  const queue = await findQueueByArn(db, arn);
  if (!queue) throw refuse('Dead letter target does not exist.');
  if (isFifo(queue) !== isFifo(source)) throw refuse('Dead letter queue must be same type of queue as the source.');
}

function readObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
