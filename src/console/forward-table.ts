import { html } from 'hono/html';
import type { ForwardState } from '../forward/forward-states.ts';
import { timeText } from './page.ts';

/** What goes on to other systems, each with its trouble. */
export function forwardTable(forwards: readonly ForwardState[]) {
  return html`<div class="scroll"><table><tr><th></th><th>Forward</th><th>To</th><th>Sent</th><th>Waiting</th><th>Trouble</th></tr>
${forwards.map((state) => {
  const { name, what, to, sent, waiting, failing, setAside, lostUnseen } = state;
  const isWell = failing === null && setAside === 0 && lostUnseen === 0;
  return html`<tr><td class="${isWell ? 'good' : 'bad'}">${isWell ? '✓' : '✗'}</td>
<td class="nowrap"><strong>${name}</strong> <span class="soft">${what}</span></td><td>${to}</td>
<td data-is="sent">${sent}</td><td data-is="waiting">${waiting}</td>
<td>${failing ? html`<div class="bad">cannot send since ${timeText(failing.since)}: ${failing.error}</div>` : ''}
${setAside > 0 ? html`<div class="bad">${setAside} refused, set aside: <code>trailbell forward refused ${name}</code></div>` : ''}
${lostUnseen > 0 ? html`<div class="bad">${lostUnseen} lost before they were sent</div>` : ''}</td></tr>`;
})}</table></div>`;
}
