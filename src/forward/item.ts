import type { Selectable } from 'kysely';
import { EventView } from '../pattern/index.ts';
import type { RingsTable } from '../store/tables.ts';

/** A log event on its way out. */
export interface EventItem {
  readonly kind: 'event';
  /** 56 digits, as AWS's event ids: the same on every attempt. */
  readonly id: string;
  /** When it happened, and when it came in. */
  readonly at: number;
  readonly receivedAt: number;
  /** The message; read as JSON when somebody asks. */
  readonly view: EventView;
  /** Of the log group; empty, like the names, where the group has been deleted since. */
  readonly account: string;
  readonly region: string;
  readonly logGroup: string;
  readonly logStream: string;
  /** Names of the metric filters that counted it. */
  readonly filters: readonly string[];
}

export type Ring = Selectable<RingsTable>;

/** A ring on its way out: when it is made, brought up to date, or acknowledged. */
export interface RingItem {
  readonly kind: 'ring';
  readonly id: string;
  /** When it changed. */
  readonly at: number;
  /** As it is now. */
  readonly ring: Ring;
  /** Whether the ring was sent before. */
  readonly isUpdate: boolean;
}

export type ForwardItem = EventItem | RingItem;

/** The item as text, to be kept aside. */
export function packItem(item: ForwardItem): string {
  return JSON.stringify(item.kind === 'event' ? { ...item, view: item.view.message } : item);
}

/** What `packItem` made, as the item it was. */
export function unpackItem(text: string): ForwardItem {
  const packed = JSON.parse(text) as RingItem | (Omit<EventItem, 'view'> & { view: string });
  return packed.kind === 'event' ? { ...packed, view: new EventView(packed.view) } : packed;
}
