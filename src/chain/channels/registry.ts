import type { Network } from '../../base/network.ts';
import type { ChainContext } from '../context.ts';
import { firehoseChannel, lambdaChannel } from './aws/aws-channels.ts';
import type { AwsDoor } from './aws/aws-door.ts';
import { type Channel, type Channels, isRaw, type Outgoing } from './channel.ts';
import { chatChannel } from './chat/chat-channel.ts';
import { documentWriter } from './document.ts';
import { emailChannel } from './email/email-channel.ts';
import type { MailTransport } from './email/mail.ts';
import { httpChannel } from './http/http-channel.ts';
import type { Links } from './links.ts';
import type { MeaningOf } from './meaning.ts';
import type { Signer } from './signing/signer.ts';
import { queuePost, sqsChannel } from './sqs/sqs-channel.ts';

export interface ChannelSettings {
  readonly network: Network;
  readonly signer: Signer;
  readonly links: Links;
  readonly mail: MailTransport;
  /** Sender of all mails. */
  readonly mailFrom: string;
  /** Words for what alarms mean. */
  readonly meaningOf?: MeaningOf;
  /** The way into AWS, where it is allowed. */
  readonly aws?: AwsDoor | undefined;
}

/** Opens every way to deliver. */
export function openChannels(ctx: ChainContext, settings: ChannelSettings): Channels {
  const documents = documentWriter(settings.signer, settings.links);
  const plain = httpChannel({ network: settings.network, documents, clock: ctx.clock, ids: ctx.ids });
  const chat = chatChannel(settings.network, settings.links, ctx.clock, settings.meaningOf);
  // Raw delivery is for those who write what the service wants by themselves.
  const http: Channel = {
    deliver: (outgoing) => (outgoing.chat === undefined || isRaw(outgoing) ? plain : chat).deliver(outgoing),
  };
  const email = emailChannel({
    transport: settings.mail,
    from: settings.mailFrom,
    links: settings.links,
    documents,
    ...(settings.meaningOf ? { meaningOf: settings.meaningOf } : {}),
  });
  const byProtocol: Readonly<Record<Outgoing['subscription']['protocol'], Channel>> = {
    http,
    https: http,
    email,
    'email-json': email,
    sqs: sqsChannel(ctx, documents, settings.aws),
    lambda: lambdaChannel(settings.aws, documents),
    firehose: firehoseChannel(settings.aws, documents),
  };
  return {
    deliver: (outgoing) => byProtocol[outgoing.subscription.protocol].deliver(outgoing),
    deadLetter: (outgoing) => queuePost(outgoing, documents),
  };
}
