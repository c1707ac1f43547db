import { readFileSync } from 'node:fs';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  FilterLogEventsCommand,
  InvalidParameterException,
  PutLogEventsCommand,
  TestMetricFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { expect, it } from 'vitest';
import { startEngine } from '../engine/start.ts';

interface Vector {
  readonly id: string;
  readonly pattern: string;
  readonly event: string;
  readonly match: boolean | 'invalid';
  readonly extracted?: Record<string, string>;
  readonly disputed?: boolean;
}

const file = new URL('../data/filter-pattern-vectors.json', import.meta.url);
const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { vectors: Vector[] };

const logGroupName = 'vectors';

it('judges every vector of AWS’s behaviour the same through TestMetricFilter and FilterLogEvents over HTTP', async () => {
  const { url } = await startEngine();
  const logs = new CloudWatchLogsClient({
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  await logs.send(new CreateLogGroupCommand({ logGroupName }));
  for (const { id, event } of vectors) {
    await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName: id }));
    const logEvents = [{ timestamp: Date.now(), message: event }];
    await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName: id, logEvents }));
  }
  /** A client's `invalid` for what the service refuses as AWS does. */
  const orInvalid = async <Answer>(answer: Promise<Answer>): Promise<Answer | 'invalid'> =>
    answer.catch((error) => {
      if (error instanceof InvalidParameterException) return 'invalid';
      throw error;
    });
  const judged = await Promise.all(
    vectors.map(async ({ id, pattern: filterPattern, event }) => {
      const test = new TestMetricFilterCommand({ filterPattern, logEventMessages: [event] });
      const tested = await orInvalid(logs.send(test).then(({ matches }) => matches ?? []));
      const filter = new FilterLogEventsCommand({ logGroupName, logStreamNames: [id], filterPattern });
      const filtered = await orInvalid(logs.send(filter).then(({ events }) => events ?? []));
      return {
        id,
        tested: tested === 'invalid' ? tested : tested.length > 0,
        filtered: filtered === 'invalid' ? filtered : filtered.length > 0,
        extracted: tested === 'invalid' ? undefined : tested[0]?.extractedValues,
        numbers: tested === 'invalid' ? [] : tested.map(({ eventNumber }) => eventNumber),
      };
    }),
  );
  expect(vectors).toHaveLength(263);
  // AWS was once recorded to differ in these; ours is the choice that the documentation describes now.
  expect(vectors.filter(({ disputed }) => disputed).map(({ id }) => id)).toEqual(['fp-262', 'fp-263']);
  for (const [place, { match, extracted, id }] of vectors.entries()) {
    const one = judged[place];
    expect(one, id).toMatchObject({ id, tested: match, filtered: match, numbers: match === true ? [1] : [] });
    if (extracted) expect(one?.extracted, id).toEqual(extracted);
  }
}, 60_000);
