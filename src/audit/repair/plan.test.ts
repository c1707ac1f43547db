import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findControl } from '../controls/find-control.ts';
import type { Finding } from '../finding.ts';
import { judge } from '../judge/judge.ts';
import { readScenario, type Scenario } from '../state.ts';
import { planRepair } from './plan.ts';
import { repairPolicy } from './repair-policy.ts';
import { satisfy } from './satisfy.ts';
import { after } from './simulate.ts';
import { callOf } from './step.ts';

const file = new URL('../../../test/data/audit/audit-scenarios.json', import.meta.url);
const { scenarios } = JSON.parse(readFileSync(file, 'utf8')) as {
  scenarios: { id: string; control: string; benchmark: string; verdict: string }[];
};

const OPTIONS = {
  protocol: 'email',
  endpoint: 'bell@example.com',
  trailBucket: 'trail-bucket',
  trailRoleArn: 'arn:aws:iam::111122223333:role/CloudTrailToLogs',
};

function planOf(given: (typeof scenarios)[number], options: Partial<typeof OPTIONS> = OPTIONS) {
  const scenario = readScenario(given);
  const found = findControl(given.control, given.benchmark as '5.0.0');
  if ('problem' in found) throw new Error(found.problem);
  const judgeIt = (state: Scenario): Finding => judge(state, { now: 0 })[0] as Finding;
  const settings = { benchmark: found.benchmark, ...options };
  return {
    scenario,
    plan: planRepair(scenario, found.control, judgeIt, settings),
    again: (state: Scenario) => planRepair(state, found.control, judgeIt, settings),
  };
}

/** Security Hub is not switched on by a repair: it costs money. */
const chains = scenarios.filter(({ control }) => control !== '4.16');
const withVerdict = (verdict: string) =>
  chains.filter((one) => one.verdict === verdict).map((one) => [one.id, one] as const);
const callsOf = (id: string, options?: Partial<typeof OPTIONS>): string[] => {
  const given = chains.find((one) => one.id === id);
  if (!given) throw new Error(`no scenario ${id}`);
  // A ! marks what changes somebody else's resource.
  return planOf(given, options).plan.steps.map((step) => `${callOf(step)}${step.foreign ? '!' : ''}`);
};

describe('the plan for a chain that does not ring', () => {
  // S14: a role has lost its rights, and those are not ours to give.
  it.each(withVerdict('FAIL').filter(([id]) => id !== 'S14'))('makes %s pass', (_, given) => {
    const { plan } = planOf(given);
    expect(plan.steps).not.toEqual([]);
    expect(plan.blockers).toEqual([]);
    expect(plan.after.verdict).toBe('PASS');
  });

  it.each(withVerdict('FAIL'))(
    'completes what an interrupted run began, and then has nothing to do: %s',
    (_, given) => {
      const { scenario, plan, again } = planOf(given);
      let state = scenario;
      for (const step of plan.steps) {
        state = after(state, step);
        const rest = again(state);
        expect(rest.after.verdict).toBe(plan.after.verdict);
        expect(rest.steps.length).toBeLessThan(plan.steps.length);
      }
      expect(again(state).steps).toEqual([]);
    },
  );

  it('adds what is missing and leaves everything else alone', () => {
    expect(callsOf('S12')).toEqual(['logs:PutMetricFilter', 'cloudwatch:PutMetricAlarm']);
    expect(callsOf('S25')).toEqual(['logs:PutMetricFilter']);
    expect(callsOf('S35')).toEqual(['logs:PutMetricFilter', 'cloudwatch:PutMetricAlarm']);
    expect(callsOf('S39')).toEqual(['cloudwatch:PutMetricAlarm']);
    expect(callsOf('S51')).toEqual(['sns:Subscribe']);
    expect(callsOf('S56')).toEqual(['sns:CreateTopic', 'cloudwatch:PutMetricAlarm', 'sns:Subscribe']);
    expect(callsOf('S20')).toEqual([
      'cloudtrail:CreateTrail',
      'cloudtrail:StartLogging',
      'logs:PutMetricFilter',
      'sns:CreateTopic',
      'cloudwatch:PutMetricAlarm',
      'sns:Subscribe',
    ]);
  });

  it('marks what changes a trail of somebody else', () => {
    expect(callsOf('S02')).toEqual(['cloudtrail:StartLogging!']);
    expect(callsOf('S05')).toEqual(['cloudtrail:PutEventSelectors!']);
    expect(callsOf('S13')).toEqual(['cloudtrail:UpdateTrail!']);
  });

  it('widens a trail of ours that was narrowed, rather than make another of its name', () => {
    const given = structuredClone(chains.find(({ id }) => id === 'S03')) as (typeof chains)[number] & {
      state: { trails: { describe: { Name: string; TrailARN: string } }[] };
    };
    for (const { describe: trail } of given.state.trails) {
      trail.TrailARN = trail.TrailARN.replace(/[^/]+$/, 'trailbell');
      trail.Name = 'trailbell';
    }
    const { plan } = planOf(given);
    expect(plan.steps.map((step) => [callOf(step), step.foreign])).toEqual([['cloudtrail:UpdateTrail', false]]);
    expect(plan.after.verdict).toBe('PASS');
  });

  it('lets an alarm return to OK, so that it can ring again', () => {
    const given = chains.find(({ id }) => id === 'S48');
    const { plan } = planOf(given as (typeof chains)[number]);
    expect(plan.steps.map(({ input }) => input)).toEqual([
      expect.objectContaining({
        AlarmName: 'trailbell-root-usage',
        TreatMissingData: 'notBreaching',
        Statistic: 'Sum',
      }),
    ]);
  });

  it('says what it needs to be told', () => {
    const todos = (id: string) =>
      planOf(chains.find((one) => one.id === id) as (typeof chains)[number], {}).plan.blockers;
    expect(
      todos('S20')
        .map(({ todo }) => todo)
        .join(),
    ).toContain('--trail-bucket');
    expect(
      todos('S52')
        .map(({ todo }) => todo)
        .join(),
    ).toContain('--notification-endpoint');
    expect(
      todos('S14')
        .map(({ todo }) => todo)
        .join(),
    ).toContain('logs:PutLogEvents');
  });

  it('makes only calls that its least policy allows', () => {
    const allowed = new Set(repairPolicy('TrailbellAudit').Statement.flatMap(({ Action }) => Action));
    const calls = new Set(chains.flatMap((one) => planOf(one).plan.steps.map(callOf)));
    expect(calls.size).toBeGreaterThan(8);
    expect([...calls].filter((call) => !allowed.has(call))).toEqual([]);
  });

  it('never touches what belongs to Control Tower', () => {
    const given = structuredClone(chains.find(({ id }) => id === 'S02')) as (typeof chains)[number] & {
      state: { trails: { describe: { Name: string } }[] };
    };
    for (const { describe: trail } of given.state.trails) trail.Name = 'aws-controltower-BaselineCloudTrail';
    const { plan } = planOf(given);
    expect(plan.steps).toEqual([]);
    expect(plan.blockers.map(({ why }) => why).join()).toContain('Control Tower');
  });
});

describe('no plan', () => {
  it.each(withVerdict('PASS'))('is made where the chain rings: %s', (_, given) => {
    expect(planOf(given).plan).toMatchObject({ steps: [], blockers: [] });
  });

  it.each([...withVerdict('UNKNOWN'), ...withVerdict('REVIEW')])('is made on a guess: %s', (_, given) => {
    const { plan } = planOf(given);
    expect(plan.steps).toEqual([]);
    expect(plan.blockers).toHaveLength(1);
  });
});

describe('a plan that also pleases scanners which compare texts', () => {
  const pleased = (id: string, scanners: string[]) => {
    const given = chains.find((one) => one.id === id) as (typeof chains)[number];
    const found = findControl(given.control, given.benchmark as '5.0.0');
    if ('problem' in found) throw new Error(found.problem);
    const { scenario, plan } = planOf(given);
    const judgeIt = (state: Scenario): Finding => judge(state, { now: 0 })[0] as Finding;
    return satisfy(scenario, plan, found.control, judgeIt, { benchmark: found.benchmark, ...OPTIONS }, scanners);
  };
  const added = (id: string, scanners: string[]) =>
    pleased(id, scanners).steps.map(({ input }) => [input.filterName, input.metricTransformations]);

  it('adds a verbatim filter on the metric that rings already', () => {
    // S21: the terms stand in another order.
    const metric = [{ metricName: 'RootUsage', metricNamespace: 'CISBenchmark', metricValue: '1' }];
    expect(added('S21', ['prowler', 'securityhub'])).toEqual([['trailbell-root-usage-prowler', metric]]);
    expect(added('S21', ['securityhub'])).toEqual([['trailbell-root-usage-securityhub', metric]]);
    expect(pleased('S21', ['securityhub']).after.verdict).toBe('PASS');
  });

  it('adds nothing where they are content, and says where no text pleases them', () => {
    expect(added('S01', ['prowler', 'securityhub'])).toEqual([]);
    const { steps, blockers } = pleased('S75', ['prowler']);
    expect(steps).toEqual([]);
    expect(blockers.map(({ why }) => why).join()).toContain('Prowler would still complain');
  });
});
