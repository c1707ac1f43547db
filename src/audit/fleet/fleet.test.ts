import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RateLimits } from '../../../test/audit/rate-limits.ts';
import { awsError, stateDoor } from '../../../test/audit/state-door.ts';
import { FakeClock } from '../../base/fake-clock.ts';
import type { Door } from '../collect/calls.ts';
import { Pace } from '../collect/pace.ts';
import { readScenario, type Scenario } from '../state.ts';
import { type AccountReading, collectFleet } from './collect-fleet.ts';
import { judgeFleet } from './judge-fleet.ts';

const FILE = new URL('../../../test/data/audit/audit-scenarios.json', import.meta.url);
const { scenarios } = JSON.parse(readFileSync(FILE, 'utf8')) as { scenarios: { id: string; state: object }[] };
const START = Date.UTC(2026, 6, 1);
const MANAGEMENT = '999988887777';
const REGIONS = [
  ...[
    'us-east-1',
    'us-east-2',
    'us-west-1',
    'us-west-2',
    'ca-central-1',
    'sa-east-1',
    'eu-west-1',
    'eu-west-2',
    'eu-west-3',
  ],
  ...['eu-central-1', 'eu-north-1', 'ap-south-1', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3'],
  ...['ap-southeast-1', 'ap-southeast-2'],
];

/** The organization trail of S17 with its chain, seen from any account, every region on and with Security Hub. */
function organization(change: (state: Scenario['state']) => void = () => undefined): Scenario {
  const scenario = structuredClone(readScenario(scenarios.find(({ id }) => id === 'S17')));
  scenario.state.enabledRegions = [...REGIONS];
  scenario.state.securityHub = Object.fromEntries(REGIONS.map((region) => [region, { SubscribedAt: '2024-05-01' }]));
  change(scenario.state);
  return scenario;
}

interface Run {
  readonly scenario: Scenario;
  readonly accounts: readonly string[];
  readonly closed?: readonly string[];
  readonly known?: ReadonlyMap<string, AccountReading>;
  readonly latency?: number;
}

/** Collects and judges, moving the clock as calls wait. */
async function run({ scenario, accounts, closed = [], known, latency = 0 }: Run) {
  const clock = new FakeClock(START);
  const limits = new RateLimits(clock);
  let calls = 0;
  const limited = (account: string): Door => {
    const door = closed.includes(account)
      ? {
          call: async () =>
            Promise.reject(awsError('AccessDenied', 'is not authorized to perform: sts:AssumeRole', 403)),
        }
      : stateDoor(scenario, account, START);
    return {
      async call(name, region, input) {
        calls += 1;
        limits.take(account, region, name);
        if (latency > 0) await new Promise<void>((resolve) => clock.after(latency, resolve));
        return door.call(name, region, input);
      },
    };
  };
  const read: string[] = [];
  const running = collectFleet(
    accounts.map((account) => ({ account, role: null })),
    { region: 'us-east-1', withSecurityHub: true },
    {
      clock,
      pace: new Pace(clock, { fraction: () => 0.5 }),
      open: ({ account }) => limited(account),
      width: 24,
      keepAnswers: false,
      endpoint: 'AWS',
      ...(known && { known }),
      onRead: ({ audited }) => read.push(audited.account),
    },
  );
  let isDone = false;
  void running.finally(() => {
    isDone = true;
  });
  while (!isDone) await clock.advance(5_000);
  const readings = await running;
  const controls = ['root-usage', 'security-hub-enabled'];
  const verdicts = judgeFleet(readings, { controls, benchmark: '5.0.0', now: START }, true);
  return { readings, verdicts, read, calls, refusals: limits.refusals, seconds: (clock.now() - START) / 1_000 };
}

const accountsOf = (count: number): string[] => [
  MANAGEMENT,
  ...Array.from({ length: count - 1 }, (_, index) => String(100_000_000_000 + index)),
];

describe('many accounts', () => {
  it('400 of them in 17 regions are read in ten minutes at the rates that AWS allows', {
    timeout: 240_000,
  }, async () => {
    const { verdicts, seconds, calls } = await run({
      scenario: organization(),
      accounts: accountsOf(400),
      latency: 80,
    });
    expect(calls).toBeGreaterThan(400 * 17 * 2);
    expect(seconds).toBeLessThan(600);
    expect(verdicts.findings).toHaveLength(800);
    expect(new Set(verdicts.findings.map(({ verdict }) => verdict))).toEqual(new Set(['PASS']));
  });

  it('share the chain on an organization trail: it is judged once and credited, but not Security Hub', async () => {
    const { verdicts } = await run({
      scenario: organization((state) => {
        state.securityHub = {};
      }),
      accounts: accountsOf(3),
    });
    const of = (name: string) => verdicts.findings.filter((finding) => finding.name === name);
    expect(of('root-usage').map(({ verdict, account }) => [account, verdict])).toEqual(
      accountsOf(3).map((account) => [account, 'PASS']),
    );
    const sources = of('root-usage').map(({ evidence }) =>
      evidence.some(({ source }) => source === 'organization trail'),
    );
    expect(sources).toEqual([false, true, true]);
    expect(of('security-hub-enabled').map(({ verdict }) => verdict)).toEqual(['FAIL', 'FAIL', 'FAIL']);
  });

  it('are judged one by one where a filter selects by account', async () => {
    const { verdicts } = await run({
      scenario: organization((state) => {
        for (const filter of state.metricFilters) filter.fieldSelectionCriteria = `@aws.account = "${MANAGEMENT}"`;
      }),
      accounts: accountsOf(2),
    });
    const roots = verdicts.findings.filter(({ name }) => name === 'root-usage');
    const credited = roots.map(({ evidence }) => evidence.some(({ source }) => source === 'organization trail'));
    expect(credited).toEqual([false, false]);
  });

  it('that cannot be entered stop nobody, and are covered by the trail of their organization', async () => {
    const [, member = ''] = accountsOf(2);
    const { verdicts, readings } = await run({ scenario: organization(), accounts: accountsOf(3), closed: [member] });
    expect(readings.map(({ entered }) => entered)).toEqual([true, false, true]);
    expect(verdicts.notes).toEqual(['1 of 3 accounts could not be entered']);
    const own = verdicts.findings.filter(({ account }) => account === member);
    expect(own.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['root-usage', 'PASS'],
      ['security-hub-enabled', 'UNKNOWN'],
    ]);
  });

  it('that were read before are not read again', async () => {
    const first = await run({ scenario: organization(), accounts: accountsOf(2) });
    const saved = JSON.parse(JSON.stringify(first.readings)) as AccountReading[];
    const known = new Map(saved.map((reading) => [reading.audited.account, reading]));
    const again = await run({ scenario: organization(), accounts: accountsOf(3), known });
    expect(again.read).toEqual([accountsOf(3)[2]]);
    expect(again.verdicts.findings.map(({ verdict }) => verdict)).toEqual(Array(6).fill('PASS'));
  });
});
