import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { consolePages } from '../../src/console/console-pages.ts';
import { ingestApi } from '../../src/intake/http.ts';
import * as pattern from '../../src/pattern/index.ts';
import * as rules from '../../src/pattern/rules/index.ts';
import { answersApi } from '../../src/server/answers-api.ts';
import { channelsApi } from '../../src/server/channels-api.ts';
import { deliveriesApi } from '../../src/server/deliveries-api.ts';
import { drillApi } from '../../src/server/drill/drill-api.ts';
import { receiptApi } from '../../src/server/drill/receipt-api.ts';
import { metricsPage } from '../../src/server/metrics.ts';
import { serveSchema, settingsFromFile } from '../../src/server/options.ts';
import { ownApi } from '../../src/server/own-api.ts';
import { ownChainsApi } from '../../src/server/own-chains/own-chains-api.ts';
import { REFERENCE_FILE, referenceText } from '../../tools/make-reference.ts';
import { SCHEMA_FILE, schemaText } from '../../tools/make-schema.ts';

const page = readFileSync(REFERENCE_FILE, 'utf8');

beforeEach(() => {
  vi.stubEnv('AWS_ENDPOINT_URL', undefined);
  return () => vi.unstubAllEnvs();
});

describe('the reference', () => {
  it('has the tables that the program makes (npx tsx tools/make-reference.ts)', async () => {
    expect(page).toBe(await referenceText(page));
  });

  it('names every route', () => {
    const known = routes().map((route) => route.split(' ')[1]!.replace(/\/:\w+.*$/, ''));
    for (const path of known) if (path !== '/*' && path !== '/') expect(page, path).toContain(path);
  });

  it('explains every problem of a chain and every reason of a failed delivery', () => {
    for (const word of [
      ...wordsOf('chain/health', 'readonly code:'),
      ...wordsOf('chain/channels', 'type FailureReason'),
    ]) {
      expect(page, word).toContain(`\`${word}\``);
    }
    for (const word of wordsOf('base', 'type NetworkReason')) expect(page, word).toContain(`\`${word}\``);
  });

  it('and the guide link to files that are there', () => {
    for (const name of ['reference.md', 'guide.md']) {
      const text = readFileSync(join('docs', name), 'utf8');
      for (const [, target] of text.matchAll(/\]\(((?!https?:|#)[^)#]+)/g)) {
        expect(existsSync(join('docs', target!)), `${name}: ${target}`).toBe(true);
      }
    }
  });
});

/** The words of a union of texts that begins after `start` in some file below a room. */
function wordsOf(folder: string, start: string): string[] {
  const files = readdirSync(join('src', folder), { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.ts$/.test(name),
  );
  const text = files
    .map((name) => readFileSync(join('src', folder, name), 'utf8'))
    .find((each) => each.includes(start));
  const union = text?.slice(text.indexOf(start)).split(';')[0] ?? '';
  const words = [...union.matchAll(/'([a-z-]+)'/g)].map(([, word]) => word!);
  expect(words.length, `${folder}: ${start}`).toBeGreaterThan(0);
  return words;
}

describe('the schema of trailbell.json', () => {
  it('is what the program checks (npx tsx tools/make-schema.ts)', () => {
    expect(readFileSync(SCHEMA_FILE, 'utf8')).toBe(schemaText());
  });

  it('explains every key, and the file may name it', () => {
    const { properties } = JSON.parse(schemaText()) as { properties: Record<string, { description?: string }> };
    expect(Object.keys(properties).sort()).toEqual(['$schema', ...Object.keys(serveSchema.shape)].sort());
    for (const [key, { description }] of Object.entries(properties)) expect(description, key).toMatch(/\w/);
    expect(settingsFromFile('{"$schema": "./trailbell.schema.json", "cis": true}', 'x')).toEqual({ cis: true });
  });
});

/** Method and path of everything that is no AWS call. Nothing is called, so nothing of an engine is needed. */
function routes(): string[] {
  const nothing = { store: { read: {} }, fallback: {} } as never;
  const apps = [
    ownApi(nothing),
    deliveriesApi(nothing),
    drillApi(nothing),
    receiptApi(nothing),
    answersApi(nothing),
    metricsPage(nothing),
    ingestApi(nothing).routes,
    ownChainsApi(nothing),
    channelsApi(nothing),
    consolePages({
      context: nothing,
      acknowledgeLinks: nothing,
      endpoint: () => '',
      mailConfigured: false,
      mailFolder: undefined,
    }),
  ];
  const all = apps.flatMap((app) => app.routes).map(({ method, path }) => `${method} ${path}`);
  return [...new Set(all)].sort();
}

it('the routes', async () => {
  await expect(`${routes().join('\n')}\n`).toMatchFileSnapshot('snapshots/routes.txt');
});

const exportsOf = (file: string, values: object): string => {
  const source = readFileSync(file, 'utf8');
  const types = [...source.matchAll(/^export type \{([^}]+)\}/gm)]
    .flatMap(([, names]) => names!.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const lines = [...Object.keys(values), ...types.map((name) => `type ${name}`)].sort();
  return `${lines.join('\n')}\n`;
};

it('what trailbell/pattern and trailbell/pattern/rules export', async () => {
  const exported = exportsOf('src/pattern/index.ts', pattern);
  await expect(exported).toMatchFileSnapshot('snapshots/pattern-exports.txt');
  const ofRules = exportsOf('src/pattern/rules/index.ts', rules);
  await expect(ofRules).toMatchFileSnapshot('snapshots/pattern-rules-exports.txt');
});
