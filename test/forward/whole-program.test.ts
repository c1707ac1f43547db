import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pc from 'picocolors';
import { describe, expect, it, onTestFinished } from 'vitest';
import { run } from '../../src/cli/main.ts';
import { rootSignIn } from '../engine/root-sign-in.ts';
import { startEngine } from '../engine/start.ts';
import { until } from '../engine/until.ts';
import { idsIn, siem } from './forward-world.ts';
import { splunk } from './splunk.ts';

/** Runs a command line; gives what it printed and its exit code. */
async function command(...words: string[]): Promise<{ out: string; code: number }> {
  const out: string[] = [];
  const colors = pc.createColors(false);
  const code = await run(words, { out: (text) => out.push(text), note: (text) => out.push(text), colors });
  return { out: out.join('\n'), code };
}

const ingest = (url: string, lines: readonly string[]) =>
  fetch(`${url}/api/v1/ingest`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: lines.join('\n'),
  });

const valueIn = (metrics: string, series: string): number | undefined => {
  const line = metrics.split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.split(' ').at(-1));
};

describe('forwards of an engine', () => {
  it('tell Splunk of the matches, a file of everything and a webhook of the ring, and add up', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trailbell-forwards-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const collector = await splunk();
    const hook = await siem();
    writeFileSync(join(folder, 'token'), collector.options.token);
    const path = join(folder, 'events.ndjson');
    const batch = { seconds: 0.1 };
    const { url } = await startEngine({
      cis: true,
      forwards: {
        splunk: { type: 'splunk', what: 'matches', url: collector.url, token: { file: join(folder, 'token') }, batch },
        all: { type: 'file', path, batch },
        rings: { type: 'http', what: 'rings', url: hook.url, format: 'ocsf', batch },
        none: { type: 'file', path: join(folder, 'none.ndjson'), logGroups: ['CloudTrial/logs'], batch },
      },
    });
    const other = JSON.stringify({
      ...JSON.parse(rootSignIn(new Date())),
      userIdentity: { type: 'IAMUser' },
      eventName: 'DescribeInstances',
      eventSource: 'ec2.amazonaws.com',
      eventID: 'b',
    });
    await ingest(url, [rootSignIn(new Date(), 'a'), other]);
    await until('the match', () => collector.events.length > 0);
    await until('the ring', () => hook.requests.length > 0);
    await until('everything', () => readOr(path).split('\n').length > 2);
    expect(idsIn(JSON.stringify(collector.events))).toEqual(['a']);
    expect(idsIn(readOr(path))).toEqual(['a', 'b']);
    const [ring] = (hook.requests[0]?.body ?? '').split('\n').map((line) => JSON.parse(line || '{}'));
    expect(ring).toMatchObject({
      class_uid: 2004,
      activity_name: 'Create',
      finding_info: { analytic: { type: 'Rule' } },
    });
    const metrics = await until('the counters', async () => {
      const text = await (await fetch(`${url}/metrics`)).text();
      return valueIn(text, 'trailbell_forward_records_total{forward="splunk",outcome="sent"}') === 1 ? text : undefined;
    });
    expect(valueIn(metrics, 'trailbell_forward_records_total{forward="all",outcome="sent"}')).toBe(2);
    expect(valueIn(metrics, 'trailbell_forward_waiting{forward="all"}')).toBe(0);
    const list = await command('forward', 'list', '--endpoint-url', url);
    expect(list.code).toBe(0);
    const page = await (await fetch(`${url}/console`, { headers: { accept: 'text/html' } })).text();
    expect(page).toContain('<strong>splunk</strong> <span class="soft">matches</span>');
    expect(list.out).toContain(`✓ all: events to ${path}, 2 sent, 0 waiting, 0 refused, 0 lost\n`);
    expect(list.out).toMatch(/✓ none: .*, 0 sent, 0 waiting, 0 refused, 0 lost, 2 not asked for\n/);
    expect(list.out + JSON.stringify(await (await fetch(`${url}/api/v1/status`)).json())).not.toContain(
      collector.options.token,
    );
  });

  it('show what was refused, and send it and the past again', async () => {
    let answer = 400;
    const hook = await siem(() => answer);
    const { url, logged } = await startEngine({
      forwards: { siem: { type: 'http', url: hook.url, batch: { seconds: 0 } } },
    });
    await ingest(url, [rootSignIn(new Date(Date.UTC(2026, 0, 1)), 'a')]);
    const at = ['--endpoint-url', url];
    const list = await until('the refusal', async () => {
      const said = await command('forward', 'list', ...at);
      return said.code === 1 ? said : undefined;
    });
    expect(list.out).toContain('1 refused records are set aside: trailbell forward refused siem');
    expect(logged).toMatchObject([{ level: 'error', message: 'A receiver refused records: they are set aside' }]);
    expect(await command('forward', 'test', 'siem', ...at)).toEqual({
      code: 1,
      out: 'siem did not: The receiver answered 400 (rejected)',
    });
    expect((await command('forward', 'refused', 'siem', ...at)).out).toContain('rejected: The receiver answered 400');
    expect(JSON.parse((await command('forward', 'refused', 'siem', '--json', ...at)).out)).toMatchObject({
      refused: [{ reason: 'rejected', record: { eventID: 'a' } }],
    });
    const status = (await (await fetch(`${url}/api/v1/status`)).json()) as { ok: boolean; warnings: string[] };
    expect(status.ok).toBe(false);
    expect(status.warnings.join('\n')).toContain('1 records that');
    expect(await (await fetch(`${url}/console`)).text()).toContain('<code>trailbell forward refused siem</code>');
    expect(await command('forward', 'resend', 'siem', ...at)).toEqual({ code: 1, out: '0 sent, 1 refused again' });
    answer = 200;
    expect(await command('forward', 'resend', 'siem', ...at)).toEqual({ code: 0, out: '1 sent, 0 refused again' });
    expect((await command('forward', 'list', ...at)).code).toBe(0);
    expect(await command('forward', 'test', 'siem', ...at)).toEqual({ code: 0, out: 'siem took the test record' });
    expect(hook.requests.at(-1)?.body).toContain('Test record of Trailbell');
    hook.requests.length = 0;
    const again = await command('forward', 'backfill', 'siem', '--from', '2025-12-01', ...at);
    expect(again).toEqual({ code: 0, out: 'siem sends everything since 2025-12-01T00:00:00.000Z again' });
    await until('the past', () => hook.requests.length > 0);
    expect(idsIn(hook.requests[0]?.body ?? '')).toEqual(['a']);
  });

  it.each([
    [['forward', 'refused', 'siem'], 3, 'There is no forward of that name'],
    [['forward', 'backfill', 'siem', '--from', 'yesterday'], 2, '--from yesterday is no time'],
  ])('answer %j with a sentence', async (words, code, sentence) => {
    const { url } = await startEngine();
    const said = await command(...words, '--endpoint-url', url);
    expect(said.code).toBe(code);
    expect(said.out).toContain(sentence);
  });

  it('that are written wrongly keep the engine from starting, with the place and what is wanted', async () => {
    const start = (siem: object) => startEngine({ forwards: { siem: siem as never } });
    await expect(start({ type: 'http', url: 'https://user:secret@siem.example.com/' })).rejects.toThrow(
      'forwards.siem.url: must hold no user and password',
    );
    await expect(start({ type: 'splunk', url: 'https://x.example.com', token: 'abc' })).rejects.toThrow(
      'forwards.siem.token: must say where the secret lies',
    );
    await expect(start({ type: 'file', path: 'x', pattern: '{ $.a' })).rejects.toThrow(
      'forwards.siem.pattern: must be a filter',
    );
    await expect(start({ type: 'http', url: 'https://x.example.com', ca: '/nowhere.pem' })).rejects.toThrow(
      'forwards.siem.ca: /nowhere.pem cannot be read (ENOENT)',
    );
    const forwards = { a: { type: 'file', path: 'x.ndjson' }, b: { type: 'file', path: './x.ndjson' } } as const;
    await expect(startEngine({ forwards })).rejects.toThrow(
      /^forwards\.b\.path: forward a writes to \/.*\/x\.ndjson already/,
    );
  });
});

function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
