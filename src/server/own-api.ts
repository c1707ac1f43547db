import { Hono } from 'hono';
import type { ExpressionBuilder } from 'kysely';
import { ringFacts } from '../forward/formats/ring-facts.ts';
import type { Store } from '../store/store.ts';
import type { Tables } from '../store/tables.ts';
import { ringText } from './ring-text.ts';
import { type EngineStatus, engineStatus, type StatusSettings } from './status.ts';

/** What the status is told by, and the rest of the own API. */
export interface OwnApiSettings extends Omit<StatusSettings, 'endpoint' | 'now'> {
  readonly store: Store;
  readonly now: () => number;
  readonly endpoint: () => string;
}

/** Those that wait for somebody. What is silenced was told to nobody. */
const isOpen = ({ and, eb }: ExpressionBuilder<Tables, 'rings'>) =>
  and([eb('new_state', '=', 'ALARM'), eb('acknowledged_at', 'is', null), eb('silenced_by', 'is', null)]);

/** Answers `GET /api/v1/status` and `GET /api/v1/rings`, and the probes of an orchestrator. */
export function ownApi(settings: OwnApiSettings): Hono {
  const { store } = settings;
  const status = (): Promise<EngineStatus> =>
    engineStatus(store, { ...settings, endpoint: settings.endpoint(), now: settings.now() });

  return new Hono()
    .get('/api/v1/status', async (c) => c.json(await status()))
    .get('/api/v1/rings', async (c) => {
      const since = Number(c.req.query('since') ?? 0);
      const limit = Number(c.req.query('limit') ?? 100);
      if (!Number.isSafeInteger(since) || since < 0) return c.json({ message: 'since is a time in milliseconds' }, 400);
      if (!Number.isInteger(limit) || limit < 1 || limit > 1_000) {
        return c.json({ message: 'limit is a number from 1 to 1000' }, 400);
      }
      const id = c.req.query('id') ?? '';
      if (!/^[0-9a-f-]{0,36}$/.test(id)) return c.json({ message: 'id is the beginning of an id' }, 400);
      let found = store.read.selectFrom('rings').selectAll().where('at', '>=', since);
      if (id !== '') found = found.where('id', 'like', `${id}%`);
      if (c.req.query('open') === 'true') found = found.where(isOpen);
      const rows = await found.orderBy('at', 'desc').limit(limit).execute();
      const rings = rows.map((row) => ({
        ...ringFacts(row),
        text: ringText(row),
      }));
      return c.json({ rings });
    })
    .get('/healthz', (c) => c.text('ok\n'))
    .get('/readyz', async (c) => {
      const current = await status();
      const broken = current.chains.filter((chain) => !chain.canRing).map((chain) => chain.alarm);
      if (current.ok) return c.text('ready\n');
      for (const { name, verdict, alarms } of current.controls)
        if (verdict === 'FAIL' && !alarms.some((alarm) => broken.includes(alarm))) broken.push(name);
      return c.text(`cannot ring: ${broken.join(', ') || current.warnings.join('; ')}\n`, 503);
    });
}
