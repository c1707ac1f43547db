import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { cliEnvironment, hasAwsCli, shell } from './engine/aws-cli.ts';
import { startEngine } from './engine/start.ts';
import { until } from './engine/until.ts';
import { command } from './public-face/command.ts';

const ACCOUNT = '111122223333';
const SIGMA = `title: Trail tampered with
logsource: { product: aws, service: cloudtrail }
detection:
  selection:
    eventSource: cloudtrail.amazonaws.com
    eventName: [StopLogging, DeleteTrail]
  condition: selection
`;
const OTHER_LOG = SIGMA.replace('cloudtrail }', 'guardduty }');
const BY_ADDRESS = SIGMA.replace('eventName: [StopLogging, DeleteTrail]', 'sourceIPAddress|cidr: 10.0.0.0/8').replace(
  'Trail tampered with',
  'From within',
);
const EVENT_BRIDGE = JSON.stringify({
  Rules: [
    {
      Name: 'root-sign-in',
      EventPattern: '{"detail":{"eventName":["ConsoleLogin"],"userIdentity":{"type":["Root"]}}}',
    },
    { Name: 'nightly', ScheduleExpression: 'rate(1 day)' },
  ],
});

const record = (eventName: string, eventTime: string, eventID: string): string =>
  JSON.stringify({
    eventVersion: '1.11',
    userIdentity: {
      type: 'IAMUser',
      userName: 'mallory',
      arn: `arn:aws:iam::${ACCOUNT}:user/mallory`,
      accountId: ACCOUNT,
    },
    eventTime,
    eventSource: 'cloudtrail.amazonaws.com',
    eventName,
    awsRegion: 'us-east-1',
    sourceIPAddress: '203.0.113.9',
    userAgent: 'aws-cli/2.27.0 kali parrot',
    eventID,
    eventType: 'AwsApiCall',
    recipientAccountId: ACCOUNT,
  });

const folder = mkdtempSync(join(tmpdir(), 'trailbell-rules-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => void vi.unstubAllEnvs());
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const sigma = file('tampered.yml', SIGMA);

describe('trailbell rules import', () => {
  it('tells for each rule by which filters it can ring, and what it cannot say', async () => {
    const paths = [
      sigma,
      file('other.yml', OTHER_LOG),
      file('within.yml', BY_ADDRESS),
      file('rules.json', EVENT_BRIDGE),
    ];
    const { code, out } = await command('rules', 'import', '--json', ...paths);
    expect(code).toBe(1);
    const { rules, passed } = JSON.parse(out) as { rules: Record<string, unknown>[]; passed: string[] };
    expect(passed).toEqual([paths[1]]);
    expect(rules.map(({ name, relation, problem }) => [name, relation ?? problem])).toEqual([
      ['trail-tampered-with', 'equivalent'],
      ['from-within', expect.stringContaining('$.sourceIPAddress')],
      ['root-sign-in', 'equivalent'],
    ]);
    expect(rules[0]).toEqual({
      file: sigma,
      name: 'trail-tampered-with',
      title: 'Trail tampered with',
      relation: 'equivalent',
      patterns: [
        '{ $.eventSource = "cloudtrail.amazonaws.com" && ($.eventName = "StopLogging" || $.eventName = "DeleteTrail") }',
      ],
      onlyFilters: null,
      onlyRule: null,
      notes: expect.any(Array),
    });
    expect((await command('rules', 'import', sigma)).code).toBe(0);
  });

  it('passes rules for other logs over, whatever of their source says so', async () => {
    const source = (logsource: string, name: string): string =>
      file(name, SIGMA.replace('{ product: aws, service: cloudtrail }', logsource));
    const others = [
      source('{ product: windows, category: process_creation }', 'windows.yml'),
      source('{ category: webserver }', 'web.yml'),
      source('{ product: aws, service: route53 }', 'route53.yml'),
    ];
    const { out } = await command('rules', 'import', '--json', sigma, source('{ product: aws }', 'aws.yml'), ...others);
    const { rules, passed } = JSON.parse(out) as { rules: { file: string }[]; passed: string[] };
    expect(rules.map(({ file: from }) => from)).toEqual([sigma, join(folder, 'aws.yml')]);
    expect(passed).toEqual(others);
  });

  it('gives no two filters one name, as the later would take the place of the earlier', async () => {
    const titled = (title: string, userAgents: string): string =>
      SIGMA.replace('Trail tampered with', title).replace(
        'eventName: [StopLogging, DeleteTrail]',
        `userAgent|contains: [${userAgents}]`,
      );
    const paths = [
      file('n1.yml', titled('Tools', 'kali, parrot, pentoo')),
      file('n2.yml', titled('Tools 2', 'kali')),
      file('n3.yml', titled('Tools', 'parrot')),
    ];
    const topic = `arn:aws:sns:us-east-1:${ACCOUNT}:t`;
    const { out } = await command('rules', 'import', '--as', 'cli', '--topic-arn', topic, ...paths);
    const names = [...out.matchAll(/--filter-name (\S+)/g)].map(([, name]) => name);
    expect(names).toHaveLength(4);
    expect(new Set(names).size).toBe(4);
    expect(names.slice(0, 2)).toEqual(['rule-tools', 'rule-tools-2']);
  });

  it('reads each document of a file, and says that correlations are not compared', async () => {
    const correlation = 'title: Many\ncorrelation:\n  type: event_count\n  rules: [a]\n  timespan: 5m\n';
    const other = SIGMA.replace('Trail tampered with', 'Second');
    const { code, out } = await command(
      'rules',
      'import',
      '--json',
      file('m.yml', `---\n${SIGMA}---\n${other}--- # x\n${correlation}`),
    );
    expect(code).toBe(1);
    const { rules } = JSON.parse(out) as { rules: Record<string, unknown>[] };
    expect(rules.map(({ name, relation, problem }) => [name, relation ?? problem])).toEqual([
      ['trail-tampered-with', 'equivalent'],
      ['second', 'equivalent'],
      ['m', 'counts and correlations are not compared'],
    ]);
  });

  it('refuses an event pattern that names a member twice', async () => {
    const twice = file('twice.json', '{"detail":{"eventName":["A"],"eventName":["B"]}}');
    const { code, out } = await command('rules', 'import', twice);
    expect(code).toBe(1);
    expect(out).toContain('detail.eventName stands there twice');
  });

  it('shows nothing of a rule that would move a cursor or forge a line', async () => {
    const hostile = SIGMA.replace('title: Trail tampered with', 'title: "\\e[2Jowned\\n✓ fine"').replace(
      'eventName: [StopLogging, DeleteTrail]',
      'userAgent|cased: "a\\e]0;x\\u0007\\u202e"',
    );
    const { out } = await command('rules', 'import', file('hostile.yml', hostile));
    expect(out).toContain('owned');
    expect(out.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(out.split('\n').filter((line) => line.startsWith('✓'))).toHaveLength(1);
    const unknown = SIGMA.replace('eventName: [StopLogging, DeleteTrail]', '"x|\\e[2J\\nforged": a');
    const listed = JSON.stringify({ Rules: [{ Name: '\u001b[2J', EventPattern: '{"source":["my.app"]}' }] });
    for (const path of [file('unknown.yml', unknown), file('listed.json', listed)]) {
      const { out: told } = await command('rules', 'import', path);
      expect(told.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
      expect((await command('scan', sigma, '--rules', path)).notes.trim()).not.toMatch(/\p{Cc}/u);
    }
  });

  it.each([
    ['nothing that is a rule', [file('plain.yml', 'a: 1')], 1],
    ['a path that is not there', [join(folder, 'none')], 2],
    ['rules of other logs only', [file('guardduty.yml', OTHER_LOG)], 2],
    ['two forms at once', [sigma, '--json', '--as', 'cli'], 2],
    ['a topic that is none', [sigma, '--as', 'cli', '--topic-arn', 'arn:aws:sqs:us-east-1:111122223333:q'], 2],
  ])('ends with a sentence and its code for %s', async (_what, words, code) => {
    const answer = await command('rules', 'import', ...words);
    expect(answer.code).toBe(code);
    expect(answer.notes + answer.out).not.toMatch(/unexpected fault/);
  });

  it('makes filters and alarm with --apply, in the account that was confirmed only, and again without harm', async () => {
    const engine = await startEngine({ cis: true, defaultAccount: ACCOUNT });
    vi.stubEnv('AWS_ACCESS_KEY_ID', ACCOUNT);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'any');
    vi.stubEnv('AWS_REGION', 'us-east-1');
    const words = ['rules', 'import', sigma, '--endpoint-url', engine.url, '--json', '--apply'];
    expect(await command(...words)).toMatchObject({
      code: 2,
      notes: expect.stringContaining('--confirm-account 1111'),
    });
    for (const _ of [1, 2]) {
      const { code, out } = await command(...words, '--confirm-account', ACCOUNT);
      expect(code).toBe(0);
      const { outcomes } = JSON.parse(out) as { outcomes: { outcome: string }[] };
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done']);
    }
    await fetch(`${engine.url}/api/v1/ingest`, {
      method: 'POST',
      body: record('StopLogging', new Date().toISOString(), 'e-1'),
    });
    await until('the ring', () => engine.printed.join().includes('mallory'));
  });

  it.skipIf(!hasAwsCli)('prints commands that the AWS CLI takes as they are', async () => {
    const engine = await startEngine({ cis: true, defaultAccount: ACCOUNT });
    vi.stubEnv('AWS_ACCESS_KEY_ID', ACCOUNT);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'any');
    vi.stubEnv('AWS_REGION', 'us-east-1');
    const { out } = await command('rules', 'import', sigma, '--endpoint-url', engine.url, '--as', 'cli');
    const script = file('make.sh', out);
    expect(await shell(`sh ${script}`, cliEnvironment(ACCOUNT))).toMatchObject({ code: 0, stderr: '' });
    await fetch(`${engine.url}/api/v1/ingest`, {
      method: 'POST',
      body: record('DeleteTrail', new Date().toISOString(), 'e-1'),
    });
    await until('the ring', () => engine.printed.join().includes('mallory'));
  });
});

describe('trailbell scan --rules', () => {
  const archive = file(
    'archive.json',
    [
      record('StopLogging', '2026-01-01T12:00:00Z', 'e-1'),
      record('DeleteTrail', '2026-01-01T12:04:00Z', 'e-2'),
      record('DeleteTrail', '2026-01-01T12:06:00Z', 'e-3'),
      record('UpdateTrail', '2026-01-01T13:00:00Z', 'e-4'),
      record('StopLogging', '2026-02-01T12:00:00Z', 'e-5'),
    ].join('\n'),
  );

  it('tells how often a rule would have rung', async () => {
    const { code, out } = await command('scan', archive, '--rules', sigma, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      controls: [],
      patterns: [],
      rules: [
        {
          title: 'Trail tampered with',
          relation: 'equivalent',
          matches: 4,
          unique: 4,
          // Two periods after each other are one ring.
          rings: 2,
          first: '2026-01-01T12:00:00.000Z',
          last: '2026-02-01T12:00:00.000Z',
        },
      ],
    });
    expect((await command('scan', archive, '--rules', sigma)).out).toContain('would have rung 2 times');
  });

  it('counts an event once that several filters of a rule match, and names the rule beside it', async () => {
    const tools = file(
      'tools.yml',
      'title: Tools\nlogsource: { service: cloudtrail }\ndetection:\n  a: { userAgent|contains: [kali, parrot, aws-cli] }\n  condition: a\n',
    );
    const { out } = await command('scan', archive, '--rules', tools, '--events', '--json');
    const lines = out.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ rules }) => rules).slice(0, 5)).toEqual(Array(5).fill(['Tools']));
    expect(lines[5]).toMatchObject({ rules: [{ matches: 5 }] });
  });

  it('is not complete where a rule could not be searched for', async () => {
    const { code, out } = await command(
      'scan',
      archive,
      '--rules',
      sigma,
      '--rules',
      file('w.yml', BY_ADDRESS),
      '--json',
    );
    expect(code).toBe(3);
    expect(JSON.parse(out)).toMatchObject({
      errors: [{ message: expect.stringContaining('From within was not searched for') }],
    });
  });
});
