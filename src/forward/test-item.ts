import { EventView } from '../pattern/index.ts';
import type { ForwardItem } from './item.ts';

/** A record that says everywhere that it is a test: no CloudTrail record, and a ring of an alarm that is over. */
export function testItem(forward: string, what: string, id: string, now: number): ForwardItem {
  const sentence = `Test record of Trailbell's forward ${forward}`;
  if (what === 'events' || what === 'matches') {
    return {
      kind: 'event',
      id: `trailbell-test-${id}`,
      at: now,
      receivedAt: now,
      view: new EventView(JSON.stringify({ trailbellTest: sentence, id, time: new Date(now).toISOString() })),
      account: '',
      region: '',
      logGroup: '',
      logStream: '',
      filters: [],
    };
  }
  return {
    kind: 'ring',
    id: `trailbell-test-${id}`,
    at: now,
    isUpdate: false,
    ring: {
      id: `trailbell-test-${id}`,
      account: '000000000000',
      region: 'us-east-1',
      alarm_name: 'trailbell-test',
      kind: 'test',
      old_state: 'OK',
      new_state: 'OK',
      at: now,
      headline: sentence,
      detail: JSON.stringify({ ring: 'test', severity: 'info', headline: sentence }),
      published: '[]',
      acknowledged_at: null,
      acknowledged_by: null,
      silenced_by: null,
    },
  };
}
