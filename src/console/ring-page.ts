import { html } from 'hono/html';
import { shownEndpoint } from '../chain/topics/subscription.ts';
import { nameField } from './answer-pages.ts';
import { page, timeText } from './page.ts';

/** A ring as stored; `detail` is the JSON of the message's `Trailbell` member. */
export interface StoredRing {
  readonly id: string;
  readonly at: number;
  readonly alarm_name: string;
  readonly account: string;
  readonly region: string;
  readonly kind: string;
  readonly old_state: string;
  readonly new_state: string;
  readonly headline: string;
  readonly detail: string;
  readonly published: string;
  readonly acknowledged_at: number | null;
  readonly acknowledged_by: string | null;
  readonly silenced_by: string | null;
}

/** What became of the ring on its way to one subscriber. */
export interface RingDelivery {
  readonly protocol: string;
  readonly endpoint: string;
  readonly status: string;
  readonly attempts: number;
  readonly reason: string | null;
  readonly error: string | null;
  readonly finished_at: number | null;
}

/** What a topic answered: the id of the message, or why there is none. */
interface Published {
  readonly arn: string;
  readonly messageId?: string;
  readonly failure?: string;
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

interface Detail {
  readonly events?: readonly RingEvent[];
  readonly total?: number;
  readonly sessions?: readonly { readonly sentence?: string }[];
}

/** Ids of the messages that carried the ring. */
export const messagesOf = (ring: Pick<StoredRing, 'published'>): string[] =>
  (JSON.parse(ring.published) as Published[]).flatMap(({ messageId }) => messageId ?? []);

/** Why nobody was told of it. */
export interface RingSilence {
  readonly owner: string;
  readonly reason: string;
}

/** Who did what, and who was told. */
export function ringPage(ring: StoredRing, deliveries: readonly RingDelivery[], silence?: RingSilence) {
  const { events = [], total = events.length, sessions = [] } = JSON.parse(ring.detail) as Detail;
  const more = total > events.length ? `The first ${events.length} of ${total} events:` : '';
  return page(
    ring.headline,
    html`<h1>${ring.headline}</h1>
<p class="soft">${ring.alarm_name} in ${ring.region} of ${ring.account}: ${changeOf(ring)}, ${timeText(ring.at)}.</p>
${answered(ring, silence)}
${sessions.length > 1 ? html`<ul>${sessions.map(({ sentence }) => html`<li>${sentence}</li>`)}</ul>` : ''}
<h2>What was done</h2>${more === '' ? '' : html`<p class="soft">${more}</p>`}${eventTable(events)}
<h2>Who was told</h2>${toldTable(ring, deliveries)}`,
  );
}

/** Whether somebody has taken it on, or said that nobody need be told; else the way to do so. */
function answered({ id, acknowledged_at, acknowledged_by, silenced_by, new_state }: StoredRing, silence?: RingSilence) {
  const said = silence === undefined ? '' : ` by ${silence.owner}: ${silence.reason}`;
  const quiet = silenced_by === null ? '' : html`<p class="warn">Silenced${said}. Nobody was told.</p>`;
  if (acknowledged_at !== null) {
    return html`${quiet}<p class="good">✓ Acknowledged by ${acknowledged_by}, ${timeText(acknowledged_at)}.</p>`;
  }
  if (new_state !== 'ALARM') return quiet;
  return html`${quiet}<form method="post" action="/console/rings/${id}/acknowledge">${nameField()} <button>Acknowledge</button></form>`;
}

function changeOf({ kind, old_state, new_state }: StoredRing): string {
  if (kind === 'history') return 'from history, the state of the alarm untouched';
  if (kind === 'repeat') return 'still in ALARM';
  if (kind === 'escalation') return 'not acknowledged, and told to the next';
  if (kind === 'session') return 'a further sign-in session while it was ringing';
  return `${old_state} → ${new_state}`;
}

function eventTable(events: readonly RingEvent[]) {
  if (events.length === 0) return html`<p class="soft">No event is kept with this ring.</p>`;
  return html`<div class="scroll"><table>
<tr><th>When</th><th>Who</th><th>Did</th><th>Result</th><th>From</th><th>MFA</th><th>Region</th><th>Event</th></tr>
${events.map(
  (event) => html`<tr><td class="nowrap">${secondOf(event.time)}</td><td>${event.principal}</td><td>${event.action}</td>
<td class="${isFailure(event) ? 'bad' : ''}">${event.result}</td>
<td data-is="from">${event.sourceAddress}<div class="soft">${event.userAgent}</div></td>
<td data-is="MFA">${event.mfa}</td><td class="nowrap">${event.region}</td><td><code>${event.eventId}</code></td></tr>`,
)}</table></div>`;
}

/** Results are words of ours: `success`, or what went wrong. */
const isFailure = ({ result = '' }: RingEvent): boolean => result.startsWith('failed') || result === 'tried and failed';

/** Events are told with milliseconds that CloudTrail never has. */
const secondOf = (time = ''): string => (time === '' ? '' : `${time.slice(0, 19).replace('T', ' ')} UTC`);

function toldTable({ published }: StoredRing, deliveries: readonly RingDelivery[]) {
  const topics = JSON.parse(published) as Published[];
  if (topics.length === 0)
    return html`<p class="bad">Nobody: the alarm has no action for this state, or was silenced or muted.</p>`;
  return html`<ul>${topics.map(
    ({ arn, failure }) => html`<li>${arn}${failure ? html`: <span class="bad">${failure}</span>` : ''}</li>`,
  )}</ul>
${
  deliveries.length === 0
    ? html`<p class="bad">No confirmed subscriber was there to be told.</p>`
    : html`<div class="scroll"><table><tr><th>To</th><th>Delivery</th><th>Attempts</th><th>What went wrong</th></tr>
${deliveries.map(
  (
    delivery,
  ) => html`<tr><td>${delivery.protocol}: ${shownEndpoint(delivery.endpoint)}</td><td>${deliveryText(delivery)}</td>
<td data-is="attempts">${delivery.attempts}</td><td>${delivery.reason} ${delivery.error}</td></tr>`,
)}</table></div>`
}`;
}

function deliveryText({ status, finished_at }: RingDelivery) {
  if (status === 'delivered') return html`<span class="good">delivered</span> ${finished_at && timeText(finished_at)}`;
  if (status === 'dead') return html`<span class="bad">given up</span> ${finished_at && timeText(finished_at)}`;
  return html`<span class="warn">waiting</span>`;
}
