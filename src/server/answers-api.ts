import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { acknowledge } from '../chain/answers/acknowledge.ts';
import { createSilence, endSilence, listSilences } from '../chain/answers/silences.ts';
import type { ChainContext } from '../chain/context.ts';

/** More than any silence needs. */
const LARGEST_BODY = 16_384;

/** What people and programs do about rings: acknowledge them, and silence what they know of. */
export function answersApi(context: ChainContext): Hono {
  return new Hono()
    .post('/api/v1/rings/:id/acknowledge', limited(), async (c) => {
      const { by } = await objectOf(c);
      if (by !== undefined && typeof by !== 'string') return c.json({ message: 'by is a name' }, 400);
      const done = await acknowledge(context, c.req.param('id'), by ?? '');
      if (!done) return c.json({ message: 'There is no ring of that id.' }, 404);
      return c.json({ acknowledgedAt: done.at, acknowledgedBy: done.by });
    })
    .get('/api/v1/silences', async (c) => {
      const all = c.req.query('all') === 'true';
      return c.json({ silences: await listSilences(context.store.read, context.clock.now(), all) });
    })
    .post('/api/v1/silences', limited(), async (c) => {
      const made = await createSilence(context, await objectOf(c));
      return typeof made === 'string' ? c.json({ message: made }, 400) : c.json(made, 201);
    })
    .delete('/api/v1/silences/:id', async (c) => {
      if (await endSilence(context, c.req.param('id'))) return c.json({});
      return c.json({ message: 'There is no silence of that id in force.' }, 404);
    });
}

const limited = () =>
  bodyLimit({
    maxSize: LARGEST_BODY,
    onError: (c) => c.json({ message: `The body may have ${LARGEST_BODY} bytes at most.` }, 413),
  });

/** The JSON object in the body; empty where there is none. */
async function objectOf(c: Context): Promise<Record<string, unknown>> {
  const given: unknown = await c.req.json().catch(() => undefined);
  return typeof given === 'object' && given !== null && !Array.isArray(given) ? (given as Record<string, unknown>) : {};
}
