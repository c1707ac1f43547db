import { parseArn } from '../../../base/scope.ts';
import { type Decision, decide, type Request } from '../../access/decide.ts';
import { readPolicyDocument, type Statement } from '../../access/policy-document.ts';
import { serviceRequest } from '../../access/service-request.ts';
import type { Queue } from '../queue.ts';

/** What of a queue decides who may use it. */
export type PolicyHolder = Pick<Queue, 'arn' | 'account' | 'attributes'>;

function statementsOf({ attributes }: PolicyHolder): readonly Statement[] {
  if (attributes.Policy === undefined) return [];
  try {
    return readPolicyDocument(attributes.Policy).Statement;
  } catch {
    // Earlier versions took any JSON. What it may mean is not clear, and so is a statement that says nothing.
    return [{ Effect: 'Allow' }];
  }
}

/** What a queue's policy says to a request; without a policy, nothing. */
export const decideOnQueue = (queue: PolicyHolder, request: Request): Decision => decide(statementsOf(queue), request);

/**
 * Whether a queue takes what a topic sends, its dead letters too. Its policy decides, as on AWS. Without any, AWS's queues
 * take nothing from topics; here they take what comes from their own account, so that no ring is lost for the want of one.
 */
export function takesFromTopic(queue: PolicyHolder, topicArn: string): boolean {
  const account = parseArn(topicArn)?.account ?? '';
  const isOwn = account === queue.account;
  if (queue.attributes.Policy === undefined) return isOwn;
  const caller = { service: 'sns.amazonaws.com', account, arn: topicArn };
  const { allowed, unclear } = decideOnQueue(queue, serviceRequest(caller, 'sqs:SendMessage', queue.arn));
  return allowed || (unclear && isOwn);
}
