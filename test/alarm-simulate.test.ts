import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const PROGRAM = fileURLToPath(new URL('../bin/trailbell', import.meta.url));
const FILE = fileURLToPath(new URL('data/alarm-vectors.json', import.meta.url));

interface Vector {
  readonly id: string;
  readonly kind: string;
  readonly expectedByPrior: Record<string, string>;
  readonly expected: string;
  readonly windowEnd: number;
  readonly range: readonly (number | null)[];
  readonly transitions: readonly { readonly at: number }[];
  readonly finalState: string;
}

const { vectors } = JSON.parse(readFileSync(FILE, 'utf8')) as { vectors: readonly Vector[] };

/** What the command must print for a vector; a prior state that it does not list is left open. */
function expectedOf({
  id,
  kind,
  expectedByPrior,
  expected,
  windowEnd,
  range,
  transitions,
  finalState,
}: Vector): object {
  if (kind === 'window') return { id, byPrior: expect.objectContaining(expectedByPrior) };
  if (kind === 'point') return { id, state: expected, windowEnd, range };
  return { id, transitions, finalState };
}

async function simulate(...flags: string[]) {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, 'alarm', 'simulate', FILE, ...flags]);
  return JSON.parse(stdout);
}

describe('trailbell alarm simulate', () => {
  it('gives what is recorded and documented of AWS for every vector', async () => {
    expect(await simulate('--json')).toEqual(vectors.map(expectedOf));
  });

  it('makes the same transitions on arrival, none later', async () => {
    const early: Vector[] = await simulate('--json', '--on-arrival');
    const withoutTimes = (list: Vector['transitions']) => list.map(({ at: _, ...rest }) => rest);
    const timelines = vectors.filter(({ kind }) => kind === 'timeline');
    for (const { id, transitions } of timelines) {
      const made = early.find((result) => result.id === id)?.transitions ?? [];
      expect(withoutTimes(made)).toEqual(withoutTimes(transitions));
      made.forEach(({ at }, i) => {
        expect(at).toBeLessThanOrEqual(transitions[i]!.at);
      });
    }
    expect(timelines.length).toBeGreaterThan(20);
  });
});
