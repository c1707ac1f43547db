import { type Context, Hono } from 'hono';
import { z } from 'zod';
import type { ChainContext } from '../../chain/context.ts';
import { dismissMarks, isSetAside, reopenMarks } from '../../intake/object-marks.ts';
import type { OpenIntakes } from './open-intakes.ts';

const MOST = 1_000;

/** Something that was set aside, as `GET /api/v1/intakes/set-aside` tells of it. */
export interface SetAsideObject {
  readonly source: string;
  readonly object: string;
  /** `damaged`: read as far as it could be. `dead`: given up. */
  readonly status: string;
  /** Records of it that are stored. */
  readonly records: number;
  readonly error: string | null;
  /** Milliseconds. */
  readonly at: number;
}

const wish = z.strictObject({ source: z.string().min(1), object: z.string().min(1).optional() });
const NOTHING = { message: 'Nothing of that name was set aside.' };

/**
 * `GET /api/v1/intakes`: how intakes that fetch fare. `GET /api/v1/intakes/set-aside`: objects and files that are
 * damaged or could not be read. `POST /api/v1/intakes/set-aside/retry` with `{"source", "object"?}` reads those of a
 * bucket once more, all or one; `POST /api/v1/intakes/set-aside/dismiss` takes note of them: they are shown no more.
 */
export function intakesApi({ store, clock }: Pick<ChainContext, 'store' | 'clock'>, intakes: OpenIntakes): Hono {
  return new Hono()
    .get('/api/v1/intakes', (c) => c.json({ intakes: intakes.states() }))
    .get('/api/v1/intakes/set-aside', async (c) => {
      const limit = Number(c.req.query('limit') ?? 100);
      if (!Number.isInteger(limit) || limit < 1 || limit > MOST)
        return c.json({ message: `limit is a number from 1 to ${MOST}` }, 400);
      const rows = await store.read
        .selectFrom('intake_objects')
        .selectAll()
        .where(isSetAside)
        .orderBy('updated_at', 'desc')
        .limit(limit)
        .execute();
      const objects = rows.map(
        ({ source, object, status, records, error, updated_at }): SetAsideObject => ({
          source,
          object,
          status,
          records,
          error,
          at: updated_at,
        }),
      );
      return c.json({ objects });
    })
    .post('/api/v1/intakes/set-aside/retry', async (c) => {
      const asked = wish.safeParse(await bodyOf(c));
      if (!asked.success || !asked.data.source.startsWith('s3://')) {
        const message = 'The body is {"source": "s3://BUCKET", "object": "KEY"}; without object all of the bucket.';
        return c.json({ message }, 400);
      }
      const { source, object } = asked.data;
      if (!(await isAnySetAside(source, object))) return c.json(NOTHING, 404);
      // What nobody reads stays set aside, and shown.
      if (!intakes.reads(source)) return c.json({ message: `No intake of the settings reads ${source}.` }, 409);
      const objects = await store.write((tx) => reopenMarks(tx, source, object, MOST, clock.now()));
      intakes.retry(source, objects);
      return c.json({ count: objects.length });
    })
    .post('/api/v1/intakes/set-aside/dismiss', async (c) => {
      const asked = wish.safeParse(await bodyOf(c));
      if (!asked.success) {
        const message =
          'The body is {"source": SOURCE, "object": NAME}, as set-aside lists them; without object all of it.';
        return c.json({ message }, 400);
      }
      const { source, object } = asked.data;
      const count = await store.write((tx) => dismissMarks(tx, source, object, clock.now()));
      return count === 0 ? c.json(NOTHING, 404) : c.json({ count });
    });

  async function isAnySetAside(source: string, object: string | undefined): Promise<boolean> {
    let query = store.read.selectFrom('intake_objects').select('object').where('source', '=', source).where(isSetAside);
    if (object !== undefined) query = query.where('object', '=', object);
    return (await query.limit(1).execute()).length > 0;
  }
}

const bodyOf = (c: Context): Promise<unknown> => c.req.json().catch(() => undefined);
