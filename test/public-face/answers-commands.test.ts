import { beforeEach, describe, expect, it } from 'vitest';
import type { TestEngine } from '../engine/start.ts';
import { startEngine } from '../engine/start.ts';
import { until } from '../engine/until.ts';
import { command } from './command.ts';

const ID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

describe('from the terminal', () => {
  let engine: TestEngine;
  beforeEach(async () => {
    engine = await startEngine({ cis: true });
  });
  const run = (...words: string[]) => command(...words, '--endpoint-url', engine.url);
  const listed = async (...words: string[]) =>
    (JSON.parse((await run('ring', 'list', '--json', ...words)).out) as { rings: { id: string; alarm: string }[] })
      .rings;

  /** Sets an alarm off, which rings whether or not anybody listens. */
  const setOff = async (AlarmName: string): Promise<void> => {
    const before = (await listed()).length;
    for (const StateValue of ['OK', 'ALARM']) {
      const body = new URLSearchParams({
        Action: 'SetAlarmState',
        Version: '2010-08-01',
        AlarmName,
        StateValue,
        StateReason: 'test',
      });
      expect((await fetch(engine.url, { method: 'POST', body })).status).toBe(200);
    }
    await until('the ring', async () => (await listed()).length > before);
  };

  it('rings are listed, acknowledged by the beginning of their id, and open no more', async () => {
    expect(await run('ring', 'list')).toMatchObject({ code: 0, out: '', notes: 'Nothing has rung.' });
    await setOff('cis-4.3');
    await setOff('cis-4.1');
    const shown = await run('ring', 'list', '--open');
    expect(shown.out.split('\n').filter((line) => line.startsWith('!'))).toEqual([
      expect.stringContaining('cis-4.1 in us-east-1 of 000000000000, transition, open'),
      expect.stringContaining('cis-4.3 in us-east-1 of 000000000000, transition, open'),
    ]);
    const [ring] = await listed('--alarm', '*4.3');
    const done = await run('ring', 'acknowledge', ring!.id.slice(0, 8), '--by', 'Ada');
    expect([done.code, done.out]).toEqual([
      0,
      expect.stringMatching(new RegExp(`^${ring!.id} is acknowledged by Ada since 2`)),
    ]);
    expect((await listed('--open')).map(({ alarm }) => alarm)).toEqual(['cis-4.1']);
    const again = await run('ring', 'acknowledge', ring!.id, '--by', 'Bob', '--json');
    expect(JSON.parse(again.out)).toMatchObject({ acknowledged: [{ id: ring!.id, acknowledgedBy: 'Ada' }] });
    expect((await run('ring', 'list', '--limit', '1')).out).toContain('cis-4.1');
    expect((await run('ring', 'list', '--alarm', 'cis-4.3')).out).toContain('acknowledged by Ada at 2');
  });

  it('a ring that waits is found behind any number of newer ones', async () => {
    await setOff('cis-4.3');
    const [ring] = await listed();
    await engine.app.engine.context.store.write(async ({ db }) => {
      const row = await db.selectFrom('rings').selectAll().executeTakeFirstOrThrow();
      for (let n = 0; n < 1_000; n += 1) {
        const id = `ffffffff-0000-4000-8000-${String(n).padStart(12, '0')}`;
        const newer = { ...row, id, at: row.at + 1 + n, new_state: 'OK' };
        await db.insertInto('rings').values(newer).execute();
      }
    });
    expect((await listed('--open')).map(({ id }) => id)).toEqual([ring!.id]);
    expect((await run('ring', 'list')).notes).toContain('Only the newest 1000 were looked at');
    expect(await run('ring', 'acknowledge', 'ffffffff')).toMatchObject({
      code: 2,
      notes: expect.stringContaining('1000 rings have ids that begin with ffffffff'),
    });
    expect((await run('ring', 'acknowledge', ring!.id.slice(0, 8))).out).toContain(`${ring!.id} is acknowledged by`);
  });

  it('silences are made, shown over their chains, listed and ended', async () => {
    const wish = ['--alarm', 'cis-4.3', '--until', '4h', '--reason', 'moving house'];
    const made = await run('silence', 'create', ...wish, '--owner', 'Ada');
    expect(made.code).toBe(0);
    expect(made.out).toMatch(/^[0-9a-f-]{36} {2}alarm cis-4\.3, until 2\S+Z, by Ada: moving house$/);
    const [id] = ID.exec(made.out)!;
    expect((await run('silence', 'list')).out).toBe(made.out);
    expect((await run('status')).out).toMatch(
      /cis-4\.3: silenced until 2\S+Z by Ada: moving house: trailbell silence end/,
    );
    await setOff('cis-4.3');
    expect((await run('ring', 'list')).out).toContain('cis-4.3 in us-east-1 of 000000000000, transition, silenced');
    expect(await listed('--open')).toEqual([]);
    expect(await run('silence', 'end', id, '--json')).toMatchObject({ code: 0, out: JSON.stringify({ ended: [id] }) });
    expect(await run('silence', 'list')).toMatchObject({ out: '', notes: 'Nothing is silenced.' });
    expect(JSON.parse((await run('silence', 'list', '--all', '--json')).out)).toMatchObject({ silences: [{ id }] });
    const json = JSON.parse((await run('silence', 'create', ...wish, '--owner', 'Ada', '--json')).out);
    expect(json).toMatchObject({ matcher: { alarm: 'cis-4.3' }, owner: 'Ada', reason: 'moving house' });
  });

  it('of several the one that is not there keeps nobody from the others, nor from hearing of them', async () => {
    const none = '1f0e2d3c-4b5a-4678-8796-a5b4c3d2e1f0';
    const wish = ['--alarm', 'cis-4.3', '--until', '4h', '--reason', 'x', '--owner', 'y', '--json'];
    const { id } = JSON.parse((await run('silence', 'create', ...wish)).out) as { id: string };
    const ended = await run('silence', 'end', none, id, '--json');
    expect(ended).toMatchObject({
      code: 2,
      out: JSON.stringify({ ended: [id] }),
      notes: expect.stringMatching(`${none}: .*There is no silence of that id in force`),
    });
    await setOff('cis-4.3');
    const [ring] = await listed();
    const taken = await run('ring', 'acknowledge', none, ring!.id, '--by', 'Ada', '--json');
    expect([taken.code, JSON.parse(taken.out)]).toEqual([
      2,
      { acknowledged: [{ id: ring!.id, acknowledgedAt: expect.any(Number), acknowledgedBy: 'Ada' }] },
    ]);
  });

  it('what is wrong is refused with a sentence', async () => {
    const cases: [string[], string][] = [
      [['ring', 'acknowledge', 'abc'], '"abc" is too short: give 6 characters of an id, or more'],
      [['ring', 'acknowledge', 'abc%_f12'], 'there is no ring whose id begins with abc%_f12'],
      [['ring', 'acknowledge', 'abcdef12'], 'there is no ring whose id begins with abcdef12'],
      [['ring', 'acknowledge', '1f0e2d3c-4b5a-4678-8796-a5b4c3d2e1f0'], 'There is no ring of that id.'],
      [['ring', 'list', '--since', 'yore'], '--since yore is no time'],
      [['ring', 'list', '--limit', '0'], '--limit is a number from 1 to 1000'],
      [['silence', 'create', '--until', '4h', '--reason', 'x', '--owner', 'y'], 'which rings? Give --alarm'],
      [['silence', 'create', '--alarm', 'a', '--reason', 'x'], "required option '--until <time>' not specified"],
      [
        ['silence', 'create', '--alarm', 'a', '--until', '99d', '--reason', 'x', '--owner', 'y'],
        'until is more than 90 days away',
      ],
      [['silence', 'end', 'none'], 'There is no silence of that id in force.'],
    ];
    for (const [words, text] of cases) {
      const { code, notes } = await run(...words);
      expect([code, notes], words.join(' ')).toEqual([2, expect.stringContaining(text)]);
    }
  });
});
