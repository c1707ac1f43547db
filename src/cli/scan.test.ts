import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import pc from 'picocolors';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from './main.ts';

const DATA = 'test/data/cloudtrail';
const folder = mkdtempSync(join(tmpdir(), 'trailbell-scan-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function scan(...words: string[]) {
  const [out, notes]: [string[], string[]] = [[], []];
  const code = await run(['scan', '--workers', '1', ...words], {
    out: (line) => void out.push(line),
    note: (line) => void notes.push(line),
    colors: pc.createColors(false),
  });
  return { code, out, notes: notes.join('\n') };
}

async function scanJson(...words: string[]) {
  const { code, out } = await scan('--json', ...words);
  return { code, ...JSON.parse(out.at(-1)!) };
}

interface Rule {
  readonly deliveries: number;
  readonly unique: number;
}

const { counts } = JSON.parse(readFileSync(`${DATA}/EXPECTED.json`, 'utf8')) as {
  counts: Record<string, { files: number; deliveries: number; rules: Record<string, Rule> }>;
};

/** The readings of the canonical patterns. */
const READING: Readonly<Record<string, string>> = {
  '4.1': '4.1/and-intent',
  '4.2': '4.2/any-identity',
  '4.3': '4.3/seed',
  '4.4': '4.4/no-source',
  '4.13': '4.13/no-source',
};

describe('trailbell scan on real records', () => {
  it.each([
    ['archive (invictus, trailscraper)', 'archive'],
    ['stratus', 'records/stratus'],
    ['panther-dev', 'records/panther'],
    ['otrf', 'decorated'],
  ])('counts in %s what the rules mean', async (set, path) => {
    const expected = counts[set]!;
    const summary = await scanJson(`${DATA}/${path}`);
    expect(Object.keys(summary)).toEqual([
      'code',
      'records',
      'files',
      'bytes',
      'seconds',
      'controls',
      'patterns',
      'errors',
    ]);
    expect(summary).toMatchObject({ files: expected.files, records: expected.deliveries, patterns: [], errors: [] });
    expect(summary.controls).toHaveLength(15);
    for (const { id, matches, unique, first, last } of summary.controls) {
      const rule = expected.rules[READING[id] ?? id]!;
      expect({ id, matches, unique }).toEqual({ id, matches: rule.deliveries, unique: rule.unique });
      expect(first === null).toBe(matches === 0);
      expect(first <= last).toBe(true);
    }
    expect(summary.code).toBe(summary.controls.some(({ matches }: { matches: number }) => matches > 0) ? 1 : 0);
  });

  it('names controls by number, Security Hub id and name, of any benchmark', async () => {
    const { controls } = await scanJson(
      `${DATA}/records/panther`,
      '--control',
      'CloudWatch.1',
      '--control',
      '4.5',
      'kms-key-removal',
    );
    expect(controls.map(({ id }: { id: string }) => id)).toEqual(['4.3', '4.5', '4.7']);
    const old = await scanJson(`${DATA}/records/panther`, '--control', '3.3', '--benchmark', '1.2');
    expect(old.controls).toEqual([expect.objectContaining({ id: '3.3', name: 'root-usage', matches: 8 })]);
  });

  it('drops repeated deliveries when asked to', async () => {
    const { controls } = await scanJson(`${DATA}/records/panther`, '--control', 'root-usage', '--unique');
    expect(controls[0]).toMatchObject({ matches: 2, unique: 2 });
  });

  it('prints every match as it was delivered, and where', async () => {
    const pattern = '{ $.eventName = "ConsoleLogin" }';
    const { code, out } = await scan('--json', '--events', '--pattern', pattern, '--control', '4.2', `${DATA}/archive`);
    const lines = out.map((text) => JSON.parse(text));
    const last = lines.pop();
    expect(lines).toHaveLength(2);
    for (const { event, controls, patterns, file } of lines) {
      expect(event).toMatchObject({ eventName: 'ConsoleLogin', eventVersion: '1.08' });
      expect({ controls, patterns }).toEqual({
        controls: event.additionalEventData.MFAUsed === 'Yes' ? [] : ['4.2'],
        patterns: [0],
      });
      expect(file).toMatch(/^test\/data\/cloudtrail\/archive\/AWSLogs\/.*\.json\.gz$/);
    }
    expect(last.patterns).toEqual([{ pattern, matches: 2 }]);
    expect(code).toBe(1);
  });

  it('keeps to accounts and times', async () => {
    const all = await scanJson(`${DATA}/archive`, '--pattern', '{ $.eventName = * }');
    expect(all.patterns[0].matches).toBe(2902);
    expect(all.controls).toEqual([]);
    const one = await scanJson(`${DATA}/archive`, '--account', '111111111111', '--pattern', '{ $.eventName = * }');
    expect(one).toMatchObject({ files: 1, patterns: [{ matches: 2 }] });
    const spans = [
      ['--end-time', '2023-07-10T11:59:59Z'],
      ['--start-time', '2023-07-10T12:00:00Z', '--end-time', '2023-07-10T12:09:59Z'],
      ['--start-time', '2023-07-10T12:10:00Z'],
    ];
    const parts = await Promise.all(
      spans.map((span) => scanJson(`${DATA}/archive`, ...span, '--pattern', '{ $.eventName = * }')),
    );
    const sum = parts.reduce((total, { patterns }) => total + patterns[0].matches, 0);
    expect(sum).toBe(2902);
    expect(Math.min(...parts.map(({ patterns }) => patterns[0].matches))).toBeGreaterThan(100);
  });

  it('tells people who, when and how often', async () => {
    const { out } = await scan('examples/archive', '--control', 'root-usage');
    expect(out.join('\n')).toContain('✗ 4.3   root-usage                         10 matches');
    expect(out.join('\n')).toContain('by root of 1111-2222-3333 (10)');
    expect(out.join('\n')).toContain('Root of 1111-2222-3333 signed in to the console from 203.0.113.7 without MFA');
  });
});

const record = (name: string, more: object = {}): string =>
  JSON.stringify({ eventVersion: '1.08', eventTime: '2024-06-01T09:00:00Z', eventName: name, eventID: name, ...more });

function made(name: string, content: string | Uint8Array): string {
  mkdirSync(join(folder, 'damaged'), { recursive: true });
  writeFileSync(join(folder, 'damaged', name), content);
  return join(folder, 'damaged', name);
}

describe('damaged files', () => {
  it('are named, and stop nothing', async () => {
    const whole = gzipSync(`{"Records":[${record('A')},${record('B')}]}`);
    made('a-cut.json.gz', whole.subarray(0, whole.length - 12));
    made('b-empty.json.gz', '');
    made('c-foreign.json', '{"hello": "world"}');
    made('d-whole.json.gz', whole);
    made('e-bytes.json.gz', Buffer.from([0x1f, 0x8b, 1, 2, 3, 4]));
    made('f-members.json.gz', Buffer.concat([whole, gzipSync(`\n{"Records":[${record('C')}]}`)]));
    made('g-picture.json.gz', gzipSync(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13])));
    for (const inflate of ['wasm', 'node']) {
      const ask = [join(folder, 'damaged'), '--inflate', inflate, '--pattern', '{ $.eventName = * }'];
      const { code, errors, patterns, records } = await scanJson(...ask);
      expect(code).toBe(3);
      const names = errors.map(({ file }: { file: string }) => file.replace(/.*\//, ''));
      expect(names).toEqual([
        'a-cut.json.gz',
        'b-empty.json.gz',
        'c-foreign.json',
        'e-bytes.json.gz',
        'g-picture.json.gz',
      ]);
      // Two of the whole file, two and one of the members, and what can be read before the cut.
      expect(patterns[0].matches).toBe(records);
      expect(records).toBeGreaterThanOrEqual(6);
    }
    const { out } = await scan(join(folder, 'damaged'), '--control', 'root-usage');
    expect(out.join('\n')).toContain('5 files could not be read wholly');
  });

  it('and an archive without any file end with 3', async () => {
    mkdirSync(join(folder, 'empty'), { recursive: true });
    const { code, errors, files } = await scanJson(join(folder, 'empty'));
    expect({ code, files, errors }).toEqual({
      code: 3,
      files: 0,
      errors: [{ file: join(folder, 'empty'), message: 'no CloudTrail file lies here' }],
    });
  });
});

describe('wrong usage', () => {
  it.each([
    [[], "missing required argument 'path'"],
    [['/nowhere'], '/nowhere does not exist'],
    [['/nowhere/*.gz'], 'nothing matches /nowhere/*.gz'],
    [['examples', '--control', 'root'], 'There is no control "root"'],
    [['examples', '--control', '3.3'], '3.3 is not in 5.0.0; it is a number of 1.2.0'],
    [['examples', '--benchmark', '9'], '--benchmark 9 is not known'],
    [['examples', '--pattern', '{ $.a = }'], 'the pattern { $.a = } is invalid at 8'],
    [['examples', '--account', '12'], '--account 12 is no account id'],
    [['examples', '--workers', '0'], '--workers 0: give a number from 1'],
    [['examples', '--inflate', 'zip'], '--inflate zip: it is wasm or node'],
    [['ftp://x/y'], 'ftp://x/y: only'],
  ])('of %j ends with 2', async (words, message) => {
    const { code, out, notes } = await scan(...words);
    expect({ code, out }).toEqual({ code: 2, out: [] });
    expect(notes).toContain(message);
  });
});

describe('an archive with digests', () => {
  const root = join(folder, 'digests');
  const ask = ['--control', 'root-usage', '--public-keys', `${DATA}/digest/fixture.json`, '--verify'];

  it('is checked against them: here what was blanked in the test data shows', async () => {
    for (const part of ['archive', 'digest'])
      cpSync(`${DATA}/${part}/AWSLogs`, join(root, 'AWSLogs'), { recursive: true });
    const { code, verification } = await scanJson(root, ...ask);
    expect(code).toBe(1);
    expect(verification.verdict).toBe('altered');
    const [chain, backfill] = verification.chains;
    expect(chain).toMatchObject({
      digests: 3,
      proven: 2,
      from: '2023-07-10T11:02:17.000Z',
      to: '2023-07-10T13:02:17.000Z',
      gaps: [],
    });
    expect(chain.files.listed + backfill.files.listed).toBe(55);
    const blanked = verification.problems.map(({ kind, file }: { kind: string; file: string }) => [
      kind,
      readFileSync(file),
    ]);
    expect(blanked.length).toBeGreaterThan(5);
    for (const [kind, content] of blanked) {
      expect(kind).toBe('log-altered');
      expect(gunzipSync(content).includes('expired-token-removed')).toBe(true);
    }
    const { out } = await scan(root, ...ask);
    expect(out.join('\n')).toContain('not as it was delivered');
  });

  it('but without keys, or without any digest, ends with 3', async () => {
    expect(await scanJson(`${DATA}/archive`, ...ask)).toMatchObject({
      code: 3,
      verification: { verdict: 'unproven', chains: [] },
    });
    const keyFile = join(folder, 'keys.json');
    writeFileSync(keyFile, '{"PublicKeyList": []}');
    const { code, verification } = await scanJson(`${DATA}/digest`, '--verify', '--public-keys', keyFile);
    expect({ code, verdict: verification.verdict }).toEqual({ code: 3, verdict: 'altered' });
    writeFileSync(keyFile, '{}');
    expect(await scan(root, '--verify', '--public-keys', keyFile)).toMatchObject({ code: 2 });
  });
});

describe('a diary and a report', () => {
  it('say of each session of root whether it needed root, and are asked for together with root usage', async () => {
    const { diary, controls } = await scanJson('examples/archive', '--control', 'root-usage', '--diary');
    expect(controls).toHaveLength(1);
    expect(diary).toMatchObject({
      lastUse: '2026-03-04T10:24:00.000Z',
      accounts: [{ account: '111122223333', sessions: 1 }],
    });
    expect(diary.sessions).toEqual([
      expect.objectContaining({
        verdict: 'no need for root',
        headline: expect.stringContaining('signed in to the console'),
      }),
    ]);
    const { code, notes } = await scan('examples/archive', '--control', '4.5', '--diary');
    expect({ code, notes }).toEqual({ code: 2, notes: expect.stringContaining('add --control root-usage') });
  });

  it('find who took central root access', async () => {
    const identity = {
      type: 'AssumedRole',
      arn: 'arn:aws:sts::900080007000:assumed-role/RootTasks/ops',
      accountId: '900080007000',
    };
    const assumed = {
      type: 'Root',
      accountId: '111122223333',
      accessKeyId: 'ASIAMEMBER',
      sessionContext: {
        assumedRoot: 'true',
        attributes: { creationDate: '2024-06-01T08:59:00Z', mfaAuthenticated: 'false' },
      },
    };
    const call = {
      eventSource: 'sts.amazonaws.com',
      userIdentity: identity,
      responseElements: { credentials: { accessKeyId: 'ASIAMEMBER' } },
    };
    const lines = [
      record('DeleteBucketPolicy', { eventSource: 's3.amazonaws.com', eventType: 'AwsApiCall', userIdentity: assumed }),
      record('AssumeRoot', call),
    ];
    const { diary, controls } = await scanJson(
      made('central.ndjson', lines.join('\n')),
      '--control',
      'root-usage',
      '--diary',
    );
    expect(controls[0].matches).toBe(1);
    expect(diary.sessions).toEqual([
      expect.objectContaining({
        verdict: 'possible by central root access',
        behind: 'role RootTasks (session ops) of 9000-8000-7000',
      }),
    ]);
  });

  it('are written to one page, with the command that repeats it', async () => {
    const page = join(folder, 'report.html');
    const { code, notes } = await scan('examples/archive', '--benchmark', '1.2', '--report', page);
    expect(code).toBe(1);
    expect(notes).toContain(`The report is in ${page}`);
    const html = readFileSync(page, 'utf8');
    expect(html).toContain('<pre>trailbell scan examples/archive --benchmark 1.2</pre>');
    expect(html).toContain('<b>3.3 root-usage</b>');
    expect(html).toContain('<h2>Root diary</h2>');
    expect(await scan('examples/archive', '--report', '/nowhere/report.html')).toMatchObject({ code: 2, out: [] });
  });
});

describe('a search that was cut short', () => {
  const state = join(folder, 'state.ndjson');
  const ask = (...more: string[]) => scanJson(`${DATA}/archive`, '--control', '4.5', '--resume', state, ...more);
  const plain = ({ seconds: _, ...rest }: Record<string, unknown>) => rest;

  it('takes up from what is done, and comes to the same', async () => {
    const whole = plain(await ask());
    expect(plain(await ask())).toEqual(whole);
    // As if the process had been killed in the middle of a line.
    const { size } = { size: readFileSync(state).length };
    truncateSync(state, Math.floor(size * 0.6));
    expect(plain(await ask())).toEqual(whole);
    appendFileSync(state, '{"match":999,"text":"{}","rules":[0]}\n{"mat');
    expect(plain(await ask())).toEqual(whole);
  });

  it('is not mixed up with another search, nor with another file', async () => {
    expect(await scan(`${DATA}/archive`, '--control', '4.6', '--resume', state)).toMatchObject({ code: 2 });
    const other = join(folder, 'notes.txt');
    writeFileSync(other, 'do not touch');
    const { code, notes } = await scan(`${DATA}/archive`, '--resume', other);
    expect(code).toBe(2);
    expect(notes).toContain('is not the state of a search');
    expect(readFileSync(other, 'utf8')).toBe('do not touch');
  });

  it('tells of a file that changed meanwhile', async () => {
    const file = made('changing.ndjson', `${record('StopLogging')}\n`);
    const own = join(folder, 'own.ndjson');
    const first = await scanJson(file, '--control', '4.5', '--resume', own);
    expect(first).toMatchObject({ code: 1, controls: [{ matches: 1 }] });
    appendFileSync(file, `${record('StartLogging')}\n`);
    expect(await scanJson(file, '--control', '4.5', '--resume', own)).toMatchObject({
      code: 3,
      controls: [{ matches: 1 }],
      errors: [{ file, message: expect.stringContaining('has changed') }],
    });
  });
});
