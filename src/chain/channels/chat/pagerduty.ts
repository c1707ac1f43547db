import { createHash } from 'node:crypto';
import type { ChatFormat } from './chat-format.ts';
import { cut } from './limits.ts';
import { ROUTING_KEY, routingKeyOf } from './routing-key.ts';
import type { Story, Tone } from './story.ts';

const LONGEST_SUMMARY = 1_024;
const LONGEST_KEY = 255;

/** PagerDuty's four. */
const SEVERITIES: Readonly<Record<Tone, 'critical' | 'error' | 'warning' | 'info'>> = {
  critical: 'critical',
  high: 'error',
  medium: 'warning',
  low: 'warning',
  info: 'info',
  good: 'info',
};

/**
 * PagerDuty's Events API, version 2. The rings of an alarm are one incident, which ends when the alarm does;
 * a further sign-in session and a piece of history are incidents of their own, since no OK ever names them.
 */
export const pagerduty: ChatFormat = {
  name: 'PagerDuty',
  address(endpoint) {
    const url = new URL(endpoint);
    url.searchParams.delete(ROUTING_KEY);
    return url.href;
  },
  write(story) {
    const base = { routing_key: routingKeyOf(story.outgoing.subscription.endpoint), dedup_key: keyOf(story) };
    if (story.kind === 'end') return { ...base, event_action: 'resolve' };
    const { notice } = story;
    return {
      ...base,
      event_action: 'trigger',
      client: 'Trailbell',
      payload: {
        summary: cut(story.headline, LONGEST_SUMMARY),
        source: cut(notice?.alarmArn || story.outgoing.topic.arn, 1_024),
        severity: SEVERITIES[story.tone],
        timestamp: story.at,
        ...(notice
          ? { component: cut(notice.alarm, 255), group: notice.account, class: notice.metric || 'alarm' }
          : {}),
        custom_details: detailsOf(story),
      },
      links: story.links.map(({ text, url }) => ({ href: url, text })),
    };
  },
};

function keyOf({ kind, notice, outgoing }: Story): string {
  if (!notice) return `trailbell/${outgoing.message.id}`;
  const ownIncident = kind === 'ring' && ['session', 'history'].includes(notice.updates || notice.ringKind);
  const key = ownIncident && notice.ringId !== '' ? notice.ringId : notice.alarmArn || notice.alarm;
  const whole = `trailbell/${key}`;
  return whole.length <= LONGEST_KEY ? whole : `trailbell/${createHash('sha256').update(key).digest('hex')}`;
}

function detailsOf({ facts, sessions, lines, text, outgoing }: Story): object {
  return {
    ...Object.fromEntries(facts),
    ...(sessions.length > 0 ? { 'Sign-in sessions': sessions } : {}),
    ...(lines.length > 0 ? { 'What was done': lines } : {}),
    ...(text === '' ? {} : { Message: text }),
    Topic: outgoing.topic.arn,
  };
}
