import { html } from 'hono/html';
import type { ChainState } from '../chain/health/chain-states.ts';
import { page, timeText } from './page.ts';

export interface RingLine {
  readonly id: string;
  readonly at: number;
  readonly alarm_name: string;
  readonly kind: string;
  readonly new_state: string;
  readonly headline: string;
}

export interface DeadLetter {
  readonly id: number;
  readonly protocol: string;
  readonly endpoint: string;
  readonly reason: string | null;
  readonly error: string | null;
  readonly finished_at: number | null;
}

export interface SetAside {
  readonly object: string;
  readonly error: string | null;
}

/** The console's first page: the last rings, and whether every chain can ring. */
export function overviewPage(
  rings: readonly RingLine[],
  chains: readonly ChainState[],
  dead: readonly DeadLetter[],
  setAside: readonly SetAside[],
) {
  return page(
    'Rings and chains',
    html`<h1>Last rings</h1>${ringTable(rings)}
<h2>Chains</h2>${chainTable(chains)}
${dead.length > 0 ? html`<h2>Deliveries given up</h2>${deadTable(dead)}` : ''}
${setAside.length > 0 ? html`<h2>Damaged files, set aside</h2>${setAsideTable(setAside)}` : ''}`,
    { refresh: 5 },
  );
}

function ringTable(rings: readonly RingLine[]) {
  if (rings.length === 0) return html`<p class="soft">No ring yet. <code>bin/trailbell demo</code> makes one.</p>`;
  return html`<div class="scroll"><table><tr><th>When</th><th>Alarm</th><th>What happened</th></tr>
${rings.map(
  (ring) => html`<tr><td class="nowrap">${timeText(ring.at)}</td>
<td class="nowrap"><span class="${ring.new_state === 'ALARM' ? 'bad' : 'good'}">●</span> ${ring.alarm_name}
${ring.kind === 'history' ? html`<span class="soft">history</span>` : ''}</td>
<td><a href="/console/rings/${ring.id}">${ring.headline}</a></td></tr>`,
)}</table></div>`;
}

function chainTable(chains: readonly ChainState[]) {
  if (chains.length === 0) return html`<p class="soft">No alarm yet: start with <code>--cis</code>, or make one.</p>`;
  return html`<div class="scroll"><table><tr><th></th><th>Alarm</th><th>State</th><th>Listens to</th><th>Tells</th></tr>
${chains.map(
  (chain) => html`<tr><td class="${chain.canRing ? 'good' : 'bad'}">${chain.canRing ? '✓' : '✗'}</td>
<td class="nowrap">${chain.alarm}</td><td class="nowrap">${chain.state}</td>
<td>${chain.filters.map((filter) => html`<div>${filter.logGroup} <span class="soft">${filter.filter}</span></div>`)}</td>
<td>${chain.subscribers.map((subscriber) => html`<div>${subscriber.protocol}: ${subscriber.endpoint}</div>`)}
${chain.problems.map(
  (problem) => html`<div class="${problem.silent ? 'bad' : 'warn'}">${problem.message}</div>
<div class="soft"><code>${problem.fix}</code></div>`,
)}</td></tr>`,
)}</table></div>`;
}

function deadTable(dead: readonly DeadLetter[]) {
  return html`<div class="scroll"><table><tr><th>When</th><th>To</th><th>Why</th></tr>
${dead.map(
  (letter) => html`<tr><td class="nowrap">${letter.finished_at === null ? '' : timeText(letter.finished_at)}</td>
<td>${letter.protocol}: ${letter.endpoint}</td>
<td><span class="bad">${letter.reason}</span> ${letter.error}</td></tr>`,
)}</table></div>`;
}

function setAsideTable(files: readonly SetAside[]) {
  return html`<div class="scroll"><table><tr><th>File</th><th>What is wrong</th></tr>
${files.map((file) => html`<tr><td><code>${file.object}</code></td><td>${file.error}</td></tr>`)}</table></div>`;
}
