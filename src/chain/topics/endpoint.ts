import { Refusal } from '../../base/refusal.ts';
import { parseArn, type Scope } from '../../base/scope.ts';
import { invalidParameter } from './refusals.ts';
import { PROTOCOLS, type Protocol } from './subscription.ts';

/** What AWS can deliver to and we cannot. */
const NOT_BUILT = ['sms', 'application', 'lambda', 'firehose'];
const MAILBOX = /^[^\s@<>,;:"()[\]\\]{1,64}@[^\s@<>,;:"()[\]\\]{1,255}$/;

/**
 * Checks that an endpoint is one of its protocol, and one that a topic of the kind delivers to.
 * @throws Refusal InvalidParameter, in AWS's words
 */
export function checkEndpoint(protocol: string, endpoint: string, scope: Scope, fifo: boolean): Protocol {
  if (NOT_BUILT.includes(protocol)) {
    throw new Refusal(
      'InvalidParameterException',
      `Invalid parameter: Protocol: ${protocol} is not supported by this version of Trailbell; it delivers to ${PROTOCOLS.join(', ')}`,
    );
  }
  const known = PROTOCOLS.find((name) => name === protocol);
  if (!known) throw invalidParameter(`Amazon SNS does not support this protocol string: ${protocol}`);
  if (endpoint === '' || endpoint.length > 2_048) throw invalidParameter('Endpoint');
  if (fifo && known !== 'sqs') {
    throw invalidParameter('Invalid parameter: Protocol Reason: FIFO topics deliver to SQS queues only');
  }
  if (known === 'sqs') checkQueueArn(endpoint, scope, fifo);
  else if (known === 'email' || known === 'email-json') checkMailbox(endpoint);
  else checkUrl(known, endpoint);
  return known;
}

function checkQueueArn(endpoint: string, scope: Scope, fifo: boolean): void {
  const arn = parseArn(endpoint);
  if (arn?.service !== 'sqs' || !/^[A-Za-z0-9_.-]{1,80}$/.test(arn.resource))
    throw invalidParameter('SQS endpoint ARN');
  if (arn.resource.endsWith('.fifo') && !fifo) {
    throw invalidParameter(
      'Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics',
    );
  }
  if (arn.account !== scope.account) {
    throw invalidParameter(
      'SQS endpoint ARN: queues of another account are not supported by this version of Trailbell',
    );
  }
}

function checkMailbox(endpoint: string): void {
  if (!MAILBOX.test(endpoint)) throw invalidParameter('Email address');
}

function checkUrl(protocol: 'http' | 'https', endpoint: string): void {
  const url = readUrl(endpoint);
  if (!url || !endpoint.startsWith(`${protocol}://`) || url.protocol !== `${protocol}:`) {
    throw invalidParameter('Endpoint must match the specified protocol');
  }
  if (protocol === 'http' && (url.username !== '' || url.password !== '')) {
    throw invalidParameter('Please use HTTPS for subscriptions that contain inline credentials');
  }
}

function readUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
