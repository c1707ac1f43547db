import { durationOf } from '../../base/duration.ts';
import { ESCALATIONS, type EscalationKind } from './timers.ts';

/** What an alarm's `trailbell:` tags ask for. What cannot be read is left out, and told of in `problems`. */
export interface OwnTags {
  /** Milliseconds between repeated rings. */
  readonly repeat?: number;
  readonly severity?: Severity;
  /** An http(s) address. */
  readonly runbook?: string;
  /** Topics to be told in turn of what nobody acknowledges. */
  readonly escalations: readonly Escalation[];
  /** Whether those who were told of ALARM are told when it is over. */
  readonly tellsEnd?: boolean;
  /** One plain sentence each. */
  readonly problems: readonly string[];
}

/** `trailbell:escalate-1=15m topic-name` */
export interface Escalation {
  readonly kind: EscalationKind;
  /** Milliseconds after the ring. */
  readonly after: number;
  /** Name of a topic of the alarm's account and region. */
  readonly topic: string;
}

export type Severity = (typeof SEVERITIES)[number];

const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const;
const LEAST_REPEAT = 60_000;
const MOST_REPEAT = 30 * 86_400_000;
const PREFIX = 'trailbell:';

/**
 * Reads an alarm's tags. AWS takes any value of a tag, and so do we: one that means nothing is ignored.
 * @example ownTags({ 'trailbell:repeat': '4h' }).repeat // 14400000
 */
export function ownTags(tags: Readonly<Record<string, string>>): OwnTags {
  const problems: string[] = [];
  const escalations: Escalation[] = [];
  const found: { repeat?: number; severity?: Severity; runbook?: string; tellsEnd?: boolean } = {};
  for (const [key, value] of Object.entries(tags)) {
    if (!key.startsWith(PREFIX)) continue;
    const ignored = (wanted: string) => problems.push(`its tag ${key}=${value} is ignored: ${wanted}`);
    switch (key.slice(PREFIX.length)) {
      case 'repeat': {
        const repeat = spanOf(value);
        if (repeat === undefined) ignored('a time from 1m to 30d is wanted, such as 4h');
        else found.repeat = repeat;
        break;
      }
      case 'severity': {
        const severity = SEVERITIES.find((known) => known === value);
        if (severity === undefined) ignored(`one of ${SEVERITIES.join(', ')} is wanted`);
        else found.severity = severity;
        break;
      }
      case 'runbook':
        if (isAddress(value)) found.runbook = value;
        else ignored('an http or https address is wanted');
        break;
      case 'escalate-1':
      case 'escalate-2': {
        const [span = '', topic = '', ...more] = value.split(/ +/);
        const after = spanOf(span);
        const isName = /^[A-Za-z0-9_-]{1,256}$/.test(topic) && more.length === 0;
        const kind = ESCALATIONS.find((each) => key === PREFIX + each);
        if (after === undefined || !isName || !kind) ignored('a time and the name of a topic are wanted: 15m on-call');
        else escalations.push({ kind, after, topic });
        break;
      }
      case 'end':
        if (value !== 'tell') ignored('tell is wanted');
        else found.tellsEnd = true;
        break;
      case 'ring':
        if (value !== 'every-session') ignored('every-session is wanted');
        break;
      case 'evaluate':
        if (value !== 'on-schedule' && value !== 'event-time') ignored('on-schedule or event-time is wanted');
        break;
      default:
        ignored('Trailbell knows repeat, escalate-1, escalate-2, end, severity, runbook, ring and evaluate');
    }
  }
  escalations.sort((a, b) => a.after - b.after);
  return { ...found, escalations, problems };
}

function spanOf(text: string): number | undefined {
  const duration = durationOf(text) ?? 0;
  return duration >= LEAST_REPEAT && duration <= MOST_REPEAT ? duration : undefined;
}

function isAddress(text: string): boolean {
  const { protocol } = URL.canParse(text) ? new URL(text) : { protocol: '' };
  return protocol === 'https:' || protocol === 'http:';
}
