import { Hono } from 'hono';
import type { Finding } from '../../audit/finding.ts';
import { Coverages } from '../../audit/judge/coverage.ts';
import { StateError } from '../../audit/state.ts';
import type { ChainContext } from '../../chain/context.ts';
import type { Fallback } from '../../chain/trails/routes.ts';
import { ownFindings } from './own-findings.ts';

/** Judging is pure computing, during which nothing else runs: asked more often, the last answer is given. */
const FRESH_FOR = 10_000;

/** Answers `GET /api/v1/audit?control=root-usage`: the engine's own chains, judged by the code of `trailbell audit`. */
export function ownChainsApi(context: ChainContext, fallback: Fallback): Hono {
  const proofs = new Coverages();
  const answers = new Map<string, { readonly at: number; readonly findings: readonly Finding[] }>();
  return new Hono().get('/api/v1/audit', async (c) => {
    const control = c.req.query('control') ?? 'root-usage';
    const now = context.clock.now();
    const known = answers.get(control);
    if (known && now - known.at < FRESH_FOR) return c.json({ findings: known.findings });
    try {
      const findings = await ownFindings(context.store.read, { fallback, now, proofs, controls: [control] });
      answers.set(control, { at: now, findings });
      return c.json({ findings });
    } catch (error) {
      if (error instanceof StateError) return c.json({ message: error.message }, 400);
      throw error;
    }
  });
}
