import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const record = (n: number): string =>
  JSON.stringify({
    eventVersion: '1.08',
    eventTime: '2024-06-01T09:00:00Z',
    eventSource: 'cloudtrail.amazonaws.com',
    eventName: n % 10 === 0 ? 'StopLogging' : 'DescribeTrails',
    eventID: `id-${n}`,
  });

const trailbell = (input: string | undefined, ...words: string[]) => {
  const { status, stdout } = spawnSync('bin/trailbell', words, {
    ...(input === undefined ? {} : { input }),
    encoding: 'utf8',
  });
  return { status, ...(JSON.parse(stdout) as object) };
};

describe('the built program', () => {
  it('searches standard input', () => {
    const input = Array.from({ length: 20_000 }, (_, n) => record(n)).join('\n');
    expect(trailbell(input, 'scan', '-', '--control', '4.5', '--json')).toMatchObject({
      status: 1,
      records: 20_000,
      files: 1,
      controls: [{ matches: 2_000 }],
    });
  });

  it('comes to the same with any number of threads', () => {
    const [one, three] = ['1', '3'].map((workers) => {
      const found = trailbell(undefined, 'scan', 'test/data/cloudtrail/archive', '--json', '--workers', workers);
      return { ...found, seconds: 0 };
    });
    expect(three).toEqual(one);
    expect(one).toMatchObject({ status: 1, records: 2902 });
  });
});
