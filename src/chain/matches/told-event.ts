import type { Selectable } from 'kysely';
import { EventView } from '../../pattern/index.ts';
import type { MatchesTable } from '../../store/tables.ts';
import { type EventSummary, eventSummary, happeningOf } from '../../trail/happening.ts';
import { plainText } from '../../trail/plain-text.ts';
import { isTrailRecord } from './trail-record.ts';

/** One event as a message carries it. `message` only where the log event is no CloudTrail record. */
export interface ToldEvent extends Omit<EventSummary, 'time'> {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly message?: string;
}

const LONGEST_MESSAGE = 1_000;
const LONGEST_ACTION = 120;

/** What one kept match tells. */
export function toldEvent({ message, event_at }: Pick<Selectable<MatchesTable>, 'message' | 'event_at'>): ToldEvent {
  const time = new Date(event_at).toISOString();
  const { object } = new EventView(message);
  if (isTrailRecord(object)) {
    const summary = eventSummary(happeningOf(object));
    return { ...summary, time: summary.time ?? time };
  }
  return {
    time,
    account: '',
    principal: '',
    action: plainText(message, LONGEST_ACTION),
    result: '',
    sourceAddress: '',
    userAgent: '',
    mfa: 'unknown',
    region: '',
    eventId: '',
    message: plainText(message, LONGEST_MESSAGE),
  };
}

/** The event in one line, for mails and terminals. */
export function toldLine({ time, action, result, principal, account, sourceAddress, mfa, region }: ToldEvent): string {
  const who = [principal, account].filter((part) => part !== '').join(' of ');
  const from = sourceAddress && `from ${sourceAddress}`;
  const parts = [action, result, who, from, mfa === 'unknown' ? '' : `MFA ${mfa}`, region];
  return `${time.slice(0, 19).replace('T', ' ')}  ${parts.filter((part) => part !== '').join(', ')}`;
}
