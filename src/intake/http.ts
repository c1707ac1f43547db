import { type Context, Hono } from 'hono';
import { Refusal } from '../base/refusal.ts';
import type { Scope } from '../base/scope.ts';
import type { ChainContext } from '../chain/context.ts';
import type { Fallback } from '../chain/trails/routes.ts';
import { readRecords } from '../trail/documents.ts';
import type { AcceptRecords } from './accept-records.ts';
import { bodyOf } from './body-of.ts';
import { finishRun } from './finish-run.ts';
import { IntakeCounters, type IntakeStats } from './intake-counters.ts';
import { LONGEST_NAME } from './object-marks.ts';
import { PushRoom, TRY_AGAIN } from './push/push-room.ts';
import { type BodyRequest, takeBody } from './take-body.ts';

export interface IngestApiSettings {
  readonly context: Pick<ChainContext, 'store' | 'clock' | 'ids' | 'log' | 'signals'>;
  readonly accept: AcceptRecords;
  /** Where records go that no trail claims, unless a request names another log group. */
  readonly fallback: Fallback;
  /** Throws a Refusal for a request that may not send records. */
  readonly authorise?: (request: Request) => Promise<void>;
  /** How many requests may be under way; 64 unless given. Each holds up to a few records, however long its body is. */
  readonly room?: PushRoom;
}

const MOST_REQUESTS = 64;

export interface IngestApi {
  readonly routes: Hono;
  stats(): IntakeStats;
}

/**
 * The own door over HTTP. `POST /api/v1/ingest` takes CloudTrail records of any age in any form that
 * `readRecords` knows, gzipped or not, and answers when they are committed. Query: `run` names the
 * intake run; without it, or with `end=true`, the run ends with the request. `log-group` takes what
 * no trail claims. `object` and `fingerprint` together make a repeated request harmless.
 * `POST /api/v1/ingest/end?run=…` ends a run: its history rings at once.
 */
export function ingestApi(settings: IngestApiSettings): IngestApi {
  const counters = new IntakeCounters();
  const { context, authorise, room = new PushRoom(0, MOST_REQUESTS) } = settings;
  const routes = new Hono()
    .post('/api/v1/ingest', async (c) => {
      await authorise?.(c.req.raw);
      const request = readRequest(c, settings.fallback.scope, context.ids.uuid);
      const stay = room.enter(0);
      const items = readRecords(bodyOf(c.req.raw));
      const answer = await takeBody(settings, request, items, counters).finally(() => stay.leave());
      if (request.ends) await finishRun(context, request.run);
      if (answer.records > 0 || answer.damagedCount === 0) return c.json(answer);
      return c.json({ message: `The body holds no CloudTrail record: ${answer.damaged[0]?.message}`, ...answer }, 400);
    })
    .post('/api/v1/ingest/end', async (c) => {
      await authorise?.(c.req.raw);
      const run = textParameter(c, 'run', 128);
      if (run === undefined) throw new Refusal('ValidationException', 'run is missing');
      await finishRun(context, run);
      return c.json({ run });
    })
    .onError((error, c) => {
      if (error instanceof Refusal) {
        if (error.status === 503) c.header('retry-after', String(TRY_AGAIN));
        return c.json({ code: error.code, message: error.message }, (error.status ?? 400) as 400);
      }
      context.log.error({ err: error }, 'records could not be taken in');
      return c.json({ message: 'The records could not be taken in because of an unexpected fault.' }, 500);
    });
  return { routes, stats: () => counters.stats() };
}

interface IngestRequest extends BodyRequest {
  readonly ends: boolean;
}

function readRequest(c: Context, scope: Scope, newRun: () => string): IngestRequest {
  const run = textParameter(c, 'run', 128);
  const group = textParameter(c, 'log-group', 512);
  if (group !== undefined && !/^[.\-_/#A-Za-z0-9]+$/.test(group)) {
    throw new Refusal('ValidationException', 'log-group is not a name that a log group can have');
  }
  const name = textParameter(c, 'object', LONGEST_NAME);
  const fingerprint = textParameter(c, 'fingerprint', LONGEST_NAME);
  if ((name === undefined) !== (fingerprint === undefined)) {
    throw new Refusal('ValidationException', 'object and fingerprint go together: give both, or none');
  }
  return {
    run: run ?? newRun(),
    ends: run === undefined || c.req.query('end') === 'true',
    fallback: group === undefined ? undefined : { scope, group },
    object: name === undefined || fingerprint === undefined ? undefined : { source: 'api', name, fingerprint },
  };
}

function textParameter(c: Context, name: string, longest: number): string | undefined {
  const text = c.req.query(name);
  if (text === undefined || text === '') return undefined;
  if (text.length > longest || /[\x00-\x1f]/.test(text)) {
    throw new Refusal('ValidationException', `${name} is a text of at most ${longest} characters`);
  }
  return text;
}
