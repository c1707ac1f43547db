import type { Network, NetworkReply } from '../../src/base/network.ts';
import { NetworkFailure } from '../../src/base/network-failure.ts';
import type { Mail, MailTransport } from '../../src/chain/channels/email/mail.ts';

/** How a scripted receiver behaves at the moment. */
export type Mood = 'well' | 'broken' | 'silent' | 'lossy';

/** A webhook of the simulated world: it remembers every message id it was sent. */
export class Webhook {
  readonly url: string;
  mood: Mood = 'well';
  /** Times each MessageId came in full, the receiver's answer notwithstanding. */
  readonly received = new Map<string, number>();
  /** SubscribeURLs of confirmation requests. */
  readonly invitations: string[] = [];

  constructor(url: string) {
    this.url = url;
  }

  take(body: string): NetworkReply {
    if (this.mood === 'silent') throw new NetworkFailure('timeout', 'no answer in time');
    if (this.mood === 'broken') return reply(503);
    const message = JSON.parse(body) as { Type: string; MessageId: string; SubscribeURL?: string };
    if (message.SubscribeURL) this.invitations.push(message.SubscribeURL);
    else this.received.set(message.MessageId, (this.received.get(message.MessageId) ?? 0) + 1);
    // It took the message, and its answer got lost: the sender must come again under the same id.
    if (this.mood === 'lossy') throw new NetworkFailure('reset', 'connection reset');
    return reply(200);
  }
}

const reply = (status: number): NetworkReply => ({ status, headers: {}, body: new Uint8Array() });

export function scriptedNetwork(webhooks: readonly Webhook[]): Network {
  return {
    close: async () => undefined,
    async request({ url, body }) {
      const webhook = webhooks.find((candidate) => candidate.url === url);
      if (!webhook) throw new NetworkFailure('dns', `nobody at ${url}`);
      return webhook.take(Buffer.from(body ?? '').toString());
    },
  };
}

/** Remembers every mail by its id. */
export class Postbox implements MailTransport {
  readonly mails = new Map<string, Mail>();

  async send(mail: Mail): Promise<void> {
    this.mails.set(mail.messageId, mail);
  }
}
