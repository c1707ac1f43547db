import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { findControl } from '../../src/audit/controls/find-control.ts';
import type { Finding } from '../../src/audit/finding.ts';
import { judge } from '../../src/audit/judge/judge.ts';
import { asCommands } from '../../src/audit/repair/as-cli.ts';
import { asTemplates, type Template } from '../../src/audit/repair/as-cloudformation.ts';
import { asTerraform } from '../../src/audit/repair/as-terraform.ts';
import { planRepair, type RepairPlan } from '../../src/audit/repair/plan.ts';
import { readScenario, type Scenario } from '../../src/audit/state.ts';

const file = new URL('../data/audit/audit-scenarios.json', import.meta.url);
const { scenarios } = JSON.parse(readFileSync(file, 'utf8')) as { scenarios: { id: string; control: string }[] };
const cloudFormation = JSON.parse(
  readFileSync(new URL('../data/audit/schemas/cloudformation.schema.json', import.meta.url), 'utf8'),
) as Record<string, unknown>;
const hasCfnLint = spawnSync('cfn-lint', ['--version']).status === 0;
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

  it.skipIf(!hasTerraform)(
    'are a configuration that Terraform loads (needs terraform)',
    () => {
      inFolder((folder) => {
        writeFileSync(join(folder, 'main.tf'), asTerraform(PLANS));
        const loaded = spawnSync('terraform', ['providers'], { cwd: folder, encoding: 'utf8' });
        expect(loaded.stdout).toContain('hashicorp/aws');
        expect(loaded.status, loaded.stderr).toBe(0);
        // Whether the provider knows what they say can only be asked where it is installed.
        const plugins = process.env.TRAILBELL_TEST_TERRAFORM_PLUGINS;
        if (!plugins) return;
        for (const words of [['init', '-backend=false', `-plugin-dir=${plugins}`], ['validate']]) {
          const told = spawnSync('terraform', words, { cwd: folder, encoding: 'utf8' });
          expect(told.status, `${told.stdout}${told.stderr}`).toBe(0);
        }
      });
    },
    60_000,
  );

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

/** Properties with each reference in the place of what it becomes: the name of a log group, the ARN of a topic. */
function resolved(value: unknown, { Resources }: Template): unknown {
  const within = (one: unknown): unknown => resolved(one, { Resources } as Template);
  if (Array.isArray(value)) return value.map(within);
  if (typeof value !== 'object' || value === null) return value;
  const { Ref } = value as { Ref?: string };
  if (Ref === undefined) return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, within(one)]));
  const { Type, Properties } = Resources[Ref] ?? {};
  return Type === 'AWS::Logs::LogGroup' ? Properties?.LogGroupName : `arn:aws:sns:us-east-1:111122223333:${Ref}`;
}

describe('the templates of every plan', () => {
  const templates = scenarios
    .filter(({ control }) => !('problem' in findControl(control)))
    .flatMap(({ id }) => asTemplates([plan(id)]))
    .filter(({ template }) => Object.keys(template.Resources).length > 0);

  it("are valid by AWS's resource provider schemas", () => {
    const ajv = new Ajv({ strict: false, unicodeRegExp: false });
    const checks = new Map(
      Object.entries(cloudFormation)
        .filter(([name]) => name.startsWith('AWS::'))
        .map(([name, schema]) => [name, ajv.compile(schema as object)]),
    );
    const types = new Set<string>();
    for (const { template } of templates) {
      for (const [id, { Type, Properties }] of Object.entries(template.Resources)) {
        const check = checks.get(Type)!;
        types.add(Type);
        check(resolved(Properties, template));
        expect(check.errors, `${id} ${JSON.stringify(Properties)}`).toBeNull();
      }
    }
    expect([...types].sort()).toEqual([...checks.keys()].sort());
    // A check that takes everything proves nothing.
    expect(checks.get('AWS::CloudWatch::Alarm')?.({ AlarmName: 'x', Threshold: 'high' })).toBe(false);
  });

  it.skipIf(!hasCfnLint)('please cfn-lint (needs cfn-lint)', { timeout: 60_000 }, () => {
    inFolder((folder) => {
      const files = [...new Map(templates.map(({ template }) => [kindsIn(template), template])).values()].map(
        (template, index) => {
          const file = join(folder, `${index}.json`);
          writeFileSync(file, JSON.stringify(template));
          return file;
        },
      );
      const told = spawnSync('cfn-lint', ['--regions', 'us-east-1', '--', ...files], { encoding: 'utf8' });
      expect(told.stdout).toBe('');
      expect(told.status, told.stderr).toBe(0);
    });
  });
});

const kindsIn = ({ Resources }: Template): string =>
  Object.values(Resources)
    .map(({ Type }) => Type)
    .join();

function inFolder(work: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'trailbell-plan-'));
  try {
    work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('plans as commands', () => {
  it('are a script that a shell reads, in which foreign changes wait behind a #', () => {
    const script = asCommands(PLANS);
    expect(spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
    const updates = script.split('\n').filter((line) => line.includes('update-trail'));
    expect(updates.length).toBeGreaterThan(0);
    for (const line of updates) expect(line).toMatch(/^# aws /);
  });
});
