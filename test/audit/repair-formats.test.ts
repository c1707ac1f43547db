import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findControl } from '../../src/audit/controls/find-control.ts';
import type { Finding } from '../../src/audit/finding.ts';
import { judge } from '../../src/audit/judge/judge.ts';
import { asCommands } from '../../src/audit/repair/as-cli.ts';
import { asTemplates } from '../../src/audit/repair/as-cloudformation.ts';
import { asTerraform } from '../../src/audit/repair/as-terraform.ts';
import { planRepair, type RepairPlan } from '../../src/audit/repair/plan.ts';
import { readScenario, type Scenario } from '../../src/audit/state.ts';

const file = new URL('../data/audit/audit-scenarios.json', import.meta.url);
const { scenarios } = JSON.parse(readFileSync(file, 'utf8')) as { scenarios: { id: string; control: string }[] };
const hasTerraform = spawnSync('terraform', ['version']).status === 0;

function plan(id: string, endpoint = 'bell@example.com'): RepairPlan {
  const given = scenarios.find((one) => one.id === id);
  const found = findControl(given?.control ?? '');
  if ('problem' in found) throw new Error(found.problem);
  const options = {
    benchmark: found.benchmark,
    protocol: 'email',
    endpoint,
    trailBucket: 'trail-bucket',
    trailRoleArn: 'arn:aws:iam::111122223333:role/CloudTrailToLogs',
  };
  const judgeIt = (state: Scenario): Finding => judge(state, { now: 0 })[0] as Finding;
  return planRepair(readScenario(given), found.control, judgeIt, options);
}

const DOLLAR = '$';
const PLANS = ['S13', 'S20', 'S25', 'S35', 'S56', 'S65'].map((id) => plan(id));

describe('plans in the language of Terraform', () => {
  it.skipIf(!hasTerraform)('are as terraform fmt would write them (needs terraform)', () => {
    const text = asTerraform([...PLANS, plan('S20', `"${DOLLAR}{var.x}"\n%{ if true }@example.com`)]);
    const formatted = spawnSync('terraform', ['fmt', '-'], { input: text, encoding: 'utf8' });
    expect(formatted.stdout).toBe(text);
    expect(formatted.status).toBe(0);
  });

  it('take no text for a template, and make what several plans share once', () => {
    const text = asTerraform([plan('S20', `${DOLLAR}{var.secret}%{ if true }`), plan('S56')]);
    expect(text).toContain(`endpoint  = "${DOLLAR}${DOLLAR}{var.secret}%%{ if true }"`);
    expect(text.match(/resource "aws_sns_topic" /g)).toHaveLength(1);
    expect(text).toContain('alarm_actions       = [aws_sns_topic.trailbell_cis.arn]');
  });

  it('leave changes of what is there to commands', () => {
    const text = asTerraform([plan('S13')]);
    expect(text).not.toContain('resource "aws_cloudtrail"');
    expect(text).toContain('# aws --region us-east-1 cloudtrail update-trail');
  });
});

describe('plans as CloudFormation', () => {
  it('refer to what the same template makes, and name what is there', () => {
    const [stack, ...more] = asTemplates([plan('S20')]);
    expect(more).toEqual([]);
    const resources = Object.entries(stack?.template.Resources ?? {});
    const [topic] = resources.find(([, { Type }]) => Type === 'AWS::SNS::Topic') ?? [];
    const of = (type: string) => resources.find(([, { Type }]) => Type === type)?.[1].Properties;
    expect(of('AWS::CloudWatch::Alarm')).toMatchObject({
      AlarmActions: [{ Ref: topic }],
      TreatMissingData: 'notBreaching',
    });
    expect(of('AWS::SNS::Subscription')).toMatchObject({ TopicArn: { Ref: topic }, Protocol: 'email' });
    expect(of('AWS::Logs::MetricFilter')).toMatchObject({ LogGroupName: 'CloudTrail/logs' });
    for (const [id] of resources) expect(id).toMatch(/^[A-Za-z0-9]{1,255}$/);
  });
});

describe('plans as commands', () => {
  it('are a script that a shell reads, in which foreign changes wait behind a #', () => {
    const script = asCommands(PLANS);
    expect(spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
    const updates = script.split('\n').filter((line) => line.includes('update-trail'));
    expect(updates.length).toBeGreaterThan(0);
    for (const line of updates) expect(line).toMatch(/^# aws /);
  });
});
