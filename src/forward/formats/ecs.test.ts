import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  eventItem,
  hostileItems,
  realItems,
  sampleMatch,
  sampleRefusal,
  sampleRing,
} from '../../../test/forward/items.ts';
import { ecsDocument } from './ecs.ts';

interface EcsField {
  readonly type: string;
  readonly array?: boolean;
  readonly allowed?: Readonly<Record<string, readonly string[]>>;
}

const { version, fields } = JSON.parse(
  readFileSync(new URL('../../../test/data/forward/ecs-fields.json', import.meta.url), 'utf8'),
) as { version: string; fields: Readonly<Record<string, EcsField>> };

/** Fields of the AWS integration and of our own, which ECS leaves to us. */
const OUTSIDE = /^(aws|trailbell)\./;

/** What is wrong with a document by the published schema. */
function faultsOf(document: Record<string, unknown>): string[] {
  const faults: string[] = [];
  const check = (name: string, value: unknown): void => {
    const field = fields[name];
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (OUTSIDE.test(`${name}.`) && !field) return;
    if (!field && isObject) {
      for (const [member, inner] of Object.entries(value as object))
        check(name === '' ? member : `${name}.${member}`, inner);
      return;
    }
    if (!field) return void faults.push(`${name} is no field of ECS`);
    if (Array.isArray(value) !== (field.array ?? false))
      faults.push(`${name} must ${field.array ? '' : 'not '}be a list`);
    for (const one of Array.isArray(value) ? value : [value]) {
      if (!isOfType(one, field.type)) faults.push(`${name} must be ${field.type}: ${JSON.stringify(one)}`);
      if (field.allowed && !Object.hasOwn(field.allowed, String(one))) faults.push(`${name} may not be ${one}`);
    }
  };
  check('', document);
  const event = document.event as Record<string, string[]> | undefined;
  for (const type of event?.type ?? [])
    for (const category of event?.category ?? [])
      if (!fields['event.category']?.allowed?.[category]?.includes(type)) faults.push(`${category} expects no ${type}`);
  return faults;
}

function isOfType(value: unknown, type: string): boolean {
  if (type === 'ip') return typeof value === 'string' && isIP(value) !== 0;
  if (type === 'long') return Number.isSafeInteger(value);
  if (type === 'date') return typeof value === 'string' && new Date(value).toISOString() === value;
  if (type === 'boolean') return typeof value === 'boolean';
  return typeof value === 'string' && ['keyword', 'match_only_text', 'wildcard', 'constant_keyword'].includes(type);
}

const parsed = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

describe('the Elastic Common Schema', () => {
  it('is that of the version which documents name', () => {
    expect(parsed(ecsDocument(sampleMatch())).ecs).toEqual({ version });
  });

  it('has every field of every real record, of a ring, and of other log events', async () => {
    const items = await realItems();
    expect(items.length).toBeGreaterThan(400);
    for (const item of [...items, sampleRing(), sampleRefusal(), eventItem('plain'), eventItem('{"a":1}')])
      expect(faultsOf(parsed(ecsDocument(item)))).toEqual([]);
  });

  it('is kept to whatever a record holds', () => {
    fc.assert(
      fc.property(hostileItems(), (item) => {
        const faults = faultsOf(parsed(ecsDocument(item)));
        // Types expected of a category follow from a list of verbs; the rest must hold for anything.
        expect(faults).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('says who did what', () => {
    expect(parsed(ecsDocument(sampleRefusal()))).toMatchObject({
      '@timestamp': '2026-03-01T12:00:00.000Z',
      message: 'role deploy (session ci) of 1111-2222-3333: iam CreateUser from 2001:db8::7: failed: AccessDenied',
      event: { action: 'CreateUser', category: ['api', 'iam'], type: ['creation'], outcome: 'failure' },
      source: { ip: '2001:db8::7' },
      tls: { version: '1.3' },
      error: { code: 'AccessDenied' },
    });
  });

  it('looks like the samples of the manual', async () => {
    const pretty = (text: string): string => `${JSON.stringify(JSON.parse(text), null, 2)}\n`;
    await expect(pretty(ecsDocument(sampleMatch()))).toMatchFileSnapshot('../../../docs/forwards/ecs-event.json');
    await expect(pretty(ecsDocument(sampleRing()))).toMatchFileSnapshot('../../../docs/forwards/ecs-ring.json');
  });
});
