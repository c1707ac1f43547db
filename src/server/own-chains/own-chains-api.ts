import { Hono } from 'hono';
import { findControl } from '../../audit/controls/find-control.ts';
import type { OwnChains } from './own-chains.ts';

/** Answers `GET /api/v1/audit?control=root-usage`: the engine's own chains, judged by the code of `trailbell audit`. */
export function ownChainsApi(chains: OwnChains): Hono {
  return new Hono().get('/api/v1/audit', async (c) => {
    const found = findControl(c.req.query('control') ?? 'root-usage');
    if ('problem' in found) return c.json({ message: found.problem }, 400);
    const findings = await chains.findings();
    return c.json({ findings: findings.filter(({ name }) => name === found.control.slug) });
  });
}
