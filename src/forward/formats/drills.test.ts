import { expect, it } from 'vitest';
import { eventItem } from '../../../test/forward/items.ts';
import { drillRecord } from '../../trail/drill-record.ts';
import { splunkEvent } from '../receivers/splunk/splunk-event.ts';
import { cefLine } from './cef.ts';
import { ecsDocument } from './ecs.ts';
import { ocsfEvent } from './ocsf/ocsf.ts';
import { otlpRecord } from './otlp.ts';
import { plainLine } from './plain.ts';

const ID = '5a1c0f0e-0000-4000-8000-000000000001';
const record = drillRecord({ id: ID, account: '111122223333', region: 'us-east-1', at: Date.UTC(2026, 2, 4, 12) });

it.each([
  ['plain JSON', plainLine],
  ['Splunk', (item) => splunkEvent(item, { host: 'h', source: 's', sourcetype: 't' })],
  ['CEF', cefLine],
  ['ECS', ecsDocument],
  ['OCSF', ocsfEvent],
  ['OTLP', otlpRecord],
] as [string, (item: ReturnType<typeof eventItem>) => unknown][])(
  'a drill says that it is one in %s',
  (_name, format) => {
    for (const filters of [[], ['cis-4.3']]) {
      const told = format(eventItem(JSON.stringify(record), { filters }));
      const text = typeof told === 'string' ? told : JSON.stringify(told);
      expect(text).toMatch(/drill in the name of root|"trailbell\\?":\{\\?"drill\\?":/);
    }
  },
);

it('a drill keeps its mark beside the filters that counted it', () => {
  const line = plainLine(eventItem(JSON.stringify(record), { filters: ['cis-4.3'] }));
  expect(JSON.parse(line)).toEqual({ ...record, trailbell: { drill: ID, filters: ['cis-4.3'] } });
});
