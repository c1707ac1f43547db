import { html } from 'hono/html';
import { page, timeText } from './page.ts';

/** A ring as stored; `detail` is the JSON of the message's `Trailbell` member. */
export interface StoredRing {
  readonly id: string;
  readonly at: number;
  readonly alarm_name: string;
  readonly account: string;
  readonly region: string;
  readonly old_state: string;
  readonly new_state: string;
  readonly headline: string;
  readonly detail: string;
  readonly published: string;
}

interface RingEvent {
  readonly time?: string;
  readonly principal?: string;
  readonly account?: string;
  readonly action?: string;
  readonly result?: string;
  readonly sourceAddress?: string;
  readonly userAgent?: string;
  readonly mfa?: string;
  readonly region?: string;
  readonly eventId?: string;
}

/** Who did what, and who was told. */
export function ringPage(ring: StoredRing) {
  const detail = JSON.parse(ring.detail) as { events?: RingEvent[]; total?: number };
  const events = detail.events ?? [];
  const total = detail.total ?? events.length;
  return page(
    ring.headline,
    html`<h1>${ring.headline}</h1>
<p class="soft">${ring.alarm_name} in ${ring.region} of ${ring.account}: ${ring.old_state} → ${ring.new_state},
${timeText(ring.at)}. ${total > events.length ? `The first ${events.length} of ${total} events:` : ''}</p>
<div class="scroll"><table>
<tr><th>When</th><th>Who</th><th>Did</th><th>Result</th><th>From</th><th>MFA</th><th>Region</th><th>Event</th></tr>
${events.map(
  (event) => html`<tr><td class="nowrap">${event.time}</td><td>${event.principal}</td><td>${event.action}</td>
<td>${event.result}</td><td>${event.sourceAddress}<div class="soft">${event.userAgent}</div></td>
<td>${event.mfa}</td><td>${event.region}</td><td><code>${event.eventId}</code></td></tr>`,
)}</table></div>
<h2>Told</h2><pre>${JSON.stringify(JSON.parse(ring.published), null, 2)}</pre>`,
  );
}
