import { execFileSync } from 'node:child_process';
import { createReadStream, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { compilePattern } from '../pattern/index.ts';
import { readRecords } from './documents.ts';
import { eventSummary, timedHappeningOf } from './happening.ts';
import { headline } from './headline.ts';
import { textAt } from './record.ts';
import type { TrailRecord } from './record-item.ts';
import { EXAMPLES_END, newestOf, redate } from './redate.ts';
import { mergeHappening, newSession, type SessionState } from './session-state.ts';
import { joinSession } from './sign-in-session.ts';

const archive = fileURLToPath(new URL('../../examples/archive', import.meta.url));
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length))
    .sort();

/** Root use as the CIS benchmark words it, control 4.3. */
const ROOT_USE = compilePattern(
  '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }',
);

async function records(): Promise<TrailRecord[]> {
  const found: TrailRecord[] = [];
  for (const file of filesIn(archive)) {
    for await (const item of readRecords(createReadStream(archive + file))) {
      if (item.kind === 'damage') throw new Error(`${file}: ${item.message}`);
      found.push(item);
    }
  }
  return found;
}

describe('the example archive', () => {
  it('is what its generator makes', () => {
    const made = mkdtempSync(join(tmpdir(), 'trailbell-examples-'));
    try {
      execFileSync(process.execPath, [fileURLToPath(new URL('../../tools/make-examples.mjs', import.meta.url)), made]);
      expect(filesIn(made)).toEqual(filesIn(archive));
      for (const file of filesIn(made)) {
        // Compressed bytes may differ between versions of zlib; what is inside must not.
        expect(gunzipSync(readFileSync(made + file)).toString()).toBe(
          gunzipSync(readFileSync(archive + file)).toString(),
        );
      }
    } finally {
      rmSync(made, { recursive: true, force: true });
    }
  });

  it('can be dated now without losing its rhythm', async () => {
    const found = await records();
    const texts = found.map(({ text }) => text);
    expect(newestOf(found.map(({ record }) => record))).toBe(EXAMPLES_END);
    const moved = texts.map((text) => JSON.parse(redate(text, 60_000)) as Record<string, unknown>);
    expect(newestOf(moved)).toBe(EXAMPLES_END + 60_000);
    expect(moved[5]).toMatchObject({ eventName: 'ConsoleLogin', eventTime: '2026-03-04T10:13:05Z' });
    expect(moved[6]).toMatchObject({
      userIdentity: { sessionContext: { attributes: { creationDate: '2026-03-04T10:13:04Z' } } },
    });
    expect(redate(texts[0] ?? '', 0)).toBe(texts[0]);
  });

  it('shows root use, the failed sign-in included, and nothing of the look-alikes', async () => {
    const all = await records();
    const matched = all.filter(({ text }) => ROOT_USE.matches(text));
    const told = matched.map(({ record }) => eventSummary(timedHappeningOf(record, 0)));
    expect(told.slice(0, 3).map(({ action, result }) => `${action}: ${result}`)).toEqual([
      'sign in to the console: tried and failed',
      'signed in to the console: success',
      'health DescribeEventAggregates: success',
    ]);
    expect(new Set(told.map(({ sourceAddress }) => sourceAddress))).toEqual(new Set(['203.0.113.7']));
    const silent = all.filter((record) => !matched.includes(record));
    const lookAlikes = silent.filter(({ text }) => /"type":"Root"|user\/Root|assumed-role\/Root/.test(text));
    expect(lookAlikes.map(({ record }) => textAt(record, 'eventName')).sort()).toEqual([
      'ListBuckets',
      'ListUsers',
      'RotateKey',
      'RunInstances',
    ]);
  });

  it('rings once: matches in every period from the first to the last, of one sign-in session', async () => {
    const period = 300_000;
    const happenings = (await records())
      .filter(({ text }) => ROOT_USE.matches(text))
      .map(({ record }) => timedHappeningOf(record, 0));
    const periods = [...new Set(happenings.map(({ time }) => Math.floor(time / period)))].sort();
    expect(periods.map((at) => at - periods[0]!)).toEqual(periods.map((_, n) => n));
    for (const order of [happenings, happenings.toReversed()]) {
      let session: SessionState | undefined;
      for (const happening of order) {
        if (session) expect(joinSession(happening, [session])).toBe(session);
        session = session ? mergeHappening(session, happening) : newSession(happening, 's1');
      }
      expect(headline(session ? [session] : [], 1)).toBe(
        'Root of 1111-2222-3333 signed in to the console from 203.0.113.7 without MFA (1 failed attempt to sign in), then made 8 calls in 12 minutes, 1 of them failed',
      );
    }
  });
});
