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

/** A finding of the audit of the engine's own chains on its way out: it is new, or has changed. */
export interface FindingItem {
  readonly kind: 'finding';
  readonly id: string;
  readonly at: number;
  /** The finding as `trailbell audit --json` has it, and in the forms of the audit's reports. */
  readonly documents: {
    readonly finding: Readonly<Record<string, unknown>>;
    readonly ocsf: Readonly<Record<string, unknown>>;
    readonly asff: Readonly<Record<string, unknown>>;
  };
}

export type ForwardItem = EventItem | RingItem | FindingItem;

/** The item as text, to be kept aside. */
export function packItem(item: ForwardItem): string {
  return JSON.stringify(item.kind === 'event' ? { ...item, view: item.view.message } : item);
}

/** What `packItem` made, as the item it was. */
export function unpackItem(text: string): ForwardItem {
  const packed = JSON.parse(text) as RingItem | FindingItem | (Omit<EventItem, 'view'> & { view: string });
  return packed.kind === 'event' ? { ...packed, view: new EventView(packed.view) } : packed;
}
