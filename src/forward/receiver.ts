import type { ForwardItem } from './item.ts';

/** An item as it goes out: text, or bytes where a protocol has a form of its own. */
export type Content = string | Uint8Array;

/** One item, as the receiver is to get it. */
export interface Parcel<C extends Content = string> {
  readonly item: ForwardItem;
  readonly text: C;
}

/** Where a forward sends to. Nothing is kept in here: the runner has the cursor and the patience. */
export interface Receiver<C extends Content = string> {
  /** Where it goes, for people: never with a secret. */
  readonly to: string;
  readonly limits: Limits;
  /** The item as it goes out; undefined when this receiver has no use for it. */
  encode(item: ForwardItem): C | undefined;
  /** Sends one batch and says what became of it. Never rejects for what a receiver does. */
  send(parcels: readonly Parcel<C>[], around: Around): Promise<Outcome>;
  close(): Promise<void>;
}

export interface Limits {
  /** Items, and bytes of them, in one batch. */
  readonly count: number;
  readonly bytes: number;
  /** Batches under way at once: more than one only where receivers are slow to say that they have it. */
  readonly inFlight: number;
}

export interface Around {
  /** Waits by the clock; cut short when the forward stops. */
  sleep(milliseconds: number): Promise<void>;
  readonly stopped: () => boolean;
}

/** Why something did not get through: a short fixed word, which labels metrics, and a sentence. */
export interface Trouble {
  readonly reason: string;
  readonly text: string;
}

export type Outcome =
  /** Taken, but for items that are refused for good, and those that are to be sent again. */
  | {
      readonly result: 'sent';
      readonly refused?: readonly RefusedPart[];
      readonly again?: Again;
      /** What is refused must not be sent again by itself, however much it is. */
      readonly isFinal?: boolean;
    }
  /** Not taken now: the same batch is sent again, after `waitMs` where the receiver asks for that. */
  | (Trouble & { readonly result: 'retry'; readonly waitMs?: number })
  /** Not taken for what it holds. It is halved until the items that are to blame are found. */
  | (Trouble & { readonly result: 'refused' });

export interface RefusedPart extends Trouble {
  /** In the batch. */
  readonly index: number;
}

export interface Again extends Trouble {
  readonly indexes: readonly number[];
  readonly waitMs?: number;
}

/** A receiver of any form of content, as its runner has it: what it encodes is all that it is given to send. */
export type AnyReceiver = Receiver<Content>;
export type AnyParcel = Parcel<Content>;
