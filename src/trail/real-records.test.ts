import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readRecords } from './documents.ts';
import { happeningOf } from './happening.ts';
import { eventIdOf, eventTimeOf, recipientOf } from './record.ts';
import type { TrailRecord } from './record-item.ts';

const data = fileURLToPath(new URL('../../test/data/cloudtrail', import.meta.url));
const expected = JSON.parse(readFileSync(join(data, 'EXPECTED.json'), 'utf8')).counts;

const filesIn = (folder: string): string[] =>
  readdirSync(join(data, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.gz'))
    .map((entry) => join(entry.parentPath, entry.name));

async function recordsOf(file: string): Promise<TrailRecord[]> {
  const records: TrailRecord[] = [];
  for await (const item of readRecords(createReadStream(file))) {
    if (item.kind === 'damage') throw new Error(`${file}: ${item.message}`);
    records.push(item);
  }
  return records;
}

const all = async (folder: string): Promise<TrailRecord[]> =>
  (await Promise.all(filesIn(folder).map(recordsOf))).flat();

describe('real CloudTrail records', () => {
  it.each([
    ['archive', 'archive (invictus, trailscraper)'],
    ['records/stratus', 'stratus'],
    ['records/panther', 'panther-dev'],
    ['decorated/otrf', 'otrf'],
  ])('of %s are read completely', async (folder, set) => {
    const records = await all(folder);
    expect(filesIn(folder)).toHaveLength(expected[set].files);
    expect(records).toHaveLength(expected[set].deliveries);
    const eventIds = records.map(({ record }) => eventIdOf(record)).filter((id) => id !== undefined);
    expect(new Set(eventIds).size).toBe(expected[set].unique_events);
  });

  it.each([
    ['eventbridge', 10],
    ['bare', 13],
  ])('of %s are read, one a file', async (folder, files) => {
    expect(await all(folder)).toHaveLength(files);
  });

  it('keep their text, in one line', async () => {
    for (const file of filesIn('archive/AWSLogs/218007301253')) {
      const content = gunzipSync(readFileSync(file)).toString();
      for (const { text } of await recordsOf(file)) expect(content).toContain(text);
    }
    for (const { text, record } of await all('.')) {
      expect(JSON.parse(text)).toEqual(record);
      expect(text).not.toMatch(/[\r\n]/);
    }
  });

  it('say when, whose and who', async () => {
    for (const { record } of await all('archive')) {
      expect(eventTimeOf(record)).toBeGreaterThan(0);
      expect(recipientOf(record)).toMatch(/^\d{12}$/);
      expect(happeningOf(record).principal.kind).not.toBe('unknown');
    }
  });

  it('hold no session tokens', async () => {
    for (const { text } of await all('.')) {
      for (const [, token] of text.matchAll(/"sessionToken":"([^"]*)"/gi)) expect(token?.length).toBeLessThan(30);
    }
  });
});
