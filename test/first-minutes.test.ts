import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { shell } from './engine/aws-cli.ts';
import { startChild } from './engine/child.ts';
import { startEngine } from './engine/start.ts';
import { until } from './engine/until.ts';

const PROGRAM = fileURLToPath(new URL('../bin/trailbell', import.meta.url));
const folders: string[] = [];
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'trailbell-first-'));
  folders.push(made);
  return made;
};
afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});

function trailbell(args: string[], options: { nodeArgs?: string[]; cwd?: string } = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...(options.nodeArgs ?? []), PROGRAM, ...args], {
    encoding: 'utf8',
    timeout: 20_000,
    cwd: options.cwd ?? folder(),
    env: { PATH: process.env.PATH },
  });
  return { status, stdout, lines: stderr.trimEnd().split('\n') };
}

describe('the first minutes', () => {
  it('print the address alone on standard output, and end well on SIGTERM', async () => {
    const child = await startChild(['--port', '0', '--data-dir', folder(), '--cis']);
    expect(child.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    await until('the welcome', () => child.notes().includes('Try next'));
    expect(child.notes()).toContain(`${child.url}/console`);
    expect(await (await fetch(`${child.url}/healthz`)).text()).toBe('ok\n');
    expect(await child.stop()).toBe(0);
  });

  it('say in one line that a port is taken', async () => {
    const engine = await startEngine();
    const { port } = new URL(engine.url);
    const { status, stdout, lines } = trailbell(['serve', '--port', port]);
    expect({ status, stdout, lines }).toEqual({
      status: 2,
      stdout: '',
      lines: [
        `trailbell: port ${port} on 127.0.0.1 is taken: stop the other program, or choose another with --port (0 picks a free one)`,
      ],
    });
  });

  it('say in one line that the data directory cannot be one', () => {
    const file = join(folder(), 'file');
    writeFileSync(file, '');
    const { status, lines } = trailbell(['serve', '--port', '0', '--data-dir', file]);
    expect(status).toBe(2);
    expect(lines).toEqual([`trailbell: ${file} is a file, not a folder`]);
  });

  it('say in one line that the folder cannot be written', () => {
    const { status, lines } = trailbell(['serve', '--port', '0', '--data-dir', '/proc/trailbell']);
    expect(status).toBe(2);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^trailbell: \/proc\/trailbell .*(--data-dir|does not exist)/);
  });

  it('say in one line that the store is none of ours', () => {
    const dir = folder();
    writeFileSync(join(dir, 'trailbell.db'), 'this is no database, and long enough to be looked at as one'.repeat(20));
    const { status, lines } = trailbell(['serve', '--port', '0', '--data-dir', dir]);
    expect(status).toBe(2);
    expect(lines).toEqual([
      `trailbell: the store in ${dir} is damaged or no store of ours: move it away, or choose another folder with --data-dir`,
    ]);
  });

  it('say in one line that Node is too old', () => {
    const pretend = 'data:text/javascript,Object.defineProperty(process.versions,"node",{value:"18.20.0"})';
    const { status, lines } = trailbell(['serve'], { nodeArgs: ['--import', pretend] });
    expect(status).toBe(2);
    expect(lines).toEqual(['trailbell needs Node 20.19 or later; this is Node 18.20.0.']);
  });

  it('name a misprinted command', () => {
    expect(trailbell(['statsu']).lines).toEqual([
      'trailbell: there is no command "statsu"; did you mean "status"? (--help lists them)',
    ]);
  });

  it('say where an engine was looked for', () => {
    const { status, lines } = trailbell(['status', '--endpoint-url', 'http://127.0.0.1:9']);
    expect(status).toBe(3);
    expect(lines[0]).toMatch(/^trailbell: No engine answers at http:\/\/127\.0\.0\.1:9/);
  });

  it('ring within ten seconds of the demo, without an engine', () => {
    const { status, stdout } = trailbell(['demo']);
    expect(status).toBe(0);
    expect(stdout).toContain('Root of 1111-2222-3333 signed in to the console from 203.0.113.7 without MFA');
  });

  it('tell that a chain cannot ring, and how to mend it', async () => {
    const engine = await startEngine({ cis: true });
    // Not in this turn of the loop: the engine that is asked lives in this process.
    const { code, stdout } = await shell(`"${process.execPath}" "${PROGRAM}" status --endpoint-url ${engine.url}`);
    expect(code).toBe(1);
    expect(stdout).toContain('cannot ring');
    expect(stdout).toContain('nobody has subscribed');
    expect(stdout).toContain(`--topic-arn arn:aws:sns:us-east-1:000000000000:trailbell-cis`);
  });

  it('keep mails readable and confirmable without a mail server', async () => {
    const engine = await startEngine({ cis: true });
    const body = new URLSearchParams({
      Action: 'Subscribe',
      Version: '2010-03-31',
      TopicArn: 'arn:aws:sns:us-east-1:000000000000:trailbell-cis',
      Protocol: 'email',
      Endpoint: 'ops@example.com',
    });
    await fetch(engine.url, { method: 'POST', body });
    const name = await until('the kept mail', async () => {
      const list = await (await fetch(`${engine.url}/console/mail`)).text();
      return /\/console\/mail\/([^"]+\.eml)/.exec(list)?.[1];
    });
    const mail = await (await fetch(`${engine.url}/console/mail/${name}`)).text();
    const link = /href="([^"]+\/subscriptions\/confirm[^"]+)"/.exec(mail)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect((await fetch(link)).status).toBe(200);
    // Reading confirms nothing: mail scanners read.
    expect(await confirmed(engine.url)).toBe(0);
    const token = new URL(link).searchParams.get('token') ?? '';
    await fetch(new URL('/subscriptions/confirm', link), { method: 'POST', body: new URLSearchParams({ token }) });
    expect(await confirmed(engine.url)).toBe(1);
  });
});

async function confirmed(url: string): Promise<number> {
  const status = (await (await fetch(`${url}/api/v1/status`)).json()) as { chains: { subscribers: unknown[] }[] };
  return status.chains[0]?.subscribers.length ?? -1;
}
