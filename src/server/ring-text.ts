import type { RingsTable } from '../store/tables.ts';

interface RingEvent {
  readonly time?: string;
  readonly principal?: string;
  readonly action?: string;
  readonly result?: string;
  readonly sourceAddress?: string;
  readonly mfa?: string;
  readonly region?: string;
}

/** Events shown on the terminal; the console and the mail show more. */
const SHOWN = 8;

/** A ring for the terminal: one sentence, which alarm, and the events behind it. */
export function ringText(ring: RingsTable): string {
  const detail = JSON.parse(ring.detail) as { events?: RingEvent[]; total?: number };
  const events = detail.events ?? [];
  const total = detail.total ?? events.length;
  const silenced = ring.silenced_by === null ? '' : ', silenced: nobody is told';
  const change = ring.kind === 'history' ? 'history' : `${ring.old_state} → ${ring.new_state}`;
  const lines = [
    `🔔 ${ring.headline}`,
    `   ${ring.alarm_name} (${change}) in ${ring.region} of ${ring.account}, ${timeOf(ring.at)} UTC${silenced}`,
  ];
  for (const event of events.slice(0, SHOWN)) {
    const time = (event.time ?? '').slice(11, 19).padEnd(8);
    const mfa = event.mfa ? `MFA ${event.mfa}` : '';
    const from = (event.sourceAddress ?? '').padEnd(15);
    lines.push(
      `   ${time}  ${(event.action ?? '').padEnd(36)} ${(event.result ?? '').padEnd(18)} ${from} ${mfa}`.trimEnd(),
    );
  }
  const more = total - Math.min(events.length, SHOWN);
  if (more > 0) lines.push(`   … and ${more} more`);
  return lines.join('\n');
}

const timeOf = (at: number): string => new Date(at).toISOString().slice(11, 19);
