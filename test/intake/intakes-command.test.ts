import pc from 'picocolors';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { run } from '../../src/cli/main.ts';
import { openStore } from '../../src/store/store.ts';
import { startEngine } from '../engine/start.ts';

/** Runs a command line; gives what it printed and its exit code. */
async function command(...words: string[]): Promise<{ out: string; code: number }> {
  const out: string[] = [];
  const colors = pc.createColors(false);
  const code = await run(words, { out: (text) => out.push(text), note: (text) => out.push(text), colors });
  return { out: out.join('\n'), code };
}

describe('trailbell intakes', () => {
  it('tells how intakes fare and what was set aside, has it read again, or takes note of it', async () => {
    onTestFinished(() => void vi.unstubAllEnvs());
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
    // Nobody answers there.
    const s3 = [{ name: 'org', bucket: 'trail', endpoint: 'http://127.0.0.1:9' }];
    const engine = await startEngine({ intakes: { s3 } });
    const ask = (...words: string[]) => command('intakes', ...words, '--endpoint-url', engine.url);
    const source = 's3://trail@127.0.0.1:9';
    const store = await openStore(`${engine.dataDir}/trailbell.db`);
    const mark = { fingerprint: 'e -', offset: 0, records: 2, error: 'access is denied', updated_at: 0 };
    const gone = { ...mark, source: 's3://gone', object: 'c', status: 'damaged' };
    await store.write(({ db }) =>
      db
        .insertInto('intake_objects')
        .values([
          { ...mark, source, object: 'AWSLogs/a.json.gz', status: 'dead' },
          { ...mark, source: 'sqs:https://sqs.example.com/q', object: 'message 1', status: 'dead' },
          gone,
        ])
        .execute(),
    );
    await store.close();

    await vi.waitFor(async () => expect((await ask('list')).out).toContain('cannot read since'), 10_000);
    const listed = await ask('list', '--json');
    expect(listed.code).toBe(1);
    expect(JSON.parse(listed.out)).toMatchObject({ intakes: [{ name: 'org', trouble: { kind: 'unreachable' } }] });

    const aside = await ask('set-aside');
    expect(aside.code).toBe(1);
    expect(aside.out).toContain(`${source} AWSLogs/a.json.gz\n  dead, 2 records stored: access is denied`);
    expect(JSON.parse((await ask('set-aside', '--limit', '2', '--json')).out).objects).toHaveLength(2);
    for (const limit of ['x', '0', '1001']) expect(await ask('set-aside', '--limit', limit)).toMatchObject({ code: 2 });

    expect(await ask('retry', source, '--json')).toEqual({ out: '{"count":1}', code: 0 });
    expect(await ask('retry', source)).toMatchObject({ code: 2, out: expect.stringContaining('Nothing of that name') });
    // What nobody would read stays set aside.
    expect(await ask('retry', 's3://gone')).toMatchObject({
      out: expect.stringContaining('No intake of the settings'),
    });
    expect(await ask('retry', 'sqs:https://sqs.example.com/q')).toMatchObject({ code: 2 });
    expect((await ask('set-aside')).out).toContain('s3://gone c');

    expect(await ask('dismiss', 's3://gone', 'd')).toMatchObject({ code: 2 });
    expect(await ask('dismiss', 's3://gone', 'c')).toEqual({ out: '1 told of no more', code: 0 });
    expect(await ask('dismiss', 'sqs:https://sqs.example.com/q', '--json')).toEqual({ out: '{"count":1}', code: 0 });
    expect(await ask('set-aside')).toEqual({ out: 'Nothing is set aside', code: 0 });
    for (const name of ['list', 'set-aside', 'retry', 'dismiss'])
      expect((await command('intakes', name, '--help')).out).toMatch(/--json[\s\S]*Example:\n {2}trailbell intakes/);
  });
});
