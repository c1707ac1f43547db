import { expect, it } from 'vitest';
import { ecsFaults } from '../../test/forward/ecs-schema.ts';
import { cefLine } from './formats/cef.ts';
import { ecsDocument } from './formats/ecs.ts';
import { ocsfEvent } from './formats/ocsf/ocsf.ts';
import { otlpRecord } from './formats/otlp.ts';
import { plainLine } from './formats/plain.ts';
import type { ForwardItem } from './item.ts';
import { testItem } from './test-item.ts';

it.each(['events', 'rings'])('a test among %s says so in every format, and is no sign of trouble', (what) => {
  const item = testItem('siem', what, '1', Date.UTC(2026, 2, 1));
  const otlp = (one: ForwardItem): string => JSON.stringify(otlpRecord(one));
  for (const format of [plainLine, ocsfEvent, ecsDocument, otlp, cefLine])
    expect(format(item)).toContain("Test record of Trailbell's forward siem");
  expect(ecsFaults(JSON.parse(ecsDocument(item)))).toEqual([]);
  expect(JSON.parse(ocsfEvent(item))).toMatchObject({ severity: 'Informational' });
});
