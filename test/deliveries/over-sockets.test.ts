import { createVerify, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sqliteStore } from '../stores.ts';
import { type Receiver, receiver, SocketWorld, TOPIC } from './socket-world.ts';

const SECOND = 1_000;
const open = sqliteStore();

const world = async (attributes = {}, tags = {}) => {
  const made = await new SocketWorld(await open()).start();
  await made.topic(attributes, tags);
  return made;
};

const listening = (w: SocketWorld): Promise<Receiver> => receiver(w, (_request, response) => response.end());

const documentOf = ({ body }: { body: string }) => JSON.parse(body) as Record<string, string>;

/** What AWS signs of a notification or confirmation, written here from its documentation alone. */
function isSigned(document: Record<string, string>, certificate: string): boolean {
  const fields =
    document.Type === 'Notification'
      ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
      : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
  const text = fields
    .flatMap((name) => (document[name] === undefined ? [] : [`${name}\n${document[name]}\n`]))
    .join('');
  const verify = createVerify(document.SignatureVersion === '1' ? 'RSA-SHA1' : 'RSA-SHA256').update(text);
  return verify.verify(new X509Certificate(certificate).publicKey, document.Signature ?? '', 'base64');
}

describe('what arrives', () => {
  it.each(['1', '2'])('is signed, by signature version %s', async (SignatureVersion) => {
    const w = await world({ SignatureVersion });
    const hook = await listening(w);
    await w.subscribe(hook.url);
    await w.publish('first line\nsecond line', { Subject: 'Bell' });
    await w.publish('no subject');
    await w.pass(0);
    const documents = hook.seen.map(documentOf);
    expect(documents.map(({ SignatureVersion: version }) => version)).toEqual([SignatureVersion, SignatureVersion]);
    for (const document of documents) {
      expect(isSigned(document, w.engine.signer.certificate)).toBe(true);
      expect(isSigned({ ...document, Message: 'forged' }, w.engine.signer.certificate)).toBe(false);
    }
  });

  it('is the bare text where raw delivery is wanted, over http and in a queue with its attributes', async () => {
    const w = await world();
    const hook = await listening(w);
    const queue = await w.queue('raw');
    await w.subscribe(hook.url, { RawMessageDelivery: 'true' });
    await w.subscribe(queue, { RawMessageDelivery: 'true' });
    const MessageAttributes = { severity: { DataType: 'String', StringValue: 'high' } };
    const id = await w.publish('bare', { MessageAttributes });
    await w.pass(0);
    expect(hook.seen).toMatchObject([
      { body: 'bare', headers: { 'x-amz-sns-rawdelivery': 'true', 'x-amz-sns-message-id': id } },
    ]);
    expect(await w.drained('raw')).toMatchObject([{ Body: 'bare', MessageAttributes }]);
  });
});

describe('a confirmation', () => {
  it('is asked for at once, again after a failure, and given by opening the link', async () => {
    const w = await world();
    let left = 1;
    const hook = await receiver(w, (_request, response) => response.writeHead(left-- > 0 ? 503 : 200).end());
    const arn = await w.ask(hook.url);
    await w.pass(0);
    await w.pass(2 * SECOND);
    expect(hook.seen.map(({ headers }) => headers['x-amz-sns-message-type'])).toEqual([
      'SubscriptionConfirmation',
      'SubscriptionConfirmation',
    ]);
    const document = documentOf(hook.seen[1]!);
    expect(isSigned(document, w.engine.signer.certificate)).toBe(true);
    await w.publish('too early');
    const link = new URL(document.SubscribeURL ?? '');
    expect(link.searchParams.get('Action')).toBe('ConfirmSubscription');
    const confirmed = await w.sns.ConfirmSubscription?.(
      { TopicArn: link.searchParams.get('TopicArn') ?? '', Token: link.searchParams.get('Token') ?? '' },
      w.caller,
    );
    expect(confirmed?.SubscriptionArn).toBe(arn);
    await w.publish('in time');
    await w.pass(0);
    expect(hook.seen.slice(2).map((seen) => documentOf(seen).Message)).toEqual(['in time']);
  });

  it('that nobody takes is no dead letter in a queue, and the chain says so', async () => {
    const w = await world();
    const hook = await receiver(w, (_request, response) => response.writeHead(404).end());
    const dead = await w.queue('dead');
    await w.ask(hook.url, { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead }) });
    await w.pass(0);
    expect(await w.drained('dead')).toEqual([]);
    expect(await w.deliveries()).toMatchObject([{ status: 'dead', reason: 'rejected' }]);
  });
});

describe('what cannot be delivered', () => {
  it('goes to the dead-letter queue as it would have arrived: raw with its attributes, else as a document', async () => {
    const w = await world();
    const hook = await receiver(w, (_request, response) => response.writeHead(410).end());
    const deadLetterTargetArn = await w.queue('dead');
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn });
    await w.subscribe(hook.url, { RedrivePolicy, RawMessageDelivery: 'true' });
    await w.subscribe(`${hook.url}/document`, { RedrivePolicy });
    const MessageAttributes = { severity: { DataType: 'String', StringValue: 'high' } };
    await w.publish('hello', { MessageAttributes });
    await w.pass(0);
    const letters = await w.drained('dead');
    expect(letters).toHaveLength(2);
    expect(letters.find(({ Body }) => Body === 'hello')).toMatchObject({ MessageAttributes });
    const document = documentOf({ body: letters.find(({ Body }) => Body !== 'hello')?.Body ?? '{}' });
    expect([document.Message, isSigned(document, w.engine.signer.certificate)]).toEqual(['hello', true]);
  });
});

describe('a FIFO topic', () => {
  it('keeps the order of each group in its queue, and drops repeats', async () => {
    const w = await world({ FifoTopic: 'true', ContentBasedDeduplication: 'true' });
    const topicArn = `${TOPIC}.fifo`;
    await w.queue('orders.fifo', { FifoQueue: 'true' });
    await w.ask('arn:aws:sqs:eu-west-1:111122223333:orders.fifo', { RawMessageDelivery: 'true' }, topicArn);
    for (let n = 0; n < 8; n += 1) {
      await w.sns.Publish?.(
        { TopicArn: topicArn, Message: `${n % 2 === 0 ? 'a' : 'b'}${n}`, MessageGroupId: n % 2 === 0 ? 'a' : 'b' },
        w.caller,
      );
    }
    await w.sns.Publish?.({ TopicArn: topicArn, Message: 'a0', MessageGroupId: 'a' }, w.caller);
    await w.pass(0);
    const bodies: string[] = [];
    for (let n = 0; n < 5; n += 1) bodies.push(...(await w.drained('orders.fifo')).map(({ Body = '' }) => Body));
    expect(bodies.filter((body) => body.startsWith('a'))).toEqual(['a0', 'a2', 'a4', 'a6']);
    expect(bodies.filter((body) => body.startsWith('b'))).toEqual(['b1', 'b3', 'b5', 'b7']);
  });
});

describe('a queue', () => {
  it('whose policy does not let the topic send gets nothing, and one whose policy does gets all', async () => {
    const w = await world();
    const allow = (Resource: string, topic: string) =>
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'sns.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Resource,
            Condition: { ArnEquals: { 'aws:SourceArn': topic } },
          },
        ],
      });
    const arnOf = (name: string) => TOPIC.replace(':sns:', ':sqs:').replace(/[^:]+$/, name);
    await w.queue('open', { Policy: allow(arnOf('open'), TOPIC) });
    await w.queue('closed', { Policy: allow(arnOf('closed'), `${TOPIC}-2`) });
    await w.queue('plain');
    for (const name of ['open', 'closed', 'plain']) await w.subscribe(arnOf(name));
    await w.publish('hello');
    await w.pass(0);
    const ends = (await w.deliveries()).map(({ endpoint, status, reason }) => [endpoint, status, reason]);
    expect(ends).toEqual([
      [arnOf('open'), 'delivered', null],
      [arnOf('closed'), 'dead', 'queue-policy'],
      [arnOf('plain'), 'delivered', null],
    ]);
    expect([await w.drained('open'), await w.drained('closed')]).toMatchObject([[{}], []]);
    const letters = w.engine.attempts.list();
    expect(letters).toContainEqual({ protocol: 'sqs', result: 'given-up', reason: 'queue-policy', count: 1 });
  });
});
