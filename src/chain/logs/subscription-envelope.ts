import { gzipSync } from 'node:zlib';

/** A log event as subscribers are given it. */
export interface ForwardedEvent {
  /** AWS's event id: digits. */
  readonly id: string;
  readonly timestamp: number;
  readonly message: string;
  /** Fields of a space-delimited pattern, without their dollar signs, and the system fields asked for. */
  readonly extractedFields?: Readonly<Record<string, string>>;
}

/** What one subscription filter found in one stream. */
export interface SubscriptionData {
  readonly owner: string;
  readonly logGroup: string;
  readonly logStream: string;
  readonly subscriptionFilters: readonly string[];
  readonly logEvents: readonly ForwardedEvent[];
}

export interface Envelopes {
  readonly bodies: readonly string[];
  /** Ids of events that do not fit a message even alone. */
  readonly tooLarge: readonly string[];
}

/** The level AWS uses. */
const LEVEL = 6;

/**
 * Writes subscription data as AWS hands them to a function: `{"awslogs":{"data":…}}` with base64 of
 * gzip of the JSON, in as many messages of at most `most` bytes as it takes. Events keep their order.
 */
export function writeEnvelopes(data: SubscriptionData, most: number): Envelopes {
  const bodies: string[] = [];
  const tooLarge: string[] = [];
  const open: (readonly ForwardedEvent[])[] = piecesOf(data.logEvents).reverse();
  for (let events = open.pop(); events; events = open.pop()) {
    const [first] = events;
    if (!first) continue;
    const body = writeEnvelope({ ...data, logEvents: events });
    if (body.length <= most) bodies.push(body);
    else if (events.length === 1) tooLarge.push(first.id);
    else {
      const half = events.length >> 1;
      open.push(events.slice(half), events.slice(0, half));
    }
  }
  return { bodies, tooLarge };
}

/** Packing more than this at a time would hardly ever fit, and would hold up others. */
const MOST_CHARACTERS = 1_048_576;

function piecesOf(events: readonly ForwardedEvent[]): ForwardedEvent[][] {
  const pieces: ForwardedEvent[][] = [];
  let size = MOST_CHARACTERS;
  for (const event of events) {
    size += event.message.length;
    if (size > MOST_CHARACTERS) {
      pieces.push([]);
      size = event.message.length;
    }
    pieces.at(-1)?.push(event);
  }
  return pieces;
}

function writeEnvelope(data: SubscriptionData): string {
  const text = JSON.stringify({ messageType: 'DATA_MESSAGE', ...data });
  return JSON.stringify({ awslogs: { data: gzipSync(text, { level: LEVEL }).toString('base64') } });
}
