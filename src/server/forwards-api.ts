import { type Context, Hono } from 'hono';
import { Refusal } from '../base/refusal.ts';
import type { ChainContext } from '../chain/context.ts';
import type { Forwards } from '../forward/forwards.ts';
import type { Outcome } from '../forward/receiver.ts';
import { dismissRefused, listRefused } from '../forward/refusals.ts';
import type { ForwardRunner } from '../forward/runner.ts';

/** What goes on to other systems: how it goes, what was refused, and a second chance for that or for the past. */
export function forwardsApi(context: ChainContext, forwards: Forwards): Hono {
  const withForward = async (c: Context, act: (runner: ForwardRunner) => Promise<Response>): Promise<Response> => {
    const runner = forwards.find(c.req.param('name') ?? '');
    if (!runner) return c.json({ message: 'There is no forward of that name in the settings.' }, 404);
    try {
      return await act(runner);
    } catch (error) {
      if (error instanceof Refusal) return c.json({ message: error.message }, 503);
      throw error;
    }
  };
  return new Hono()
    .get('/api/v1/forwards', async (c) => c.json({ forwards: await forwards.states() }))
    .get('/api/v1/forwards/:name/refused', (c) =>
      withForward(c, async ({ plan }) => {
        const limit = Number(c.req.query('limit') ?? 100);
        if (!Number.isInteger(limit) || limit < 1 || limit > 1_000)
          return c.json({ message: 'limit is a number from 1 to 1000' }, 400);
        return c.json({ refused: await listRefused(context.store.read, plan.name, limit) });
      }),
    )
    .post('/api/v1/forwards/:name/test', (c) => withForward(c, async (runner) => c.json(testedAs(await runner.test()))))
    .post('/api/v1/forwards/:name/resend', (c) => withForward(c, async (runner) => c.json(await runner.resend())))
    .post('/api/v1/forwards/:name/dismiss', (c) =>
      withForward(c, async ({ plan }) => c.json({ count: await dismissRefused(context, plan.name) })),
    )
    .post('/api/v1/forwards/:name/backfill', (c) =>
      withForward(c, async (runner) => {
        const from = Date.parse(c.req.query('from') ?? '');
        if (Number.isNaN(from)) return c.json({ message: 'from is a time such as 2026-01-01T00:00:00Z' }, 400);
        await runner.backfill(from);
        return c.json({ from: new Date(from).toISOString() });
      }),
    );
}

/** The answer of a test. */
export interface Tested {
  readonly sent: boolean;
  readonly reason?: string;
  readonly text?: string;
}

function testedAs(outcome: Outcome): Tested {
  const trouble = outcome.result === 'sent' ? (outcome.refused?.[0] ?? outcome.again) : outcome;
  return trouble ? { sent: false, reason: trouble.reason, text: trouble.text } : { sent: true };
}
