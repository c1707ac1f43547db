import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Calls, callsOn } from '../../../test/chain/logs-calls.ts';
import { NOON } from '../../../test/chain/logs-world.ts';
import { eachStore } from '../../../test/stores.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const STREAM = { logGroupName: 'g', logStreamName: 's' };

interface Event {
  readonly timestamp: number;
  readonly message: string;
}

async function withStream(calls: Calls, ...names: string[]): Promise<void> {
  await calls.call('CreateLogGroup', { logGroupName: 'g' });
  for (const logStreamName of ['s', ...names]) await calls.call('CreateLogStream', { ...STREAM, logStreamName });
}

const put = ({ call }: Calls, events: readonly Event[], logStreamName = 's') =>
  call('PutLogEvents', { ...STREAM, logStreamName, logEvents: events });

const eventsAt = (...times: number[]): Event[] => times.map((timestamp) => ({ timestamp, message: `at ${timestamp}` }));

const times = (events: readonly Event[]): number[] => events.map(({ timestamp }) => timestamp - NOON);

eachStore((open) => {
  it('answers PutLogEvents as AWS does', async () => {
    const calls = callsOn(await open());
    await withStream(calls);
    expect(await put(calls, eventsAt(NOON))).toEqual({ nextSequenceToken: expect.stringMatching(/^\d{56}$/) });
    const answer = await put(calls, eventsAt(NOON - 14 * DAY - 1, NOON - 14 * DAY));
    expect(answer.rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 1 });
    const newer = await put(calls, eventsAt(NOON, NOON + 2 * HOUR + 1));
    expect(newer.rejectedLogEventsInfo).toEqual({ tooNewLogEventStartIndex: 1 });
    await calls.call('PutRetentionPolicy', { logGroupName: 'g', retentionInDays: 1 });
    const expired = await put(calls, eventsAt(NOON - DAY - 1));
    expect(expired.rejectedLogEventsInfo).toEqual({ expiredLogEventEndIndex: 1 });
    const { events } = await calls.call('GetLogEvents', STREAM);
    expect(times(events)).toEqual([0, 0]);
  });

  it('refuses uploads in the words of AWS', async () => {
    const calls = callsOn(await open());
    await withStream(calls);
    const refusal = (logEvents: readonly Event[], more: object = {}) =>
      calls.refusal('PutLogEvents', { ...STREAM, logEvents, ...more });
    expect(await refusal(eventsAt(NOON, NOON - 1))).toBe(
      'InvalidParameterException: Log events in a single PutLogEvents request must be in chronological order.',
    );
    expect(await refusal(eventsAt(NOON - DAY - 1, NOON))).toBe(
      'InvalidParameterException: The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
    );
    expect(await refusal([{ timestamp: NOON, message: 'x'.repeat(1_048_576) }])).toBe(
      'InvalidParameterException: Log event too large: 1048602 bytes exceeds limit of 1048576',
    );
    expect(await refusal(eventsAt(NOON), { logGroupName: 'x' })).toBe(
      'ResourceNotFoundException: The specified log group does not exist.',
    );
    expect(await refusal(eventsAt(NOON), { logStreamName: 'x' })).toBe(
      'ResourceNotFoundException: The specified log stream does not exist.',
    );
  });

  it('keeps messages exactly, exact duplicates too', async () => {
    const calls = callsOn(await open());
    await withStream(calls);
    const messages = ['same', 'same', ' \t{"a": 1.0}\n', 'nul \0', 'ü€😀', 'NUL\u0001'];
    await put(
      calls,
      messages.map((message) => ({ timestamp: NOON, message })),
    );
    const { events } = await calls.call('GetLogEvents', STREAM);
    expect(events.map(({ message }: Event) => message)).toEqual(messages);
    expect(events[0]).toEqual({ timestamp: NOON, message: 'same', ingestionTime: NOON });
    const filtered = (await calls.call('FilterLogEvents', { logGroupName: 'g' })).events;
    expect(new Set(filtered.map(({ eventId }: { eventId: string }) => eventId)).size).toBe(messages.length);
    expect(filtered[0]).toEqual({
      logStreamName: 's',
      timestamp: NOON,
      message: 'same',
      ingestionTime: NOON,
      eventId: expect.stringMatching(/^\d{56}$/),
    });
  });

  it('pages GetLogEvents both ways and ends with the token it was given', async () => {
    const calls = callsOn(await open());
    await withStream(calls, 'other');
    await put(calls, eventsAt(...[0, 1, 2, 3, 4, 5, 6].map((step) => NOON + step)));
    await put(calls, eventsAt(NOON + 3), 'other');
    const get = (input: object) => calls.call('GetLogEvents', { ...STREAM, limit: 3, ...input });
    const latest = await get({});
    expect(times(latest.events)).toEqual([4, 5, 6]);
    const earlier = await get({ nextToken: latest.nextBackwardToken });
    expect(times(earlier.events)).toEqual([1, 2, 3]);
    const forward = await get({ nextToken: earlier.nextForwardToken, startFromHead: true });
    expect(times(forward.events)).toEqual([4, 5, 6]);
    const head = await get({ startFromHead: true });
    expect(times(head.events)).toEqual([0, 1, 2]);
    const start = await get({ nextToken: head.nextBackwardToken });
    expect(start).toEqual({ ...start, events: [], nextBackwardToken: head.nextBackwardToken });
    const end = await get({ nextToken: latest.nextForwardToken });
    expect(end).toEqual({ ...end, events: [], nextForwardToken: latest.nextForwardToken });
    await put(calls, eventsAt(NOON + 7));
    expect(times((await get({ nextToken: end.nextForwardToken })).events)).toEqual([7]);
  });

  it('follows an empty stream from its start', async () => {
    const calls = callsOn(await open());
    await withStream(calls);
    const { nextForwardToken } = await calls.call('GetLogEvents', STREAM);
    await put(calls, eventsAt(NOON));
    const { events } = await calls.call('GetLogEvents', { ...STREAM, nextToken: nextForwardToken });
    expect(times(events)).toEqual([0]);
  });

  it('refuses foreign tokens and over-large limits', async () => {
    const calls = callsOn(await open());
    await withStream(calls, 'other');
    const { nextForwardToken } = await calls.call('GetLogEvents', { ...STREAM, logStreamName: 'other' });
    const invalid = 'InvalidParameterException: The specified nextToken is invalid.';
    for (const nextToken of [nextForwardToken, 'x', 'f/3/s', `f/${'9'.repeat(56)}/s`])
      expect(await calls.refusal('GetLogEvents', { ...STREAM, nextToken })).toBe(invalid);
    for (const nextToken of [nextForwardToken, 'x', Buffer.from('["a","forward","3"]').toString('base64url')])
      expect(await calls.refusal('FilterLogEvents', { logGroupName: 'g', nextToken })).toBe(invalid);
    for (const operation of ['GetLogEvents', 'FilterLogEvents'])
      expect(await calls.refusal(operation, { ...STREAM, limit: 10_001 })).toBe(
        "InvalidParameterException: 1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000",
      );
  });

  it('takes any times a client may send', async () => {
    const calls = callsOn(await open());
    await withStream(calls);
    await put(calls, eventsAt(NOON));
    const largest = { startTime: 0, endTime: 2 ** 62 };
    expect((await calls.call('GetLogEvents', { ...STREAM, ...largest })).events).toHaveLength(1);
    expect((await calls.call('FilterLogEvents', { logGroupName: 'g', ...largest })).events).toHaveLength(1);
    const never = { startTime: 2 ** 62, endTime: 5 };
    expect((await calls.call('GetLogEvents', { ...STREAM, ...never })).events).toEqual([]);
    expect((await calls.call('FilterLogEvents', { logGroupName: 'g', ...never })).events).toEqual([]);
  });

  it('ends GetLogEvents before the end time and FilterLogEvents with it', async () => {
    const calls = callsOn(await open());
    await withStream(calls);
    await put(calls, eventsAt(NOON, NOON + 1, NOON + 2));
    const window = { startTime: NOON, endTime: NOON + 1 };
    expect(times((await calls.call('GetLogEvents', { ...STREAM, ...window })).events)).toEqual([0]);
    expect(times((await calls.call('FilterLogEvents', { logGroupName: 'g', ...window })).events)).toEqual([0, 1]);
  });

  it('filters by pattern, by streams and by prefix', async () => {
    const calls = callsOn(await open());
    await withStream(calls, 's2', 't');
    for (const name of ['s', 's2', 't']) await put(calls, [{ timestamp: NOON, message: `{"stream":"${name}"}` }], name);
    const found = async (input: object) =>
      (await calls.call('FilterLogEvents', { logGroupIdentifier: 'g', ...input })).events
        .map(({ logStreamName }: { logStreamName: string }) => logStreamName)
        .join(' ');
    expect(await found({})).toBe('s s2 t');
    expect(await found({ filterPattern: '{ $.stream = "s*" }' })).toBe('s s2');
    expect(await found({ logStreamNames: ['t', 's', 'none'] })).toBe('s t');
    expect(await found({ logStreamNames: ['none'] })).toBe('');
    expect(await found({ logStreamNamePrefix: 's' })).toBe('s s2');
    expect(await found({ startFromHead: false })).toBe('t s2 s');
    expect(await calls.refusal('FilterLogEvents', { logGroupName: 'g', filterPattern: '{ stream = 1 }' })).toBe(
      'InvalidParameterException: Invalid filter pattern',
    );
    expect(await calls.refusal('FilterLogEvents', { logGroupName: 'g', filterPattern: '{ $.a' })).toBe(
      "InvalidParameterException: If a filter pattern starts with '{' it must end with '}'",
    );
    expect(
      await calls.refusal('FilterLogEvents', { logGroupName: 'g', logStreamNames: ['s'], logStreamNamePrefix: 's' }),
    ).toContain('mutually exclusive');
  });

  it('shows every matching event once over all pages, in either direction', async () => {
    const calls = callsOn(await open());
    await withStream(calls, 's2');
    const random = fc.sample(fc.tuple(fc.boolean(), fc.nat(300_000)), { numRuns: 60, seed: 11 });
    for (const [first, offset] of random)
      await put(calls, [{ timestamp: NOON + offset, message: offset % 2 ? 'odd' : 'even' }], first ? 's' : 's2');
    const wanted = random
      .map(([, offset]) => offset)
      .filter((offset) => offset % 2)
      .sort((a, b) => a - b);
    for (const startFromHead of [true, false]) {
      const found: number[] = [];
      let nextToken: string | undefined;
      do {
        const input = { logGroupName: 'g', filterPattern: 'odd', limit: 7, startFromHead };
        const page = await calls.call('FilterLogEvents', { ...input, ...(nextToken && { nextToken }) });
        expect(page.searchedLogStreams).toEqual([]);
        found.push(...times(page.events));
        nextToken = page.nextToken;
      } while (nextToken);
      expect(found).toEqual(startFromHead ? wanted : wanted.toReversed());
    }
  });

  it('bounds a page by its bytes and a call by what it looks through', async () => {
    const calls = callsOn(await open());
    await withStream(calls);
    const large = 'x'.repeat(400_000);
    for (let step = 0; step < 25; step += 1)
      await put(calls, [
        { timestamp: NOON + step, message: large },
        { timestamp: NOON + step, message: `${step} ${large}` },
      ]);
    const page = await calls.call('FilterLogEvents', { logGroupName: 'g' });
    expect(page.events).toHaveLength(2);
    const none = await calls.call('FilterLogEvents', { logGroupName: 'g', filterPattern: 'absent' });
    expect(none.events).toEqual([]);
    const rest = await calls.call('FilterLogEvents', {
      logGroupName: 'g',
      filterPattern: 'absent',
      nextToken: none.nextToken,
    });
    expect(none.nextToken).toBeDefined();
    expect(rest.nextToken).not.toBe(none.nextToken);
    expect((await calls.call('GetLogEvents', STREAM)).events).toHaveLength(2);
  });
});
