import type { CallName } from '../../src/audit/collect/calls.ts';
import type { Clock } from '../../src/base/clock.ts';
import { awsError } from './state-door.ts';

/** Calls a second that AWS allows an account in a region, as its quota pages tell or less. */
const RATES: Partial<Record<CallName, number>> = {
  'account:ListRegions': 1,
  'cloudtrail:DescribeTrails': 10,
  'cloudtrail:GetEventSelectors': 1,
  'cloudtrail:GetTrailStatus': 10,
  'cloudtrail:LookupEvents': 2,
  'cloudwatch:DescribeAlarms': 9,
  'cloudwatch:GetAlarmMuteRule': 5,
  'cloudwatch:ListAlarmMuteRules': 5,
  'events:ListRules': 5,
  'events:ListTargetsByRule': 5,
  'kms:GetKeyPolicy': 10,
  'logs:DescribeLogGroups': 10,
  'logs:DescribeMetricFilters': 5,
  'logs:TestMetricFilter': 5,
  'securityhub:DescribeHub': 1,
  'sns:GetSubscriptionAttributes': 10,
  'sns:GetTopicAttributes': 10,
  'sns:ListSubscriptionsByTopic': 10,
};
const DEFAULT_RATE = 5;

/** Refuses, as AWS does, what comes faster than it allows: a bucket an account, region and operation. */
export class RateLimits {
  refusals = 0;
  readonly #clock: Clock;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws ThrottlingException */
  take(account: string, region: string, call: CallName): void {
    const rate = RATES[call] ?? DEFAULT_RATE;
    const key = `${account}/${region}/${call}`;
    const now = this.#clock.now();
    const bucket = this.#buckets.get(key) ?? { tokens: rate, at: now };
    bucket.tokens = Math.min(rate, bucket.tokens + ((now - bucket.at) / 1_000) * rate);
    bucket.at = now;
    this.#buckets.set(key, bucket);
    if (bucket.tokens < 1) {
      this.refusals += 1;
      throw awsError('ThrottlingException', 'Rate exceeded');
    }
    bucket.tokens -= 1;
  }
}
