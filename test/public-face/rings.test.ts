import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readRecords } from '../../src/trail/documents.ts';
import { EXAMPLES_END, redate } from '../../src/trail/redate.ts';
import { startEngine } from '../engine/start.ts';
import { until } from '../engine/until.ts';
import { command } from './command.ts';
import { plain, plainJson } from './plain.ts';

const DAY = 86_400_000;

/** The example records as history: two days old, whatever today is. */
async function history(): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'trailbell-history-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  // By whole days, so that the same events share a minute whenever the test runs.
  const shift = Math.floor((Date.now() - 2 * DAY - EXAMPLES_END) / DAY) * DAY;
  const lines: string[] = [];
  for (const name of readdirSync('examples/archive', { recursive: true, encoding: 'utf8' }).sort()) {
    if (!name.endsWith('.json.gz')) continue;
    const bytes = readFileSync(join('examples/archive', name));
    for await (const item of readRecords(chunk(bytes)))
      if (item.kind === 'record') lines.push(redate(item.text, shift));
  }
  const file = join(dir, 'history.ndjson');
  writeFileSync(file, lines.join('\n'));
  return file;
}

async function* chunk(bytes: Uint8Array) {
  yield bytes;
}

async function call(url: string, parameters: Record<string, string>): Promise<void> {
  const body = new URLSearchParams({ Version: '2010-03-31', ...parameters });
  expect((await fetch(url, { method: 'POST', body })).status).toBe(200);
}

const TopicArn = 'arn:aws:sns:us-east-1:000000000000:trailbell-cis';

describe('a ring of root use', () => {
  it('on the terminal, in the own API, as a mail and as a message', { timeout: 60_000 }, async () => {
    const engine = await startEngine({ cis: true });
    const mails = () => {
      const names = readdirSync(join(engine.dataDir, 'mail'), { encoding: 'utf8' });
      // A mail that is being written has another name until it is whole.
      return names
        .filter((name) => name.endsWith('.eml'))
        .map((name) => readFileSync(join(engine.dataDir, 'mail', name)));
    };
    await call(engine.url, { Action: 'Subscribe', TopicArn, Protocol: 'email', Endpoint: 'ops@example.com' });
    const [first] = await until('the mail to confirm', () => {
      try {
        return mails().length > 0 && mails();
      } catch {
        return false;
      }
    });
    const confirmation = await simpleParser(first!);
    await expect(plain(confirmation.text ?? '')).toMatchFileSnapshot('snapshots/confirmation-mail.txt');
    const Token = /token=([0-9a-f]+)/.exec(confirmation.text ?? '')?.[1] ?? '';
    await call(engine.url, { Action: 'ConfirmSubscription', TopicArn, Token });

    expect((await command('ingest', '--endpoint-url', engine.url, await history())).code).toBe(0);
    const mail = await until('the mail of root use', async () => {
      for (const bytes of mails()) {
        const parsed = await simpleParser(bytes);
        if (parsed.subject?.includes('"cis-4.3"')) return parsed;
      }
      return undefined;
    });
    expect(mail.subject).toBe('[history] ALARM: "cis-4.3" in US East (N. Virginia)');
    await expect(plain(mail.text ?? '')).toMatchFileSnapshot('snapshots/ring-mail.txt');
    await expect(plain(mail.html || '')).toMatchFileSnapshot('snapshots/ring-mail.html');

    const printed = engine.printed.find((text) => text.includes('cis-4.3')) ?? '';
    await expect(`${plain(printed)}\n`).toMatchFileSnapshot('snapshots/ring-terminal.txt');

    const { rings } = (await (await fetch(`${engine.url}/api/v1/rings`)).json()) as { rings: { alarm: string }[] };
    const ring = rings.find(({ alarm }) => alarm === 'cis-4.3');
    await expect(plainJson(ring)).toMatchFileSnapshot('snapshots/ring.json');
  });
});
