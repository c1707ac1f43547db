import { describe, expect, it } from 'vitest';
import { AWS_HTTP_RETRIES } from '../topics/retry-policy.ts';
import { jittered, nextDelay, type RetryRules } from './timetable.ts';

const HOUR = 3_600_000;

/** All delays until the end, each attempt failing at once. */
function delays(rules: RetryRules, most = 200_000): number[] {
  const list: number[] = [];
  let age = 0;
  for (let failures = 1; failures <= most; failures += 1) {
    const delay = nextDelay(rules, failures, age);
    if (delay === undefined) return list;
    list.push(delay);
    age += delay;
  }
  return list;
}

const sum = (list: readonly number[]): number => list.reduce((total, delay) => total + delay, 0);

describe('the timetable', () => {
  it('of HTTP by Trailbell starts within seconds and lasts for a day', () => {
    const list = delays({ protocol: 'https' });
    expect(list.slice(0, 4)).toEqual([1_000, 2_000, 4_000, 8_000]);
    expect(Math.max(...list)).toBe(900_000);
    expect(sum(list)).toBeGreaterThan(23.5 * HOUR);
    expect(sum(list)).toBeLessThanOrEqual(24 * HOUR);
  });

  it('of HTTP by AWS is three tries more within a minute', () => {
    expect(delays({ protocol: 'http', policy: AWS_HTTP_RETRIES })).toEqual([20_000, 20_000, 20_000]);
  });

  it('of mail is fifty tries more in over six hours', () => {
    const list = delays({ protocol: 'email' });
    expect(list).toHaveLength(50);
    expect(list.slice(0, 3)).toEqual([10_000, 10_000, 10_000]);
    expect(list.slice(11)).toEqual(Array.from({ length: 39 }, () => 600_000));
    expect(sum(list)).toBeGreaterThan(6 * HOUR);
  });

  it('of queues is 100,015 tries more in 23 days', () => {
    const list = delays({ protocol: 'sqs' });
    expect(list).toHaveLength(100_015);
    expect(list.slice(0, 6)).toEqual([0, 0, 0, 1_000, 1_000, 1_000]);
    expect(Math.round(sum(list) / (24 * HOUR))).toBe(23);
  });

  it('is moved by a tenth at most', () => {
    expect([jittered(1_000, 0), jittered(1_000, 0.5), jittered(0, 0)]).toEqual([900, 1_000, 0]);
    expect(jittered(1_000, 0.999999)).toBeLessThanOrEqual(1_100);
  });
});
