import { parseArn } from '../../base/scope.ts';
import { invalidParameter } from './refusals.ts';
import { PROTOCOLS, type Protocol } from './subscription.ts';

/** What AWS can deliver to and we do not, and what to do instead. */
const NOT_SERVED: Readonly<Record<string, string>> = {
  sms: 'Trailbell sends no text messages: it has no contract with a carrier. Subscribe pagerduty or a chat by https, or email',
  application: 'Trailbell sends nothing to mobile apps. Subscribe pagerduty or a chat by https, or email',
};
/** Services of AWS itself. */
const IN_AWS: readonly Protocol[] = ['lambda', 'firehose'];
const MAILBOX = /^[^\s@<>,;:"()[\]\\]{1,64}@[^\s@<>,;:"()[\]\\]{1,255}$/;

/**
 * Checks that an endpoint is one of its protocol, and one that a topic of the kind delivers to.
 * @param toAws whether the operator allows deliveries to AWS
 * @throws Refusal InvalidParameter, in AWS's words
 */
export function checkEndpoint(protocol: string, endpoint: string, fifo: boolean, toAws: boolean): Protocol {
  if (Object.hasOwn(NOT_SERVED, protocol)) throw invalidParameter(`Protocol: ${NOT_SERVED[protocol]}`);
  const known = PROTOCOLS.find((name) => name === protocol);
  if (!known) throw invalidParameter(`Amazon SNS does not support this protocol string: ${protocol}`);
  if (endpoint === '' || endpoint.length > 2_048) throw invalidParameter('Endpoint');
  if (fifo && known !== 'sqs') {
    throw invalidParameter('Invalid parameter: Protocol Reason: FIFO topics deliver to SQS queues only');
  }
  if (IN_AWS.includes(known) && !toAws) {
    throw invalidParameter(`Protocol: deliveries to ${known} are not allowed here; start with --deliver-to-aws`);
  }
  if (known === 'sqs') checkQueueArn(endpoint, fifo);
  else if (known === 'lambda') checkArn(endpoint, 'lambda', /^function:[\w-]{1,140}(:[\w$-]{1,128})?$/, 'Lambda');
  else if (known === 'firehose') checkArn(endpoint, 'firehose', /^deliverystream\/[\w.-]{1,64}$/, 'Firehose');
  else if (known === 'email' || known === 'email-json') checkMailbox(endpoint);
  else checkUrl(known, endpoint);
  return known;
}

function checkArn(endpoint: string, service: string, resource: RegExp, name: string): void {
  const arn = parseArn(endpoint);
  if (arn?.service !== service || !/^\d{12}$/.test(arn.account) || !resource.test(arn.resource)) {
    throw invalidParameter(`${name} endpoint ARN`);
  }
}

function checkQueueArn(endpoint: string, fifo: boolean): void {
  const arn = parseArn(endpoint);
  if (arn?.service !== 'sqs' || !/^[A-Za-z0-9_.-]{1,80}$/.test(arn.resource))
    throw invalidParameter('SQS endpoint ARN');
  if (arn.resource.endsWith('.fifo') && !fifo) {
    throw invalidParameter(
      'Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics',
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
