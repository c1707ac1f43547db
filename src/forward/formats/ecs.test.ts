import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ECS_SCHEMA_VERSION, ecsFaults } from '../../../test/forward/ecs-schema.ts';
import {
  eventItem,
  hostileItems,
  realItems,
  sampleMatch,
  sampleRefusal,
  sampleRing,
} from '../../../test/forward/items.ts';
import { ecsDocument } from './ecs.ts';

const parsed = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

describe('the Elastic Common Schema', () => {
  it('is that of the version which documents name', () => {
    expect(parsed(ecsDocument(sampleMatch())).ecs).toEqual({ version: ECS_SCHEMA_VERSION });
  });

  it('has every field of every real record, of a ring, and of other log events', async () => {
    const items = await realItems();
    expect(items.length).toBeGreaterThan(400);
    for (const item of [...items, sampleRing(), sampleRefusal(), eventItem('plain'), eventItem('{"a":1}')])
      expect(ecsFaults(parsed(ecsDocument(item)))).toEqual([]);
  });

  it('is kept to whatever a record holds', () => {
    fc.assert(
      fc.property(hostileItems(), (item) => {
        const faults = ecsFaults(parsed(ecsDocument(item)));
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
