import { type Context, Hono } from 'hono';
import { z } from 'zod';
import type { ChainContext } from '../../chain/context.ts';
import { isSetAside, reopenMarks } from '../../intake/object-marks.ts';
import type { OpenIntakes } from './open-intakes.ts';

const MOST = 1_000;

const wish = z.strictObject({
  source: z.string().startsWith('s3://', 'is the source of objects, such as s3://bucket'),
  object: z.string().min(1).optional(),
});

/**
 * `GET /api/v1/intakes`: how intakes that fetch fare. `GET /api/v1/intakes/set-aside`: objects and files that are
 * damaged or could not be read. `POST /api/v1/intakes/set-aside/retry` with `{"source", "object"?}` reads those of a
 * bucket once more, all or one.
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
      const objects = rows.map(({ source, object, status, records, error, updated_at }) => ({
        source,
        object,
        status,
        records,
        error,
        at: updated_at,
      }));
      return c.json({ objects });
    })
    .post('/api/v1/intakes/set-aside/retry', async (c) => {
      const asked = wish.safeParse(await bodyOf(c));
      if (!asked.success) {
        const message = 'The body is {"source": "s3://BUCKET", "object": "KEY"}; without object all of the bucket.';
        return c.json({ message }, 400);
      }
      const { source, object } = asked.data;
      const objects = await store.write((tx) => reopenMarks(tx, source, object, MOST, clock.now()));
      if (objects.length === 0) return c.json({ message: 'Nothing of that name was set aside.' }, 404);
      intakes.retry(source, objects);
      return c.json({ count: objects.length });
    });
}

const bodyOf = (c: Context): Promise<unknown> => c.req.json().catch(() => undefined);
