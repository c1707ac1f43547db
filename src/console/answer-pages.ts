import { html } from 'hono/html';
import { acknowledge } from '../chain/answers/acknowledge.ts';
import { ACKNOWLEDGE_PAGE, type AcknowledgeLinks } from '../chain/answers/acknowledge-links.ts';
import { MATCHER_MEMBERS } from '../chain/answers/silence-matcher.ts';
import { createSilence, listSilences, type Silence } from '../chain/answers/silences.ts';
import type { ChainContext } from '../chain/context.ts';
import { page, timeText } from './page.ts';
import type { Answer } from './subscription-pages.ts';

export const SILENCES = '/console/silences';
export const END_SILENCE = '/console/silences/end';

const wrong = (): Answer => ({
  status: 404,
  body: page('No such ring', html`<h1>This link leads to no ring</h1><p>It may be older than rings are kept.</p>`),
});

/** Asks before it acts: mail scanners open links, people press buttons. */
export async function acknowledgePage(
  context: ChainContext,
  links: AcknowledgeLinks,
  ringId: string,
  key: string,
): Promise<Answer> {
  const ring = links.isGenuine(ringId, key) ? await ringOf(context, ringId) : undefined;
  if (!ring) return wrong();
  if (ring.acknowledged_at !== null) return acknowledged(ring.headline, ring.acknowledged_by, ring.acknowledged_at);
  return {
    status: 200,
    body: page(
      'Acknowledge',
      html`<h1>${ring.headline}</h1><p class="soft">${ring.alarm_name}, ${timeText(ring.at)}</p>
<p>Acknowledge it when you have taken it on: it is then neither repeated nor escalated.</p>
<form method="post" action="${ACKNOWLEDGE_PAGE}"><input type="hidden" name="ring" value="${ringId}">
<input type="hidden" name="key" value="${key}">${nameField()} <button>Acknowledge</button></form>`,
    ),
  };
}

export async function acknowledgeByClick(
  context: ChainContext,
  links: AcknowledgeLinks,
  { ring: ringId = '', key = '', by = '' }: Record<string, string>,
): Promise<Answer> {
  const ring = links.isGenuine(ringId, key) ? await ringOf(context, ringId) : undefined;
  const done = ring && (await acknowledge(context, ringId, by));
  return ring && done ? acknowledged(ring.headline, done.by, done.at) : wrong();
}

const acknowledged = (headline: string, by: string | null, at: number): Answer => ({
  status: 200,
  body: page('Acknowledged', html`<h1>Acknowledged</h1><p>${headline}</p><p>By ${by}, ${timeText(at)}.</p>`),
});

const ringOf = (context: ChainContext, id: string) =>
  context.store.read.selectFrom('rings').selectAll().where('id', '=', id).executeTakeFirst();

export const nameField = () => html`<label>Your name <input name="by" maxlength="100" required></label>`;

/** What is silenced, why and until when, and the way to add to it. */
export async function silencesPage(context: ChainContext, problem = '') {
  const silences = await listSilences(context.store.read, context.clock.now());
  return page(
    'Silences',
    html`<h1>Silences</h1>
<p class="soft">A silenced ring is kept and shown like all others, but nobody is told of it.</p>
${silences.length === 0 ? html`<p>None in force.</p>` : silenceTable(silences)}
<h2>Add one</h2>${problem === '' ? '' : html`<p class="bad">${problem}</p>`}
<form method="post" action="${SILENCES}" class="fields">
${MATCHER_MEMBERS.map((name) => html`<label>${FIELDS[name]} <input name="${name}" maxlength="256"></label>`)}
<label>Why <input name="reason" maxlength="500" required></label>
<label>Who answers for it <input name="owner" maxlength="500" required></label>
<label>For how long, such as 4h or 2d <input name="until" maxlength="40" required></label>
<p class="soft">A ring must fit all that is given; * stands for any text.</p>
<button>Silence</button></form>`,
  );
}

const FIELDS = {
  alarm: 'Alarm',
  account: 'Account',
  region: 'Region',
  severity: 'Severity',
  principal: 'Done by (principal of every event)',
  sourceAddress: 'Done from (source address of every event)',
};

/** @returns what is wrong, in a sentence; empty when it was made */
export async function silenceByForm(context: ChainContext, form: Record<string, string>): Promise<string> {
  const given = MATCHER_MEMBERS.filter((name) => form[name]);
  const matcher = Object.fromEntries(given.map((name) => [name, form[name]]));
  const made = await createSilence(context, { ...form, matcher });
  return typeof made === 'string' ? made : '';
}

function silenceTable(silences: readonly Silence[]) {
  return html`<div class="scroll"><table><tr><th>Rings</th><th>Why</th><th>Who</th><th>Until</th><th></th></tr>
${silences.map(
  ({ id, matcher, reason, owner, endsAt }) => html`<tr>
<td>${Object.entries(matcher).map(([name, value]) => html`<div>${name} <code>${value}</code></div>`)}</td>
<td>${reason}</td><td data-is="by">${owner}</td><td class="nowrap">${timeText(endsAt)}</td>
<td><form method="post" action="${END_SILENCE}"><input type="hidden" name="id" value="${id}"><button>End now</button></form></td></tr>`,
)}</table></div>`;
}
