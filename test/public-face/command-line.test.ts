import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import pc from 'picocolors';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { programFor } from '../../src/cli/main.ts';
import { startEngine } from '../engine/start.ts';
import { command } from './command.ts';
import { plainJson } from './plain.ts';

// The public face of the program. Snapshots are changed on purpose only, with a line in CHANGELOG.md:
// npx vitest run test/public-face --update

beforeEach(() => {
  for (const name of ['AWS_ENDPOINT_URL', 'TRAILBELL_ACCESS_KEY_ID', 'TRAILBELL_SECRET_ACCESS_KEY']) {
    vi.stubEnv(name, undefined);
  }
  return () => vi.unstubAllEnvs();
});

function commands(): string[][] {
  const quiet = { out: () => undefined, note: () => undefined, colors: pc.createColors(false) };
  const below = (one: Command, words: string[]): string[][] => [
    words,
    ...one.commands.flatMap((child) => below(child, [...words, child.name()])),
  ];
  return below(
    programFor(quiet, () => undefined),
    [],
  );
}

describe('the help', () => {
  it.each(commands().map((words) => ['trailbell', ...words].join(' ')))('of %s', async (line) => {
    const words = line.split(' ').slice(1);
    const { code, out } = await command(...words, '--help');
    expect(code).toBe(0);
    if (!out.includes('Commands:')) expect(out).toContain('Example:');
    await expect(`${out}\n`).toMatchFileSnapshot(`snapshots/help${words.map((word) => `-${word}`).join('')}.txt`);
  });
});

describe('the JSON', () => {
  it('of status, and its exit code', async () => {
    const engine = await startEngine({ cis: true });
    const { code, out } = await command('status', '--json', '--endpoint-url', engine.url);
    expect(code).toBe(1);
    const status = JSON.parse(out) as { chains: unknown[]; controls: unknown[] };
    expect(status.chains).toHaveLength(15);
    await expect(
      plainJson({ ...status, chains: [status.chains[0]], controls: [status.controls[2]] }),
    ).toMatchFileSnapshot('snapshots/status.json');
  });

  it('of ingest', async () => {
    const engine = await startEngine({ cis: true });
    const { code, out } = await command('ingest', '--json', '--endpoint-url', engine.url, 'examples/archive');
    expect(code).toBe(0);
    const { seconds, ...summary } = JSON.parse(out) as { seconds: number };
    expect(seconds).toBeGreaterThan(0);
    await expect(plainJson({ ...summary, seconds: 's' })).toMatchFileSnapshot('snapshots/ingest.json');
  });

  it('of demo, the ring of root use in it', async () => {
    const engine = await startEngine({ cis: true });
    const { code, out } = await command('demo', '--json', '--endpoint-url', engine.url);
    expect(code).toBe(0);
    const { rings } = JSON.parse(out) as { rings: DemoRing[] };
    expect(rings.map(({ alarm }) => alarm).sort()).toEqual(['cis-4.2', 'cis-4.3', 'cis-4.6']);
    const ring = rings.find(({ alarm }) => alarm === 'cis-4.3')!;
    // How many events lie in the alarm's five minutes depends on the second in which the test runs.
    const events = ring.detail.events.filter(({ action }) => action === 'organizations DescribeOrganization');
    const detail = { ...ring.detail, total: 0, events };
    const text = ring.text.split('\n').slice(0, 2).join('\n');
    await expect(plainJson({ rings: [{ ...ring, detail, text }] })).toMatchFileSnapshot('snapshots/demo.json');
  });

  it('of scan', async () => {
    const { code, out } = await command('scan', '--json', 'examples/archive');
    expect(code).toBe(1);
    await expect(plainJson({ ...JSON.parse(out), seconds: 's' })).toMatchFileSnapshot('snapshots/scan.json');
  });

  it('of keys', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'trailbell-keys-'));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    const keys = async (...words: string[]) => (await command('keys', ...words, '--json', '--data-dir', dir)).out;
    const made = JSON.parse(await keys('create', '--note', 'ci', '--allow', 'logs:PutLogEvents', 'trailbell:Ingest'));
    expect(made).toMatchObject({ accessKeyId: /^AKIA/.test(made.accessKeyId) && made.accessKeyId, note: 'ci' });
    const listed = JSON.parse(await keys('list'));
    const revoked = JSON.parse(await keys('revoke', made.accessKeyId));
    const named = JSON.stringify({ made, listed, revoked })
      .replaceAll(made.accessKeyId, 'AKIA…')
      .replaceAll(made.secret, '<secret>');
    await expect(plainJson(JSON.parse(named))).toMatchFileSnapshot('snapshots/keys.json');
  });
});

interface DemoRing {
  readonly alarm: string;
  readonly text: string;
  readonly detail: { readonly events: readonly { readonly action: string }[] };
}

describe('wrong usage', () => {
  it.each([
    [['status', '--jsn'], "trailbell: unknown option '--jsn'; did you mean --json? (--help shows how)"],
    [
      ['keys', 'create', '--acount', '1'],
      "trailbell: unknown option '--acount'; did you mean --account? (--help shows how)",
    ],
    [['keys', 'revoke'], "trailbell: missing required argument 'access-key-id' (--help shows how)"],
    [
      ['status', '--endpoint-url', 'foo'],
      'trailbell: --endpoint-url foo is no address: write it like http://127.0.0.1:4780',
    ],
    [
      ['serve', '--allow-destination', 'lan'],
      'trailbell: allowDestination.0: must be addresses like 10.1.0.0/16 or fd00::/8',
    ],
    [['serve', '--config', '/nowhere'], 'trailbell: --config /nowhere cannot be read: ENOENT'],
  ])('%j is explained in one line and ends with 2', async (words, line) => {
    expect(await command(...words)).toEqual({ code: 2, out: '', notes: line });
  });

  it('of keys is explained in one line', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'trailbell-keys-'));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    const { code, notes } = await command('keys', 'create', '--account', '1', '--data-dir', dir);
    expect({ code, notes }).toEqual({ code: 2, notes: 'trailbell: An account id has twelve digits' });
  });
});

describe('an engine that wants keys', () => {
  it('is answered with the key of this program, and tells who has none', async () => {
    const engine = await startEngine({ cis: true, auth: 'keys' });
    const bare = await command('status', '--endpoint-url', engine.url);
    expect(bare.code).toBe(3);
    expect(bare.notes).toContain('TRAILBELL_ACCESS_KEY_ID');
    const made = JSON.parse((await command('keys', 'create', '--json', '--data-dir', engine.dataDir)).out);
    vi.stubEnv('TRAILBELL_ACCESS_KEY_ID', made.accessKeyId);
    vi.stubEnv('TRAILBELL_SECRET_ACCESS_KEY', made.secret);
    expect((await command('status', '--endpoint-url', engine.url)).out).toContain('cannot ring');
    const abroad = await command('status', '--endpoint-url', 'http://bell.example');
    expect(abroad).toMatchObject({ code: 2, out: '' });
    expect(abroad.notes).toContain('in the clear');
  });
});
