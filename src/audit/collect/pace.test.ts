import { describe, expect, it } from 'vitest';
import { RateLimits } from '../../../test/audit/rate-limits.ts';
import { awsError } from '../../../test/audit/state-door.ts';
import { FakeClock } from '../../base/fake-clock.ts';
import { Pace } from './pace.ts';
import { refusalKind, refusedBy } from './refusal-kind.ts';

describe('pacing', () => {
  it('finds the rate that is allowed, and answers every call', async () => {
    const clock = new FakeClock(0);
    const limits = new RateLimits(clock);
    const pace = new Pace(clock, { fraction: () => 0.5 });
    let answered = 0;
    const calls = Array.from({ length: 60 }, () =>
      pace.run('1/us-east-1/x', 'cloudtrail:DescribeTrails', async () => {
        limits.take('1', 'us-east-1', 'cloudtrail:DescribeTrails');
        answered += 1;
      }),
    );
    await clock.advance(120_000);
    await Promise.all(calls);
    expect(answered).toBe(60);
  });

  it('gives up what stays refused, and tries again what may pass', async () => {
    const clock = new FakeClock(0);
    const pace = new Pace(clock, { fraction: () => 0 });
    const tries = { denied: 0, broken: 0 };
    const denied = pace.run('a', 'x', async () => {
      tries.denied += 1;
      throw awsError('AccessDeniedException', 'no');
    });
    const broken = pace.run('b', 'x', async () => {
      tries.broken += 1;
      throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    });
    const outcomes = Promise.allSettled([denied, broken]);
    await clock.advance(60_000);
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(tries).toEqual({ denied: 1, broken: 5 });
  });
});

describe('a refusal', () => {
  it.each([
    ['because no identity-based policy allows the logs:DescribeMetricFilters action', 'identity policy'],
    ['with an explicit deny in a service control policy', 'service control policy'],
    ['because no permissions boundary allows the sns:GetTopicAttributes action', 'permissions boundary'],
    ['because no session policy allows the sns:GetTopicAttributes action', 'session policy'],
    ['with an explicit deny in a resource control policy', 'resource control policy'],
    [
      'is not authorized to perform: kms:GetKeyPolicy because no resource-based policy allows the kms:GetKeyPolicy action',
      'key policy',
    ],
    [
      'is not authorized to perform: sns:GetTopicAttributes because no resource-based policy allows it',
      'resource policy',
    ],
    ['User is not authorized', 'unknown'],
  ] as const)('%s is the word of: %s', (message, layer) => {
    expect(refusedBy(message)).toBe(layer);
    expect(refusalKind(awsError('AccessDeniedException', message))).toEqual({ kind: 'denied', refusedBy: layer });
  });

  it.each([
    [awsError('ThrottlingException', 'Rate exceeded'), 'throttled'],
    [awsError('Throttled', 'slow', 429), 'throttled'],
    [awsError('TrailNotFoundException', 'Unknown trail'), 'missing'],
    [awsError('UnknownOperationException', 'no', 404), 'unserved'],
    [awsError('InternalFailure', 'oops', 500), 'transient'],
    [awsError('UnrecognizedClientException', 'The security token included in the request is invalid'), 'denied'],
    [awsError('ValidationException', 'bad'), 'failed'],
  ] as const)('%s is %s', (error, kind) => {
    expect(refusalKind(error).kind).toBe(kind);
  });
});
