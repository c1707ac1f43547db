import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readScenario, StateError } from './state.ts';

const { scenarios } = JSON.parse(
  readFileSync(new URL('../../test/data/audit/audit-scenarios.json', import.meta.url), 'utf8'),
) as { scenarios: { id: string; state: Record<string, unknown> }[] };
const problem = (value: unknown): string => {
  try {
    readScenario(value);
    return 'none';
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    return error.message;
  }
};

describe('an account state', () => {
  it('is read from every scenario', () => {
    expect(scenarios).toHaveLength(80);
    for (const scenario of scenarios) {
      const read = readScenario(scenario);
      expect(read.state.trails.length, scenario.id).toBe(((scenario.state.trails as []) ?? []).length);
    }
  });

  it('may stand bare, with the account of its trail and nothing denied', () => {
    const { state } = scenarios[0]!;
    expect(readScenario(state)).toMatchObject({
      auditedAccount: '111122223333',
      readableAccounts: ['111122223333'],
      deniedCalls: [],
      cliRegion: 'us-east-1',
    });
    expect(problem({ trails: [] })).toContain('names no account');
  });

  it('takes policies as AWS writes them, as text', () => {
    const topic = { TopicArn: 'arn:aws:sns:us-east-1:111122223333:t', account: '111122223333' };
    const read = readScenario({ topics: [{ ...topic, Policy: '{"Statement":[]}' }] });
    expect(read.state.topics[0]?.Policy).toEqual({ Statement: [] });
    expect(problem({ topics: [{ ...topic, Policy: '{' }] })).toBe('state.topics[0].Policy: expected a JSON document');
  });

  it('is refused with the places that are wrong', () => {
    const state = { trails: [{ describe: { Name: 'main' } }] };
    expect(problem({ auditedAccount: '1111', state })).toMatch(
      /^auditedAccount: expected twelve digits; state\.trails\[0\]\.describe\.TrailARN: /,
    );
    expect(problem({ auditedAccount: '111122223333', deniedCalls: ['everything'], state: {} })).toContain(
      'deniedCalls[0]: expected service:Operation',
    );
    expect(problem(Object.fromEntries([['state', { trails: Array(9).fill({}) }]]))).toContain('and 5 more');
    expect(problem({ something: 'else' })).toContain('expected a scenario with "state"');
    expect(problem('text')).toMatch(/^the file: /);
  });

  it('is refused or read whatever comes, and never in another way', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('trails', 'alarms', 'topics', 'state'), (value, name) => {
        problem(value);
        problem({ [name]: value });
        problem({ auditedAccount: '111122223333', state: { [name]: [value] } });
      }),
    );
  });
});
