import type { Event, LookupAttribute } from '@aws-sdk/client-cloudtrail';
import type { Clock } from '../../base/clock.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Scope } from '../../base/scope.ts';
import { type EventPosition, eventIdOf, positionOf } from '../../chain/logs/event-position.ts';
import { EventReader } from '../../chain/logs/event-reader.ts';
import { parseLogGroupArn } from '../../chain/logs/log-group-arn.ts';
import { findLogGroup, type LogGroup } from '../../chain/logs/log-groups.ts';
import { retentionOf } from '../../chain/logs/retention-rule.ts';
import type { Store } from '../../store/store.ts';
import { eventTimeOf, recipientOf, textAt, valueAt } from '../../trail/record.ts';
import type { CloudTrailHandlers } from '../wire/handlers.ts';
import { visibleTrails } from './name-trail.ts';

const MOST_EVENTS = 50;
const HISTORY = 90 * 86_400_000;
/** A call looks through about this much and then gives a token, with or without events. */
const MOST_SCANNED = 8 * 1_048_576;
/** Where records lie that no trail claims. */
const USUAL_GROUP = 'CloudTrail/logs';

/**
 * The management events of the last 90 days that the account's trail has brought, newest first. AWS
 * keeps this history beside all trails; here it is read from the log group of the trail.
 */
export const lookupEvents =
  ({ store, clock }: { store: Store; clock: Clock }): Required<CloudTrailHandlers>['LookupEvents'] =>
  async (input, { scope }) => {
    const { LookupAttributes = [], StartTime, EndTime, EventCategory, MaxResults = MOST_EVENTS, NextToken } = input;
    const [attribute, ...more] = LookupAttributes;
    if (more.length > 0) throw refusal('InvalidLookupAttributesException', 'Specify only one lookup attribute.');
    if (StartTime && EndTime && StartTime > EndTime) {
      throw refusal('InvalidTimeRangeException', 'The start time must be earlier than the end time.');
    }
    if (EventCategory === 'insight') return { Events: [] };
    const group = await groupOfEvents(store, scope);
    if (!group) return { Events: [] };
    const reader = new EventReader(store.read, {
      groupId: group.id,
      from: Math.max(StartTime?.getTime() ?? 0, clock.now() - HISTORY),
      until: (EndTime?.getTime() ?? clock.now()) + 1,
      direction: 'backward',
      gap: placeOf(NextToken),
      retention: retentionOf(group.retention_days, clock.now()),
    });
    const events = new Map<string, Event>();
    for (let stored = await reader.next(); stored; stored = await reader.next()) {
      // A record may have been delivered twice; AWS tells of it once.
      const event = eventIn(stored.message, scope);
      if (event?.EventId && isWanted(event, attribute) && !events.has(event.EventId)) events.set(event.EventId, event);
      if (events.size >= MaxResults || reader.scannedBytes > MOST_SCANNED) {
        return { Events: [...events.values()], NextToken: eventIdOf(stored) };
      }
    }
    return { Events: [...events.values()] };
  };

const refusal = (name: string, message: string): Refusal => new Refusal(name, message);

/** A token is the id of the last event looked at: it shows nothing that the call would not. */
function placeOf(token: string | undefined): EventPosition | undefined {
  if (token === undefined) return undefined;
  const place = positionOf(token);
  if (!place) throw refusal('InvalidNextTokenException', 'The specified next token is not valid.');
  return place;
}

/** The log group that holds the account's records: that of its multi-region trail first. */
async function groupOfEvents(store: Store, scope: Scope): Promise<LogGroup | undefined> {
  const trails = (await visibleTrails(store.read, scope)).filter(({ logGroupArn }) => logGroupArn !== null);
  const sorted = trails.sort(
    (a, b) => Number(b.definition.IsMultiRegionTrail) - Number(a.definition.IsMultiRegionTrail),
  );
  const places = sorted.flatMap(({ logGroupArn }) => parseLogGroupArn(logGroupArn ?? '') ?? []);
  for (const place of [...places, { ...scope, name: USUAL_GROUP }]) {
    const group = await findLogGroup(store.read, place, place.name);
    if (group) return group;
  }
  return undefined;
}

/** A stored record as LookupEvents shows it; undefined for other accounts' and regions', and for data events. */
function eventIn(message: string, { account, region }: Scope): Event | undefined {
  let record: unknown;
  try {
    record = JSON.parse(message);
  } catch {
    return undefined;
  }
  const at = eventTimeOf(record);
  const category = textAt(record, 'eventCategory') ?? 'Management';
  if (at === undefined || category !== 'Management' || valueAt(record, 'managementEvent') === false) return undefined;
  if (textAt(record, 'awsRegion') !== region || (recipientOf(record) ?? account) !== account) return undefined;
  const readOnly = valueAt(record, 'readOnly');
  return {
    EventId: textAt(record, 'eventID') ?? '',
    EventName: textAt(record, 'eventName') ?? '',
    EventSource: textAt(record, 'eventSource') ?? '',
    EventTime: new Date(at),
    ...(typeof readOnly === 'boolean' && { ReadOnly: String(readOnly) }),
    ...optional('AccessKeyId', textAt(record, 'userIdentity', 'accessKeyId')),
    ...optional('Username', userNameOf(record)),
    Resources: resourcesOf(record),
    CloudTrailEvent: message,
  };
}

const optional = (name: string, value: string | undefined): object => (value === undefined ? {} : { [name]: value });

/** `root`, a user's name, the session name of a role. */
function userNameOf(record: unknown): string | undefined {
  if (textAt(record, 'userIdentity', 'type') === 'Root') return 'root';
  const session = textAt(record, 'userIdentity', 'principalId')?.split(':')[1];
  return textAt(record, 'userIdentity', 'userName') ?? session;
}

function resourcesOf(record: unknown): Event['Resources'] {
  const named = valueAt(record, 'resources');
  if (!Array.isArray(named)) return [];
  return named.slice(0, 100).map((resource: unknown) => ({
    ...optional('ResourceType', textAt(resource, 'type')),
    ...optional('ResourceName', textAt(resource, 'ARN')),
  }));
}

function isWanted(event: Event, attribute: LookupAttribute | undefined): boolean {
  if (!attribute) return true;
  const { AttributeKey: key, AttributeValue: value } = attribute;
  switch (key) {
    case 'ResourceType':
    case 'ResourceName':
      return (event.Resources ?? []).some((resource) => resource[key] === value);
    case undefined:
      return true;
    default:
      return event[key] === value;
  }
}
