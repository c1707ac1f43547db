import type { LogsDeps, LogsOperation } from './logs-deps.ts';
import { uploadToken } from './upload-token.ts';

/** A sequence token in the input is ignored, as on AWS. */
export const putLogEvents =
  ({ store, clock, acceptEvents }: LogsDeps): LogsOperation<'PutLogEvents'> =>
  async ({ logGroupName: group, logStreamName: stream, logEvents }, { scope }) => {
    const events = logEvents.map(({ timestamp, message }) => ({ at: timestamp, message }));
    const { streamId, rejected } = await store.write((tx) =>
      acceptEvents(tx, { scope, group, stream, events, door: 'aws' }),
    );
    const nextSequenceToken = uploadToken(streamId, clock.now());
    return { nextSequenceToken, ...(rejected && { rejectedLogEventsInfo: rejected }) };
  };
