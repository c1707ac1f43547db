import { AWS_HTTP_RETRIES, BACKOFF_FUNCTIONS, type RetryPolicy, retryDelays } from './retry-policy.ts';

type Document = Readonly<Record<string, unknown>>;
type Attributes = Readonly<Record<string, string>>;

/** What finally applies to the HTTP deliveries of one subscription. */
export interface EffectivePolicy {
  readonly retries: RetryPolicy;
  readonly contentType: string;
  readonly throttle: Document | null;
  /** Whether topic or subscription set any of it; otherwise Trailbell's own timetable applies. */
  readonly explicit: boolean;
}

export const DEFAULT_CONTENT_TYPE = 'text/plain; charset=UTF-8';
/** The whole of a policy's retries must fit in here. */
const LONGEST_SECONDS = 3_600;
const NUMBERS = {
  minDelayTarget: [1, LONGEST_SECONDS],
  maxDelayTarget: [1, LONGEST_SECONDS],
  numRetries: [0, 100],
  numMaxDelayRetries: [0, 100],
  numNoDelayRetries: [0, 100],
  numMinDelayRetries: [0, 100],
} as const;
const RAW_ONLY_TYPES =
  /^(text\/(csv|html|xml)|application\/(xml|x-www-form-urlencoded|octet-stream|soap\+xml|atom\+xml|rss\+xml))\b/;
const ANY_TYPES = /^(text\/plain|application\/json)\b/;

/** @throws Error that says which member is wrong, in AWS's words where they are known */
export function checkTopicDeliveryPolicy(text: string): void {
  const policy = readDocument(text);
  const http = member(policy, 'http') ?? {};
  for (const name of Object.keys(http)) {
    if (
      ![
        'defaultHealthyRetryPolicy',
        'disableSubscriptionOverrides',
        'defaultThrottlePolicy',
        'defaultRequestPolicy',
        'defaultSicklyRetryPolicy',
      ].includes(name)
    ) {
      throw new Error(`Unrecognized member http.${name}`);
    }
  }
  checkRetries(member(http, 'defaultHealthyRetryPolicy'), 'http.defaultHealthyRetryPolicy');
  checkThrottle(member(http, 'defaultThrottlePolicy'), 'http.defaultThrottlePolicy');
  checkRequest(member(http, 'defaultRequestPolicy'), 'http.defaultRequestPolicy', false);
}

/** The same for the policy of one subscription. */
export function checkSubscriptionDeliveryPolicy(text: string, raw: boolean): void {
  const policy = readDocument(text);
  for (const name of Object.keys(policy)) {
    if (!['healthyRetryPolicy', 'throttlePolicy', 'requestPolicy', 'sicklyRetryPolicy', 'guaranteed'].includes(name)) {
      throw new Error(`Unrecognized member ${name}`);
    }
  }
  checkRetries(member(policy, 'healthyRetryPolicy'), 'healthyRetryPolicy');
  checkThrottle(member(policy, 'throttlePolicy'), 'throttlePolicy');
  checkRequest(member(policy, 'requestPolicy'), 'requestPolicy', raw);
}

function readDocument(text: string): Document {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error('failed to parse JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('Not a JSON object');
  return value as Document;
}

function member(document: Document, name: string): Document | undefined {
  const value = Object.hasOwn(document, name) ? document[name] : undefined;
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) throw new Error(`${name} must be a JSON object`);
  return value as Document;
}

function checkRetries(policy: Document | undefined, path: string): void {
  if (!policy) return;
  if (policy.minDelayTarget === undefined) throw new Error(`${path}.minDelayTarget must be specified`);
  for (const [name, [least, most]] of Object.entries(NUMBERS)) {
    const value = policy[name];
    if (value === undefined || value === null) continue;
    if (!Number.isInteger(value) || (value as number) < least || (value as number) > most) {
      throw new Error(`${path}.${name} must be an integer from ${least} to ${most}`);
    }
  }
  const kind = policy.backoffFunction;
  if (kind !== undefined && kind !== null && !BACKOFF_FUNCTIONS.some((known) => known === kind)) {
    throw new Error(`${path}.backoffFunction must be one of ${BACKOFF_FUNCTIONS.join(', ')}`);
  }
  const whole = completed(policy);
  if (whole.minDelayTarget > whole.maxDelayTarget) {
    throw new Error(`${path}.maxDelayTarget must be greater than or equal to minDelayTarget`);
  }
  const placed = whole.numNoDelayRetries + whole.numMinDelayRetries + whole.numMaxDelayRetries;
  if (placed > whole.numRetries) throw new Error(`${path}.numRetries must be at least the sum of its parts`);
  const seconds = retryDelays(whole).reduce((sum, delay) => sum + delay, 0);
  if (seconds > LONGEST_SECONDS) throw new Error(`${path}: total delay exceeds ${LONGEST_SECONDS} seconds`);
}

function checkThrottle(policy: Document | undefined, path: string): void {
  const most = policy?.maxReceivesPerSecond;
  if (most === undefined || most === null) return;
  if (!Number.isInteger(most) || (most as number) < 1) {
    throw new Error(`${path}.maxReceivesPerSecond must be an integer of 1 or more`);
  }
}

function checkRequest(policy: Document | undefined, path: string, raw: boolean): void {
  const type = policy?.headerContentType;
  if (type === undefined || type === null) return;
  const plain = typeof type === 'string' && type.length <= 200 && /^[\x20-\x7e]+$/.test(type);
  if (plain && (ANY_TYPES.test(type) || (raw && RAW_ONLY_TYPES.test(type)))) return;
  throw new Error(`${path}.headerContentType is not a supported content type`);
}

/** What is left open gets AWS's default; an open maximum is at least the minimum. */
function completed(policy: Document): RetryPolicy {
  const given = Object.fromEntries(
    Object.keys(AWS_HTTP_RETRIES).flatMap((name) => (policy[name] == null ? [] : [[name, policy[name]]])),
  ) as Partial<RetryPolicy>;
  const whole = { ...AWS_HTTP_RETRIES, ...given };
  return given.maxDelayTarget === undefined
    ? { ...whole, maxDelayTarget: Math.max(whole.minDelayTarget, AWS_HTTP_RETRIES.maxDelayTarget) }
    : whole;
}

/** Merges AWS's defaults, the topic's policy and the subscription's, in that order. */
export function effectivePolicy(topic: Attributes, subscription: Attributes = {}): EffectivePolicy {
  const http = member(readDocument(topic.DeliveryPolicy || '{}'), 'http') ?? {};
  const own = http.disableSubscriptionOverrides === true ? {} : readDocument(subscription.DeliveryPolicy || '{}');
  const retries = member(own, 'healthyRetryPolicy') ?? member(http, 'defaultHealthyRetryPolicy');
  const throttle = member(own, 'throttlePolicy') ?? member(http, 'defaultThrottlePolicy') ?? null;
  const request = member(own, 'requestPolicy') ?? member(http, 'defaultRequestPolicy');
  return {
    retries: retries ? completed(retries) : AWS_HTTP_RETRIES,
    throttle,
    contentType: typeof request?.headerContentType === 'string' ? request.headerContentType : DEFAULT_CONTENT_TYPE,
    explicit: retries !== undefined || throttle !== null,
  };
}

/** EffectiveDeliveryPolicy of a topic. */
export function topicPolicyJson(topic: Attributes): string {
  const policy = effectivePolicy(topic);
  const http = member(readDocument(topic.DeliveryPolicy || '{}'), 'http') ?? {};
  return JSON.stringify({
    http: {
      defaultHealthyRetryPolicy: policy.retries,
      disableSubscriptionOverrides: http.disableSubscriptionOverrides === true,
      ...(policy.throttle === null ? {} : { defaultThrottlePolicy: policy.throttle }),
      defaultRequestPolicy: { headerContentType: policy.contentType },
    },
  });
}

/** EffectiveDeliveryPolicy of a subscription. */
export function subscriptionPolicyJson(topic: Attributes, subscription: Attributes): string {
  const policy = effectivePolicy(topic, subscription);
  return JSON.stringify({
    healthyRetryPolicy: policy.retries,
    sicklyRetryPolicy: null,
    throttlePolicy: policy.throttle,
    requestPolicy: { headerContentType: policy.contentType },
    guaranteed: false,
  });
}
