import type { MessageAttribute } from '../topics/publication.ts';
import type { Outgoing } from './channel.ts';
import type { Links } from './links.ts';
import type { Signer } from './signing/signer.ts';

type Members = Readonly<Record<string, string | undefined>>;

/** Writes messages the way SNS hands them to programs, signed. */
export interface DocumentWriter {
  write(outgoing: Outgoing): Promise<string>;
}

export function documentWriter(signer: Signer, links: Links): DocumentWriter {
  const signatureOf = async (outgoing: Outgoing, signed: Members): Promise<Members> => ({
    SignatureVersion: outgoing.topic.signatureVersion,
    Signature: await signer.sign(outgoing.topic.signatureVersion, stringToSign(signed)),
    SigningCertURL: links.certificate(signer.certificatePath),
  });
  return {
    async write(outgoing) {
      const { message, topic } = outgoing;
      const timestamp = new Date(message.publishedAt).toISOString();
      if (message.kind === 'Notification') {
        const head = {
          Type: message.kind,
          MessageId: message.id,
          SequenceNumber: message.ordering?.sequenceNumber,
          TopicArn: topic.arn,
          Subject: message.subject,
          Message: message.text,
          Timestamp: timestamp,
        };
        // AWS signs nothing that comes from a FIFO topic.
        const tail = head.SequenceNumber === undefined ? await signatureOf(outgoing, head) : {};
        const whole = { ...head, ...tail, UnsubscribeURL: links.unsubscribe(outgoing.subscription.arn) };
        return written(whole, message.attributes);
      }
      const token = message.token ?? '';
      const head = {
        Type: message.kind,
        MessageId: message.id,
        Token: token,
        TopicArn: topic.arn,
        Message: message.text,
        SubscribeURL: links.subscribe(topic.arn, token),
        Timestamp: timestamp,
      };
      return written({ ...head, ...(await signatureOf(outgoing, head)) }, {});
    },
  };
}

/** AWS signs name and value of each member present, in order of the names, a line each. */
function stringToSign(members: Members): string {
  return Object.keys(members)
    .sort()
    .flatMap((name) => (members[name] === undefined ? [] : [`${name}\n${members[name]}\n`]))
    .join('');
}

/** One member a line, indented by two, with AWS's blank before the colon. */
function written(members: Members, attributes: Readonly<Record<string, MessageAttribute>>): string {
  const lines = Object.entries(members).flatMap(([name, value]) =>
    value === undefined ? [] : [`  "${name}" : ${JSON.stringify(value)}`],
  );
  const listed = Object.entries(attributes).map(
    ([name, { type, value }]) => `${JSON.stringify(name)} : ${JSON.stringify({ Type: type, Value: value })}`,
  );
  if (listed.length > 0) lines.push(`  "MessageAttributes" : {${listed.join(',')}}`);
  return `{\n${lines.join(',\n')}\n}`;
}
