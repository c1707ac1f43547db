import { execFileSync } from 'node:child_process';
import { createReadStream, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readRecords } from './documents.ts';
import { EXAMPLES_END, newestOf, redate } from './redate.ts';

const archive = fileURLToPath(new URL('../../examples/archive', import.meta.url));
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length))
    .sort();

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
    const texts: string[] = [];
    const records: unknown[] = [];
    for (const file of filesIn(archive)) {
      for await (const item of readRecords(createReadStream(archive + file))) {
        expect(item.kind).toBe('record');
        if (item.kind === 'record') {
          texts.push(item.text);
          records.push(item.record);
        }
      }
    }
    expect(newestOf(records)).toBe(EXAMPLES_END);
    const moved = texts.map((text) => JSON.parse(redate(text, 60_000)) as Record<string, unknown>);
    expect(newestOf(moved)).toBe(EXAMPLES_END + 60_000);
    expect(moved[5]).toMatchObject({ eventName: 'ConsoleLogin', eventTime: '2026-03-04T10:13:05Z' });
    expect(moved[6]).toMatchObject({
      userIdentity: { sessionContext: { attributes: { creationDate: '2026-03-04T10:13:04Z' } } },
    });
    expect(redate(texts[0] ?? '', 0)).toBe(texts[0]);
  });
});
