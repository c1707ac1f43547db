import { Hono } from 'hono';
import type { Scope } from '../../base/scope.ts';
import type { ChainContext } from '../../chain/context.ts';
import type { AcceptRecords } from '../../intake/accept-records.ts';
import { followDrill } from './follow-drill.ts';
import { startDrill } from './start-drill.ts';

export interface DrillApiSettings {
  readonly context: Pick<ChainContext, 'store' | 'clock' | 'ids'>;
  readonly accept: AcceptRecords;
  /** The engine's own account and region, for a drill that names none. */
  readonly scope: Scope;
}

/**
 * `POST /api/v1/drills` starts a drill (query: `account` and `region` that its record names) and answers
 * once the record is committed; `GET /api/v1/drills/<id>` says how far it came.
 */
export function drillApi({ context, accept, scope }: DrillApiSettings): Hono {
  return new Hono()
    .post('/api/v1/drills', async (c) => {
      const account = c.req.query('account') ?? scope.account;
      const region = c.req.query('region') ?? scope.region;
      if (!/^\d{12}$/.test(account)) return c.json({ message: 'account is twelve digits' }, 400);
      if (!/^[a-z0-9-]{1,32}$/.test(region)) return c.json({ message: 'region is one such as us-east-1' }, 400);
      return c.json(await startDrill(context, accept, { account, region }), 201);
    })
    .get('/api/v1/drills/:id', async (c) => {
      const id = c.req.param('id');
      if (!/^[0-9a-f-]{36}$/.test(id)) return c.json({ message: 'there is no such drill' }, 404);
      return c.json(await followDrill(context.store.read, id));
    });
}
