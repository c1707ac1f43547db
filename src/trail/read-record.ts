import { eventTimeOf, recipientOf, textAt } from './record.ts';
import type { TrailRecord } from './record-item.ts';

/** A record by its compact JSON, and what everybody asks of it. */
export class ReadRecord implements TrailRecord {
  readonly kind = 'record';
  readonly text: string;
  readonly time: number | undefined;
  readonly recipient: string | undefined;
  readonly region: string;
  readonly source: string;
  declare readonly end?: number;

  constructor(
    text: string,
    time: number | undefined,
    recipient: string | undefined,
    region: string,
    source: string,
    end?: number,
  ) {
    this.text = text;
    this.time = time;
    this.recipient = recipient;
    this.region = region;
    this.source = source;
    if (end !== undefined) this.end = end;
  }

  get record(): Readonly<Record<string, unknown>> {
    return JSON.parse(this.text) as Readonly<Record<string, unknown>>;
  }

  /** The same record, with the place behind it in a file of one record a line. */
  endingAt(end: number): ReadRecord {
    return new ReadRecord(this.text, this.time, this.recipient, this.region, this.source, end);
  }
}

/** The record that `value` is and `text` says. */
export function readRecord(text: string, value: unknown): ReadRecord {
  const [region, source] = [textAt(value, 'awsRegion') ?? '', textAt(value, 'eventSource') ?? ''];
  return new ReadRecord(text, eventTimeOf(value), recipientOf(value), region, source);
}
