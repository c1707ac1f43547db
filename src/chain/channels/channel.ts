import type { NetworkReason } from '../../base/network-failure.ts';
import type { Work } from '../../store/writer.ts';
import type { QueuePost } from '../queues/enqueue.ts';
import type { Ordering } from '../topics/ordering.ts';
import type { MessageKind } from '../topics/post.ts';
import type { MessageAttribute } from '../topics/publication.ts';
import type { Subscription } from '../topics/subscription.ts';
import type { ChatKind } from './chat/chat-kind.ts';

/** Why a delivery failed, in one fixed word: it labels metrics and is shown to people. */
export type FailureReason =
  | NetworkReason
  | 'rejected'
  | 'throttled'
  | 'server-error'
  | 'mailbox'
  | 'mail-login'
  | 'mail-server'
  | 'mail-folder'
  | 'aws-credentials'
  | 'queue-missing'
  | 'queue-policy'
  | 'too-large'
  | 'too-many-attributes'
  | 'broken';

/** A message on its way to one subscription, with all that a channel needs to know. */
export interface Outgoing {
  /** The same on every attempt, so that a receiver can drop a repeat. */
  readonly deliveryId: string;
  readonly message: OutgoingMessage;
  readonly subscription: Subscription;
  readonly topic: OutgoingTopic;
  /** `Content-Type` of HTTP notifications. */
  readonly contentType: string;
  /** AWS's own rules were asked for: any answer below 500 counts as delivered. */
  readonly awsRules: boolean;
  /** Further messages that leave with it as one mail, oldest first. */
  readonly also?: readonly Joined[];
  /** The format of a service that people read, where the subscription wants one. */
  readonly chat?: ChatKind;
}

/** A message that leaves with another. */
export interface Joined {
  readonly deliveryId: string;
  readonly message: OutgoingMessage;
}

export interface OutgoingMessage {
  readonly id: string;
  readonly kind: MessageKind;
  readonly publishedAt: number;
  readonly subject: string | undefined;
  /** The text for this protocol. */
  readonly text: string;
  /** Of a ring: the alarm's JSON, whatever the text for this protocol is. */
  readonly ring?: string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  /** Its place among others, where it has one. */
  readonly ordering?: Ordering;
  /** Of confirmations. */
  readonly token: string | undefined;
}

export interface OutgoingTopic {
  readonly arn: string;
  readonly displayName: string;
  readonly signatureVersion: '1' | '2';
}

/** What became of one attempt. */
export type Outcome = Answer & Result;

interface Answer {
  /** Status code of the receiver's answer, where it gave one. */
  readonly status?: number;
}

type Result =
  | {
      readonly result: 'delivered';
      /** Work on the store that must commit together with the record of the delivery. */
      readonly along?: Work<void>;
      /** What the receiver had to say against it, where the rules count it as delivered all the same. */
      readonly protest?: { readonly reason: FailureReason; readonly text: string };
    }
  | {
      readonly result: 'retry';
      readonly reason: FailureReason;
      readonly text: string;
      /** The receiver asked for at least so many milliseconds. */
      readonly waitMs?: number;
    }
  | { readonly result: 'giveUp'; readonly reason: FailureReason; readonly text: string };

/** A way to deliver. It never throws for what the other side does. */
export interface Channel {
  deliver(outgoing: Outgoing): Promise<Outcome>;
}

/** All ways to deliver, behind one face. */
export interface Channels extends Channel {
  /** A message as a dead-letter queue gets it: what would have been delivered. */
  deadLetter(outgoing: Outgoing): Promise<QueuePost>;
}

export const isRaw = ({ message, subscription }: Outgoing): boolean =>
  message.kind === 'Notification' && subscription.attributes.RawMessageDelivery === 'true';
