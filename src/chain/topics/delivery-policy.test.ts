import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkSubscriptionDeliveryPolicy, checkTopicDeliveryPolicy, effectivePolicy } from './delivery-policy.ts';
import { AWS_HTTP_RETRIES, BACKOFF_FUNCTIONS, type RetryPolicy, retryDelays } from './retry-policy.ts';

const subscriptionPolicy = (healthyRetryPolicy: object): string => JSON.stringify({ healthyRetryPolicy });

describe('the delays of a retry policy', () => {
  it('are three of twenty seconds by default', () => expect(retryDelays(AWS_HTTP_RETRIES)).toEqual([20, 20, 20]));

  it('come in the phases that AWS documents for its sample', () => {
    // 50 retries: 3 at once, 2 after a second, 10 growing exponentially, 35 a minute apart.
    const delays = retryDelays({
      minDelayTarget: 1,
      maxDelayTarget: 60,
      numRetries: 50,
      numNoDelayRetries: 3,
      numMinDelayRetries: 2,
      numMaxDelayRetries: 35,
      backoffFunction: 'exponential',
    });
    expect(delays).toHaveLength(50);
    expect(delays.slice(0, 6)).toEqual([0, 0, 0, 1, 1, 1]);
    expect(delays.slice(14)).toEqual(Array.from({ length: 36 }, () => 60));
  });

  it('grow from the minimum to the maximum, whatever the curve', () => {
    const policies = fc.record({
      minDelayTarget: fc.integer({ min: 1, max: 100 }),
      more: fc.nat(3_000),
      numRetries: fc.integer({ min: 2, max: 100 }),
      backoffFunction: fc.constantFrom(...BACKOFF_FUNCTIONS),
    });
    fc.assert(
      fc.property(policies, ({ more, ...given }) => {
        const policy: RetryPolicy = { ...AWS_HTTP_RETRIES, ...given, maxDelayTarget: given.minDelayTarget + more };
        const delays = retryDelays(policy);
        expect(delays).toHaveLength(policy.numRetries);
        expect(delays[0]).toBeCloseTo(policy.minDelayTarget);
        expect(delays.at(-1)).toBeCloseTo(policy.maxDelayTarget);
        for (const [index, delay] of delays.entries())
          expect(delay).toBeGreaterThanOrEqual((delays[index - 1] ?? 0) - 1e-9);
      }),
    );
  });
});

describe('a delivery policy', () => {
  it.each([
    ['{}', 'healthyRetryPolicy.minDelayTarget must be specified'],
    ['{"minDelayTarget":0}', 'healthyRetryPolicy.minDelayTarget must be an integer from 1 to 3600'],
    ['{"minDelayTarget":1.5}', 'healthyRetryPolicy.minDelayTarget must be an integer from 1 to 3600'],
    ['{"minDelayTarget":1,"numRetries":101}', 'healthyRetryPolicy.numRetries must be an integer from 0 to 100'],
    [
      '{"minDelayTarget":9,"maxDelayTarget":8}',
      'healthyRetryPolicy.maxDelayTarget must be greater than or equal to minDelayTarget',
    ],
    [
      '{"minDelayTarget":1,"numRetries":1,"numNoDelayRetries":2}',
      'healthyRetryPolicy.numRetries must be at least the sum of its parts',
    ],
    [
      '{"minDelayTarget":1,"backoffFunction":"cubic"}',
      'healthyRetryPolicy.backoffFunction must be one of linear, arithmetic, geometric, exponential',
    ],
    [
      '{"minDelayTarget":1000,"maxDelayTarget":1000,"numRetries":4}',
      'healthyRetryPolicy: total delay exceeds 3600 seconds',
    ],
  ])('is refused with the retries %s', (retries, text) => {
    expect(() => checkSubscriptionDeliveryPolicy(`{"healthyRetryPolicy":${retries}}`, false)).toThrow(text);
  });

  it.each([
    'no json',
    '[]',
    'null',
    '{"other":1}',
    '{"healthyRetryPolicy":7}',
    '{"throttlePolicy":{"maxReceivesPerSecond":0}}',
  ])('is refused when it reads %s', (text) => expect(() => checkSubscriptionDeliveryPolicy(text, false)).toThrow());

  it('takes the content types of raw delivery for raw delivery only', () => {
    const text = '{"requestPolicy":{"headerContentType":"text/csv"}}';
    expect(() => checkSubscriptionDeliveryPolicy(text, false)).toThrow('not a supported content type');
    checkSubscriptionDeliveryPolicy(text, true);
    checkTopicDeliveryPolicy('{"http":{"defaultRequestPolicy":{"headerContentType":"application/json"}}}');
    expect(() =>
      checkTopicDeliveryPolicy('{"http":{"defaultRequestPolicy":{"headerContentType":"text/plain\\r\\nX: y"}}}'),
    ).toThrow('not a supported content type');
  });

  it('of a subscription goes before that of its topic, unless the topic forbids it', () => {
    const http = (more: object) =>
      JSON.stringify({ http: { defaultHealthyRetryPolicy: { minDelayTarget: 5, numRetries: 5 }, ...more } });
    const own = { DeliveryPolicy: subscriptionPolicy({ minDelayTarget: 7, numRetries: 7 }) };
    const effective = (topic: string, subscription = {}) => effectivePolicy({ DeliveryPolicy: topic }, subscription);
    expect(effective(http({}), own).retries).toMatchObject({ minDelayTarget: 7, numRetries: 7, maxDelayTarget: 20 });
    expect(effective(http({})).retries).toMatchObject({ minDelayTarget: 5, numRetries: 5 });
    expect(effective(http({ disableSubscriptionOverrides: true }), own).retries).toMatchObject({ numRetries: 5 });
  });

  it('is explicit only where it says something about retries', () => {
    expect(effectivePolicy({}).explicit).toBe(false);
    const typed = '{"requestPolicy":{"headerContentType":"application/json"}}';
    expect(effectivePolicy({}, { DeliveryPolicy: typed })).toMatchObject({
      explicit: false,
      contentType: 'application/json',
    });
    expect(effectivePolicy({}, { DeliveryPolicy: subscriptionPolicy({ minDelayTarget: 1 }) }).explicit).toBe(true);
  });
});
