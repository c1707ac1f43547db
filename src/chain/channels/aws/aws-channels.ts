import { type Channel, isRaw, type Outcome, type Outgoing } from '../channel.ts';
import type { DocumentWriter } from '../document.ts';
import type { AwsDoor } from './aws-door.ts';
import { AWS_NOT_ALLOWED, awsOutcome } from './aws-outcome.ts';

/** Starts Lambda functions with the event that SNS gives them, confirmations excepted, which functions never get. */
export const lambdaChannel = (door: AwsDoor | undefined, documents: DocumentWriter): Channel =>
  throughDoor(door, async (way, outgoing) => {
    await way.startFunction(outgoing.subscription.endpoint, await lambdaEvent(outgoing, documents));
  });

/** Puts records into Firehose streams: the message raw, or the document without its signature, a line each. */
export const firehoseChannel = (door: AwsDoor | undefined, documents: DocumentWriter): Channel =>
  throughDoor(door, async (way, outgoing) => {
    const record = isRaw(outgoing) ? outgoing.message.text : await firehoseRecord(outgoing, documents);
    await way.putRecord(outgoing.subscription.endpoint, `${record}\n`);
  });

function throughDoor(door: AwsDoor | undefined, send: (door: AwsDoor, outgoing: Outgoing) => Promise<void>): Channel {
  return {
    async deliver(outgoing): Promise<Outcome> {
      if (!door) return AWS_NOT_ALLOWED;
      try {
        await send(door, outgoing);
        return { result: 'delivered' };
      } catch (error) {
        return awsOutcome(error);
      }
    },
  };
}

type Document = Record<string, unknown>;

/** AWS spells two members differently here, and gives the subject and attributes a place always. */
async function lambdaEvent(outgoing: Outgoing, documents: DocumentWriter): Promise<string> {
  const { SigningCertURL, UnsubscribeURL, Subject, MessageAttributes, Message, Type, MessageId, TopicArn, ...rest } =
    JSON.parse(await documents.write(outgoing)) as Document;
  const record = {
    EventSource: 'aws:sns',
    EventVersion: '1.0',
    EventSubscriptionArn: outgoing.subscription.arn,
    Sns: {
      Type,
      MessageId,
      TopicArn,
      Subject: Subject ?? null,
      Message,
      ...rest,
      SigningCertUrl: SigningCertURL,
      UnsubscribeUrl: UnsubscribeURL,
      MessageAttributes: MessageAttributes ?? {},
    },
  };
  return JSON.stringify({ Records: [record] });
}

async function firehoseRecord(outgoing: Outgoing, documents: DocumentWriter): Promise<string> {
  const { Signature, SignatureVersion, SigningCertURL, ...members } = JSON.parse(
    await documents.write(outgoing),
  ) as Document;
  return JSON.stringify(members);
}
