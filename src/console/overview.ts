import { html } from 'hono/html';
import type { DeadLetters } from '../chain/deliveries/dead-letters.ts';
import type { ChainState } from '../chain/health/chain-states.ts';
import type { ForwardState } from '../forward/forward-states.ts';
import { forwardTable } from './forward-table.ts';
import { page, timeText } from './page.ts';

export interface RingLine {
  readonly id: string;
  readonly at: number;
  readonly alarm_name: string;
  readonly kind: string;
  readonly new_state: string;
  readonly headline: string;
  readonly acknowledged_by: string | null;
  readonly silenced_by: string | null;
}

export interface SetAside {
  readonly object: string;
  readonly error: string | null;
}

/** Where the buttons beside what was given up lead. */
export const REQUEUE = '/console/deliveries/requeue';
export const DISMISS = '/console/deliveries/dismiss';

/** The console's first page: the last rings, and whether every chain can ring. */
export function overviewPage(
  rings: readonly RingLine[],
  chains: readonly ChainState[],
  dead: readonly DeadLetters[],
  setAside: readonly SetAside[],
  forwards: readonly ForwardState[] = [],
) {
  return page(
    'Rings and chains',
    html`${verdict(chains, dead.length)}
<h1>Last rings</h1>${ringTable(rings)}
<h2>Chains</h2>${chainTable(chains)}
${dead.length > 0 ? html`<h2>Deliveries given up</h2>${deadTable(dead)}` : ''}
${forwards.length > 0 ? html`<h2>Forwards</h2>${forwardTable(forwards)}` : ''}
${setAside.length > 0 ? html`<h2>Damaged files, set aside</h2>${setAsideTable(setAside)}` : ''}`,
    { refresh: 5 },
  );
}

/** Whether all is well, before anything else; what most chains share is said once. */
function verdict(chains: readonly ChainState[], dead: number) {
  const mute = chains.filter((chain) => !chain.canRing);
  if (chains.length === 0) return '';
  if (mute.length === 0) {
    const all = chains.length === 1 ? 'The chain' : `All ${chains.length} chains`;
    return dead === 0
      ? html`<div class="verdict good"><strong>✓ ${all} can ring</strong></div>`
      : html`<div class="verdict warn"><strong>${all} can ring, but messages were given up</strong>
<div>They are listed below, each with its reason.</div></div>`;
  }
  const causes = new Map<string, { message: string; fix: string; count: number }>();
  for (const { message, fix } of mute.flatMap(({ problems }) => problems.filter(({ silent }) => silent))) {
    const known = causes.get(message) ?? { message, fix, count: 0 };
    causes.set(message, { ...known, count: known.count + 1 });
  }
  return html`<div class="verdict bad"><strong>✗ ${mute.length} of ${chains.length} chains cannot ring</strong>
${[...causes.values()]
  .slice(0, 5)
  .map(
    ({ message, fix, count }) =>
      html`<div>${count === 1 ? '1 chain' : `${count} chains`}: ${message}<br><code>${fix}</code></div>`,
  )}</div>`;
}

function ringTable(rings: readonly RingLine[]) {
  if (rings.length === 0) return html`<p class="soft">No ring yet. <code>bin/trailbell demo</code> makes one.</p>`;
  return html`<div class="scroll"><table><tr><th>When</th><th>Alarm</th><th>What happened</th></tr>
${rings.map(
  (ring) => html`<tr><td class="nowrap">${timeText(ring.at)}</td>
<td class="nowrap"><span class="${ring.new_state === 'ALARM' ? 'bad' : 'good'}">●</span> ${ring.alarm_name}
${ring.kind === 'history' ? html`<span class="soft">history</span>` : ''}
${ring.silenced_by === null ? '' : html`<span class="soft">silenced</span>`}
${ring.acknowledged_by === null ? '' : html`<span class="good" title="acknowledged by ${ring.acknowledged_by}">✓</span>`}</td>
<td><a href="/console/rings/${ring.id}">${ring.headline}</a></td></tr>`,
)}</table></div>`;
}

/** Beyond this many rows those that can ring are counted only. */
const MOST_CHAINS = 300;

function chainTable(chains: readonly ChainState[]) {
  const isMany = chains.length > MOST_CHAINS;
  const sorted = chains.toSorted((a, b) => (isMany && Number(a.canRing) - Number(b.canRing)) || byName(a, b));
  const shown = sorted.slice(0, MOST_CHAINS);
  if (chains.length === 0) return html`<p class="soft">No alarm yet: start with <code>--cis</code>, or make one.</p>`;
  return html`<div class="scroll"><table><tr><th></th><th>Alarm</th><th>State</th><th>Listens to</th><th>Tells</th></tr>
${shown.map(
  (chain) => html`<tr><td class="${chain.canRing ? 'good' : 'bad'}">${chain.canRing ? '✓' : '✗'}</td>
<td class="nowrap"><strong>${chain.alarm}</strong></td>
<td class="nowrap ${chain.state === 'ALARM' ? 'bad' : ''}">${chain.state}</td>
<td data-is="listens to">${chain.filters.map((filter) => html`<div>${filter.logGroup} <span class="soft">${filter.filter}</span></div>`)}</td>
<td data-is="tells">${chain.subscribers.map((subscriber) => html`<div>${subscriber.protocol}: ${subscriber.endpoint}</div>`)}
${chain.problems.map(
  (problem) => html`<div class="${problem.silent ? 'bad' : 'warn'}" title="${problem.fix}">${problem.message}</div>`,
)}</td></tr>`,
)}</table></div>${isMany ? html`<p class="soft">… and ${chains.length - shown.length} more: <code>trailbell status</code></p>` : ''}`;
}

/** `cis-4.2` before `cis-4.10`. */
const byName = (a: ChainState, b: ChainState): number => NAMES.compare(a.alarm, b.alarm);

const NAMES = new Intl.Collator('en', { numeric: true });

/** What was given up, with the two things that can be done about it. */
function deadTable(dead: readonly DeadLetters[]) {
  return html`<div class="scroll"><table><tr><th>Last</th><th>To</th><th>Given up</th><th>Why</th><th></th></tr>
${dead.map(
  (letters) => html`<tr><td class="nowrap">${timeText(letters.lastAt)}</td>
<td>${letters.protocol}: ${letters.endpoint}</td><td data-is="given up">${letters.count}</td>
<td><span class="bad">${letters.reason}</span> ${letters.lastError}</td>
<td class="nowrap"><form method="post"><input type="hidden" name="subscription" value="${letters.subscriptionId}">
<button formaction="${REQUEUE}">Try again</button> <button formaction="${DISMISS}" class="quiet">Set aside</button></form></td></tr>`,
)}</table></div>`;
}

function setAsideTable(files: readonly SetAside[]) {
  return html`<div class="scroll"><table><tr><th>File</th><th>What is wrong</th></tr>
${files.map((file) => html`<tr><td><code>${file.object}</code></td><td>${file.error}</td></tr>`)}</table></div>`;
}
