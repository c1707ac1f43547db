import { z } from 'zod';
import { faultsBy, type Verdict } from './verdict.ts';

const payload = z.strictObject({
  summary: z.string().min(1).max(1_024),
  source: z.string().min(1),
  severity: z.enum(['critical', 'error', 'warning', 'info']),
  timestamp: z.iso.datetime().optional(),
  component: z.string().optional(),
  group: z.string().optional(),
  class: z.string().optional(),
  custom_details: z.record(z.string(), z.unknown()).optional(),
});
const head = { routing_key: z.string().length(32), dedup_key: z.string().min(1).max(255) };

/** The Events API, version 2. */
const event = z.discriminatedUnion('event_action', [
  z.strictObject({
    ...head,
    event_action: z.literal('trigger'),
    payload,
    client: z.string().optional(),
    client_url: z.url().optional(),
    links: z.array(z.strictObject({ href: z.url(), text: z.string().optional() })).optional(),
  }),
  z.strictObject({ ...head, event_action: z.literal('acknowledge') }),
  z.strictObject({ ...head, event_action: z.literal('resolve') }),
]);

const LARGEST = 512_000;

export function judgePagerduty(body: unknown): Verdict {
  const faults = faultsBy(event, body);
  if (Buffer.byteLength(JSON.stringify(body)) > LARGEST) faults.push('Event is too large');
  const { links = [] } = body as { links?: { href: string }[] };
  return { faults, mentions: [], links: links.map(({ href }) => href) };
}
