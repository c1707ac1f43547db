import { expect, it } from 'vitest';
import { type Calls, callsOn } from '../../../test/chain/logs-calls.ts';
import { NOON } from '../../../test/chain/logs-world.ts';
import { eachStore } from '../../../test/stores.ts';

const GROUP = { logGroupName: 'g' };

async function withStreams({ call }: Calls, ...names: string[]): Promise<void> {
  await call('CreateLogGroup', GROUP);
  for (const logStreamName of names) await call('CreateLogStream', { ...GROUP, logStreamName });
}

eachStore((open) => {
  it('describes streams before and after their first events', async () => {
    const calls = callsOn(await open());
    const { call } = calls;
    await withStreams(calls, 's[$]/1');
    const arn = 'arn:aws:logs:eu-west-1:111122223333:log-group:g:log-stream:s[$]/1';
    const created = { logStreamName: 's[$]/1', creationTime: NOON, arn, storedBytes: 0 };
    expect(await call('DescribeLogStreams', GROUP)).toEqual({ logStreams: [created] });
    await call('PutLogEvents', {
      ...GROUP,
      logStreamName: 's[$]/1',
      logEvents: [
        { timestamp: NOON - 5, message: 'a' },
        { timestamp: NOON - 2, message: 'b' },
      ],
    });
    expect(await call('DescribeLogStreams', { logGroupIdentifier: 'g' })).toEqual({
      logStreams: [
        {
          ...created,
          firstEventTimestamp: NOON - 5,
          lastEventTimestamp: NOON - 2,
          lastIngestionTime: NOON,
          uploadSequenceToken: expect.stringMatching(/^\d{56}$/),
        },
      ],
    });
  });

  it('lists by name or by last event, both ways, page by page', async () => {
    const calls = callsOn(await open());
    const { call, refusal, world } = calls;
    await withStreams(calls, 'c', 'a', 'b', 'ä', 'Z');
    for (const [logStreamName, minute] of [
      ['b', 3],
      ['c', 1],
      ['a', 2],
    ] as const)
      await call('PutLogEvents', {
        ...GROUP,
        logStreamName,
        logEvents: [{ timestamp: NOON + minute * 60_000, message: 'm' }],
      });
    const listed = async (input: object): Promise<string> => {
      const names: string[] = [];
      let nextToken: string | undefined;
      do {
        const page = await call('DescribeLogStreams', {
          ...GROUP,
          limit: 2,
          ...input,
          ...(nextToken && { nextToken }),
        });
        names.push(...page.logStreams.map((stream: { logStreamName: string }) => stream.logStreamName));
        nextToken = page.nextToken;
      } while (nextToken);
      return names.join(' ');
    };
    expect(world.clock.now()).toBe(NOON);
    expect(await listed({})).toBe('Z a b c ä');
    expect(await listed({ descending: true })).toBe('ä c b a Z');
    expect(await listed({ orderBy: 'LastEventTime' })).toBe('Z ä c a b');
    expect(await listed({ orderBy: 'LastEventTime', descending: true })).toBe('b a c ä Z');
    expect(await listed({ logStreamNamePrefix: 'a' })).toBe('a');
    expect(await refusal('DescribeLogStreams', { ...GROUP, orderBy: 'LastEventTime', logStreamNamePrefix: 'a' })).toBe(
      'InvalidParameterException: Cannot order by LastEventTime with a logStreamNamePrefix.',
    );
    const { nextToken } = await call('DescribeLogStreams', { ...GROUP, limit: 1 });
    expect(await refusal('DescribeLogStreams', { ...GROUP, descending: true, nextToken })).toBe(
      'InvalidParameterException: The specified nextToken is invalid.',
    );
  });

  it('refuses what AWS refuses, in its words', async () => {
    const calls = callsOn(await open());
    const { call, refusal } = calls;
    await withStreams(calls, 's');
    expect(await refusal('CreateLogStream', { ...GROUP, logStreamName: 's' })).toBe(
      'ResourceAlreadyExistsException: The specified log stream already exists',
    );
    expect(await refusal('DeleteLogStream', { ...GROUP, logStreamName: 'x' })).toBe(
      'ResourceNotFoundException: The specified log stream does not exist.',
    );
    expect(await refusal('DescribeLogStreams', { ...GROUP, logGroupIdentifier: 'g' })).toBe(
      'ValidationException: LogGroup name and LogGroup ARN are mutually exclusive parameters.',
    );
    expect(await refusal('DescribeLogStreams', {})).toBe(
      "InvalidParameterException: 1 validation error detected: Value null at 'logGroupName' failed to satisfy constraint: Member must not be null",
    );
    expect(await refusal('CreateLogStream', { ...GROUP, logStreamName: 'a\0b' })).toBe(
      'InvalidParameterException: Input must not contain the null character.',
    );
    await call('DeleteLogStream', { ...GROUP, logStreamName: 's' });
    expect(await call('DescribeLogStreams', GROUP)).toEqual({ logStreams: [] });
  });
});
