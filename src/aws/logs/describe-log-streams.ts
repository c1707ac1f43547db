import type { LogStream as LogStreamShape } from '@aws-sdk/client-cloudwatch-logs';
import { logStreamArn } from '../../chain/logs/log-group-arn.ts';
import type { LogGroup } from '../../chain/logs/log-groups.ts';
import { type LogStream, listLogStreams, placeOf, type StreamPlace } from '../../chain/logs/log-streams.ts';
import { groupOfCall } from './group-of-call.ts';
import { invalid } from './invalid.ts';
import type { LogsDeps, LogsOperation } from './logs-deps.ts';
import { cutPage, invalidToken, readPageToken, writePageToken } from './page-token.ts';
import { uploadToken } from './upload-token.ts';

const PAGE = 50;

export const describeLogStreams =
  ({ store }: LogsDeps): LogsOperation<'DescribeLogStreams'> =>
  async (input, { scope }) => {
    const { logStreamNamePrefix: prefix, descending = false, limit = PAGE } = input;
    const orderBy = input.orderBy === 'LastEventTime' ? 'last-event' : 'name';
    if (prefix !== undefined && orderBy === 'last-event')
      throw invalid('Cannot order by LastEventTime with a logStreamNamePrefix.');
    const group = await groupOfCall(store.read, scope, input);
    const inputs = ['DescribeLogStreams', group.id, prefix, descending, orderBy];
    const after = placeIn(readPageToken(input.nextToken, inputs, 2));
    const streams = await listLogStreams(store.read, group, { prefix, orderBy, descending, after, limit: limit + 1 });
    const { page, token } = cutPage(streams, limit, (stream) => {
      const { name, at } = placeOf(stream);
      return writePageToken(inputs, [name, String(at)]);
    });
    return { logStreams: page.map((stream) => shapeOf(group, stream)), ...token };
  };

function placeIn(parts: readonly string[] | undefined): StreamPlace | undefined {
  if (!parts) return undefined;
  const [name = '', at = ''] = parts;
  if (!/^\d{1,15}$/.test(at)) throw invalidToken();
  return { name, at: Number(at) };
}

function shapeOf(group: LogGroup, stream: LogStream): LogStreamShape {
  const { first_event_at, last_event_at, last_ingested_at } = stream;
  return {
    logStreamName: stream.name,
    creationTime: stream.created_at,
    ...(first_event_at !== null && { firstEventTimestamp: first_event_at }),
    ...(last_event_at !== null && { lastEventTimestamp: last_event_at }),
    ...(last_ingested_at !== null && {
      lastIngestionTime: last_ingested_at,
      uploadSequenceToken: uploadToken(stream.id, last_ingested_at),
    }),
    arn: logStreamArn(group, group.name, stream.name),
    // AWS reports no size of streams any more.
    storedBytes: 0,
  };
}
