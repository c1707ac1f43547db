import { createHash } from 'node:crypto';
import type { Channel, Outgoing } from '../channel.ts';
import type { DocumentWriter } from '../document.ts';
import type { Links } from '../links.ts';
import type { MeaningOf } from '../meaning.ts';
import { confirmationLetter, jsonLetter, notificationLetter } from './letters.ts';
import { type MailTransport, readSender } from './mail.ts';
import { mailOutcome } from './mail-failure.ts';

export interface EmailSettings {
  readonly transport: MailTransport;
  /** `Trailbell <bell@example.com>`; a topic's display name takes the place of the name. */
  readonly from: string;
  readonly links: Links;
  readonly documents: DocumentWriter;
  /** Words for what alarms mean. */
  readonly meaningOf?: MeaningOf;
}

/** Delivers to people (`email`), or to programs that read mail (`email-json`). */
export function emailChannel({ transport, from, links, documents, meaningOf }: EmailSettings): Channel {
  const sender = readSender(from);
  const domain = sender.address.slice(sender.address.lastIndexOf('@') + 1) || 'localhost';
  return {
    async deliver(outgoing) {
      const { message, subscription, topic } = outgoing;
      const letter =
        subscription.protocol === 'email-json'
          ? jsonLetter(outgoing, links, await documents.write(outgoing))
          : message.kind === 'Notification'
            ? notificationLetter(outgoing, links, meaningOf)
            : confirmationLetter(outgoing, links);
      try {
        await transport.send({
          ...letter,
          from: { name: topic.displayName || sender.name || 'Trailbell', address: sender.address },
          to: subscription.endpoint,
          headers: {
            ...letter.headers,
            'Auto-Submitted': 'auto-generated',
            'X-Trailbell-Delivery': deliveriesIn(outgoing).join(', '),
          },
          messageId: `${mailId(outgoing)}@${domain}`,
          date: new Date((outgoing.also?.at(-1)?.message ?? message).publishedAt),
        });
        return { result: 'delivered' };
      } catch (error) {
        return mailOutcome(error);
      }
    },
  };
}

/** The deliveries that leave with this mail. */
const deliveriesIn = ({ deliveryId, also = [] }: Outgoing): string[] => [
  deliveryId,
  ...also.map((joined) => joined.deliveryId),
];

/** The same for the same messages, so that a repeat is known as one; with a further message it is another mail. */
function mailId(outgoing: Outgoing): string {
  const deliveries = deliveriesIn(outgoing);
  if (deliveries.length === 1) return outgoing.deliveryId;
  return createHash('sha256').update(deliveries.join(' ')).digest('hex').slice(0, 32);
}
