import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pc from 'picocolors';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from './main.ts';

const folder = mkdtempSync(join(tmpdir(), 'trailbell-pattern-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function pattern(...words: string[]) {
  const out: string[] = [];
  const notes: string[] = [];
  const terminal = {
    out: (text: string) => void out.push(text),
    note: (text: string) => void notes.push(text),
    colors: pc.createColors(false),
  };
  const code = await run(['pattern', ...words], terminal);
  return { code, out, notes };
}

const ROOT = '{ $.userIdentity.type = "Root" }';
const SIGMA = `logsource:
  service: cloudtrail
detection:
  selection:
    userIdentity.type: Root
  condition: selection
`;

describe('pattern compare', () => {
  it('exits 0 for equivalent rules, of whatever kind', async () => {
    const bridge = '{"detail":{"userIdentity":{"type":["Root"]}}}';
    const { code, out } = await pattern('compare', '--json', ROOT, bridge);
    expect(JSON.parse(out[0]!)).toMatchObject({ relation: 'equivalent', onlyA: null, onlyB: null, notes: [] });
    expect(code).toBe(0);
    expect((await pattern('compare', `@${file('sigma.yml', SIGMA)}`, `@${file('bridge.json', bridge)}`)).code).toBe(0);
  });

  it('exits 1 with an event for each difference', async () => {
    const { code, out } = await pattern(
      'compare',
      '--json',
      ROOT,
      '{ $.userIdentity.type = "Root" && $.readOnly IS TRUE }',
    );
    expect(code).toBe(1);
    expect(JSON.parse(out[0]!)).toMatchObject({
      relation: 'broader',
      onlyA: { userIdentity: { type: 'Root' } },
      onlyB: null,
    });
    const shown = await pattern('compare', ROOT, '{ $.userIdentity.type = "IAMUser" }');
    expect(shown.code).toBe(1);
    expect(shown.out[0]).toMatch(/^disjoint: A and B match no event in common\.\nonly A {2}\{.*\nonly B {2}\{/);
  });

  it('takes several filters together', async () => {
    const { code } = await pattern('compare', '{ $.a = x }', '{ $.a = x || $.a = y }', '--or-a', '{ $.a = y }');
    expect(code).toBe(0);
  });

  it('exits 3 where it cannot be told', async () => {
    const { code, out } = await pattern('compare', '--json', '{ $.x != "v" }', '{ $.x = * && $.x != "v" }');
    expect(code).toBe(3);
    expect(JSON.parse(out[0]!)).toMatchObject({
      relation: 'uncertain',
      notes: [expect.stringContaining('does not document')],
    });
  });

  it('exits 2 for an invalid rule and points at the place', async () => {
    const { code, out } = await pattern('compare', '--json', ROOT, "{ $.a = 'x' }");
    expect(code).toBe(2);
    expect(JSON.parse(out[0]!)).toEqual({
      error: { pattern: 'B', offset: 8, message: 'Invalid filter pattern', suggestion: '{ $.a = "x" }' },
    });
    const shown = await pattern('compare', '{ $.a == 1 }', ROOT);
    expect(shown).toMatchObject({ code: 2, out: [] });
    expect(shown.notes.join('\n')).toContain('  { $.a == 1 }\n         ^\n');
    expect((await pattern('compare', '--json', '{"x":"a"}', ROOT)).out[0]).toContain('"message":"x: expected a list');
    expect((await pattern('compare', '@/nowhere', ROOT)).code).toBe(2);
  });

  it('prints numbers as they must be written', async () => {
    const { out } = await pattern('compare', '--json', '{ $.n = "1.50" && $.n < 2 }', '{ $.n = "1.5" }');
    expect(out[0]).toContain('"onlyA":{"n":1.50}');
  });
});

describe('pattern test', () => {
  it('judges one event per line', async () => {
    const events = file('events', '{"a":1}\n\n{"a":2}\nx 404 y');
    const json = await pattern('test', '--json', '--pattern', '{ $.a = 1 }', events);
    expect(json).toMatchObject({
      code: 0,
      out: ['{"match":true}', '{"match":false}', '{"match":false}', '{"match":false}'],
    });
    expect((await pattern('test', '--pattern', '{ $.a = 1 }', events)).out).toEqual(['{"a":1}']);
    const fields = await pattern('test', '--json', '--pattern', '[a, s = 4*, ...]', events);
    expect(fields.out[3]).toBe('{"match":true,"extracted":{"$a":"x","$s":"404","$3":"y"}}');
  });

  it('refuses an invalid pattern and a file that is not there', async () => {
    const invalid = await pattern('test', '--json', '--pattern', '{ $.a = }');
    expect(invalid.code).toBe(2);
    expect(JSON.parse(invalid.out[0]!)).toMatchObject({ error: { offset: 8, message: 'Invalid filter pattern' } });
    expect((await pattern('test', '--pattern', 'x', join(folder, 'nothing'))).code).toBe(3);
  });
});

describe('pattern explain', () => {
  it('says a pattern in words and its traps', async () => {
    const { code, out } = await pattern('explain', '{ $.eventType != "AwsServiceEvent" }');
    expect(code).toBe(0);
    expect(out.join('\n')).toContain('  - $.eventType is there and is not "AwsServiceEvent"');
    expect(out.join('\n')).toContain('\n    ^~~~');
    const json = await pattern('explain', '--json', 'ERROR ?WARN');
    expect(JSON.parse(json.out[0]!)).toMatchObject({
      kind: 'text',
      traps: [{ code: 'optional-ignored', mended: 'ERROR' }],
    });
  });

  it('mends a misprint', async () => {
    const { code, notes } = await pattern('explain', '{ $.userIdentity.invokedByNOT EXISTS }');
    expect(code).toBe(2);
    expect(notes.join('\n')).toContain('perhaps meant: { $.userIdentity.invokedBy NOT EXISTS }');
  });
});
