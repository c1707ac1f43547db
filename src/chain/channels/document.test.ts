import { Agent, createServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import Validator from 'sns-payload-validator';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { NoticeWorld, TOPIC } from '../../../test/chain/notice-world.ts';
import { outgoing, TOKEN } from '../../../test/chain/outgoing.ts';
import { sqliteStore } from '../../../test/stores.ts';
import { type CertifiedKey, selfSignedKey } from '../../base/certificate.ts';
import type { Outgoing } from './channel.ts';
import { documentWriter } from './document.ts';
import { linksUnder } from './links.ts';
import { openSigner, type Signer } from './signing/signer.ts';

/** The only kind of host that the validator accepts a certificate from. */
const HOST = 'sns.eu-west-1.amazonaws.com';
const open = sqliteStore();
const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

let tls: CertifiedKey;
beforeAll(async () => {
  tls = await selfSignedKey({
    commonName: HOST,
    hostNames: [HOST],
    notBefore: Date.now() - 60_000,
    notAfter: Date.now() + 3_600_000,
    serial: '02',
  });
});

async function writer() {
  const { ctx } = new NoticeWorld(await open());
  const signer = await openSigner(ctx);
  return {
    ctx,
    signer,
    documents: documentWriter(
      signer,
      linksUnder(() => `https://${HOST}`),
    ),
  };
}

const signed = (message: Outgoing, signatureVersion: '1' | '2'): Outgoing => ({
  ...message,
  topic: { ...message.topic, signatureVersion },
});

/**
 * Serves the certificate over TLS, and makes an agent for the validator that trusts our authority and
 * finds the host at our own address. The validator's own code fetches, over a real connection.
 */
async function certificateServer(signer: Signer): Promise<{ agent: Agent; fetched: string[] }> {
  const fetched: string[] = [];
  const server = createServer({ key: tls.key, cert: tls.certificate }, (request, response) => {
    fetched.push(request.url ?? '');
    response.writeHead(request.url === signer.certificatePath ? 200 : 404).end(signer.certificate);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const agent = new Agent();
  Object.assign(agent, {
    createConnection: (): Socket =>
      connectSecurely({ socket: connect(port, '127.0.0.1'), servername: HOST, ca: tls.certificate }),
  });
  undo.push(() => {
    agent.destroy();
    server.close();
    server.closeAllConnections();
  });
  return { agent, fetched };
}

const notification = outgoing('https://example.com/hook', { subject: 'A "subject"', text: 'line\nß "quoted" \\ 🔔' });
const confirmation = outgoing('https://example.com/hook', {
  kind: 'SubscriptionConfirmation',
  token: TOKEN,
  text: 'You have chosen …',
});

describe('a document', () => {
  it('is written member by member as SNS writes it', async () => {
    const { documents, signer } = await writer();
    const message = outgoing('https://example.com/hook', {
      subject: 'Subject',
      attributes: { severity: { type: 'String', value: 'high' }, n: { type: 'Number', value: '1' } },
    });
    const text = await documents.write(message);
    const signature = (JSON.parse(text) as { Signature: string }).Signature;
    expect(text).toBe(`{
  "Type" : "Notification",
  "MessageId" : "7e2f4f0a-52f5-5b9e-a1a1-3f1f6b6d0c01",
  "TopicArn" : "${TOPIC}",
  "Subject" : "Subject",
  "Message" : "hello",
  "Timestamp" : "2026-03-04T12:00:00.000Z",
  "SignatureVersion" : "1",
  "Signature" : "${signature}",
  "SigningCertURL" : "https://${HOST}${signer.certificatePath}",
  "UnsubscribeURL" : "https://${HOST}/?Action=Unsubscribe&SubscriptionArn=${TOPIC}:6f0a2f9c-1111-4222-8333-444455556666",
  "MessageAttributes" : {"severity" : {"Type":"String","Value":"high"},"n" : {"Type":"Number","Value":"1"}}
}`);
  });

  it('of a confirmation holds the token and the link, and no way to leave', async () => {
    const { documents } = await writer();
    const document = JSON.parse(await documents.write(confirmation)) as Record<string, string>;
    expect(Object.keys(document)).toEqual([
      'Type',
      'MessageId',
      'Token',
      'TopicArn',
      'Message',
      'SubscribeURL',
      'Timestamp',
      'SignatureVersion',
      'Signature',
      'SigningCertURL',
    ]);
    expect(document.SubscribeURL).toBe(`https://${HOST}/?Action=ConfirmSubscription&TopicArn=${TOPIC}&Token=${TOKEN}`);
  });

  it.each(['1', '2'] as const)(
    'signed by version %s is accepted by an independent validator over TLS',
    async (version) => {
      const { documents, signer } = await writer();
      const { agent, fetched } = await certificateServer(signer);
      const validator = new Validator({ requestAgent: agent as never });
      for (const message of [notification, outgoing('https://example.com/hook'), confirmation]) {
        const document = await documents.write(signed(message, version));
        await expect(validator.validate(document)).resolves.toMatchObject({ MessageId: message.message.id });
        const forged = document.replace('"Timestamp" : "2026', '"Timestamp" : "2027');
        await expect(validator.validate(forged)).rejects.toThrow('Invalid Signature');
      }
      expect(fetched).toEqual([signer.certificatePath]);
    },
  );

  it('is signed by the same key after a restart', async () => {
    const { ctx, signer } = await writer();
    const again = await openSigner(ctx);
    expect(again.certificatePath).toBe(signer.certificatePath);
    expect(again.certificatePath).toMatch(/^\/SimpleNotificationService-[0-9a-f]{32}\.pem$/);
    expect(await again.sign('2', 'text')).toBe(await signer.sign('2', 'text'));
  });
});

describe('the documentation', () => {
  /** A signature that is the same every time, so that the documentation does not change with every key. */
  const signer: Signer = {
    certificatePath: '/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem',
    certificate: '',
    sign: async (version) => `base64 of RSA with SHA-${version === '1' ? '1' : '256'}`,
  };
  const documents = documentWriter(
    signer,
    linksUnder(() => 'https://bell.example.com'),
  );
  const attributes = { severity: { type: 'String', value: 'high' } };

  it.each<[string, Parameters<typeof outgoing>[1]]>([
    ['sns', { subject: 'ALARM: "cis-4.3" in EU (Ireland)', text: '{"AlarmName":"cis-4.3"}', attributes }],
    ['sns-confirmation', { kind: 'SubscriptionConfirmation', text: 'You have chosen to subscribe …', token: TOKEN }],
  ])('shows the document %s as it is written', async (name, message) => {
    const document = await documents.write(outgoing('https://example.com/hook', message));
    await expect(`${document}\n`).toMatchFileSnapshot(`../../../docs/channels/${name}.txt`);
  });
});
