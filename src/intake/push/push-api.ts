import { createHash } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { Refusal } from '../../base/refusal.ts';
import type { ChainContext } from '../../chain/context.ts';
import { readRecords } from '../../trail/documents.ts';
import type { TrailItem } from '../../trail/record-item.ts';
import type { AcceptRecords } from '../accept-records.ts';
import { finishRun } from '../finish-run.ts';
import { IntakeCounters, type IntakeStats } from '../intake-counters.ts';
import { forgetMark } from '../object-marks.ts';
import { type IngestAnswer, takeBody } from '../take-body.ts';
import { itemsOf, readFirehose } from './firehose.ts';
import type { PushKeys } from './push-keys.ts';
import { PushRoom, type Stay, TRY_AGAIN } from './push-room.ts';
import { expectedBytes, inflatedBody, inOneChunk, wholeBody } from './pushed-body.ts';
import { subscriptionContent } from './subscription-content.ts';

export interface PushApiSettings {
  readonly context: Pick<ChainContext, 'store' | 'clock' | 'ids' | 'log' | 'signals'>;
  readonly accept: AcceptRecords;
  readonly keys: PushKeys;
  /** What bodies may hold of memory; 128 MiB in 32 requests unless given. */
  readonly room?: PushRoom;
}

export interface PushApi {
  readonly routes: Hono;
  /** By the name of the sender's key. */
  stats(): Readonly<Record<string, IntakeStats>>;
  /** Requests since the start, by the status of their answers. */
  answers(): ReadonlyMap<number, number>;
}

/** What pushed bodies are marked under in the store. */
export const PUSH_SOURCE = 'push';

/**
 * The doors for senders that are told an address and a key. Every answer 200 follows the commit; a body that
 * is sent again is answered alike and counted once.
 *
 * `POST /api/v1/push`: an event of an EventBridge API destination, a subscription message of CloudWatch Logs as
 * it is or as Lambda gets it, records a line, or whatever else `readRecords` knows; gzipped or not.
 * `POST /api/v1/push/firehose`: a batch of Amazon Data Firehose, answered as Firehose documents.
 */
export function pushApi(settings: PushApiSettings): PushApi {
  const { context, keys, room = new PushRoom() } = settings;
  const answers = new Map<number, number>();
  const counters = new Map<string, IntakeCounters>();
  const countersOf = (sender: string): IntakeCounters => {
    const known = counters.get(sender) ?? new IntakeCounters();
    counters.set(sender, known);
    return known;
  };

  /** Commits what is good. @throws Refusal 400 where nothing is */
  const take = async (name: string, sender: string, items: AsyncIterable<TrailItem>): Promise<IngestAnswer> => {
    const run = context.ids.uuid();
    const object = { source: PUSH_SOURCE, name, fingerprint: name };
    const answer = await takeBody(settings, { run, fallback: undefined, object }, items, countersOf(sender));
    if (answer.records > 0) await finishRun(context, run);
    if (answer.damagedCount > 0)
      context.log.warn(
        { sender, damaged: answer.damaged.slice(0, 3), count: answer.damagedCount },
        'A sender pushed what is no CloudTrail record',
      );
    if (answer.records > 0 || answer.damagedCount === 0) return answer;
    // The sender keeps what was refused, so nothing is remembered of it here.
    await context.store.write((tx) => forgetMark(tx, PUSH_SOURCE, name));
    const said = `The body holds no CloudTrail record: ${answer.damaged[0]?.message}`;
    throw new Refusal('ValidationException', said, { status: 400 });
  };

  /** Holds room for a request until it is answered. Whoever may not push takes none. */
  const within = async <Answer>(
    { headers }: Request,
    work: (sender: string, stay: Stay) => Promise<Answer>,
  ): Promise<Answer> => {
    const sender = keys.senderOf(headers);
    const stay = room.enter(expectedBytes(headers));
    try {
      return await work(sender, stay);
    } finally {
      stay.leave();
    }
  };

  const routes = new Hono()
    .use('/api/v1/push/*', async (c, next) => {
      await next();
      answers.set(c.res.status, (answers.get(c.res.status) ?? 0) + 1);
    })
    .post('/api/v1/push', (c) =>
      within(c.req.raw, async (sender, stay) => {
        const body = await wholeBody(c.req.raw, stay);
        const content = await subscriptionContent(body, stay);
        const items = readRecords(inOneChunk(content));
        return c.json(await take(createHash('sha256').update(body).digest('hex'), sender, items));
      }),
    )
    .post('/api/v1/push/firehose', async (c) => {
      const told = c.req.header('x-amz-firehose-request-id') ?? null;
      try {
        return await within(c.req.raw, async (sender, stay) => {
          const body = await inflatedBody(await wholeBody(c.req.raw, stay), stay);
          const request = readFirehose(body, told);
          stay.take(request.records.reduce((sum, { length }) => sum + length, 0));
          await take(`firehose ${request.requestId}`, sender, itemsOf(request));
          return c.json({ requestId: request.requestId, timestamp: context.clock.now() });
        });
      } catch (error) {
        return refused(c, context.log, error, {
          requestId: (told ?? '').slice(0, 256),
          timestamp: context.clock.now(),
        });
      }
    })
    .onError((error, c) => refused(c, context.log, error, {}));
  return {
    routes,
    answers: () => answers,
    stats: () => Object.fromEntries([...counters].map(([sender, each]) => [sender, each.stats()])),
  };
}

function refused(c: Context, log: PushApiSettings['context']['log'], error: unknown, more: object): Response {
  if (error instanceof Refusal) {
    const { code, message, status = 400 } = error;
    if (status === 503) c.header('retry-after', String(TRY_AGAIN));
    return c.json({ ...more, code, message, errorMessage: message }, status as 400);
  }
  log.error({ err: error }, 'Pushed records could not be taken in; their sender will try again');
  const message = 'The records could not be taken in because of an unexpected fault; send them again.';
  return c.json({ ...more, message, errorMessage: message }, 500);
}
