import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectSecurely } from 'node:tls';
import {
  CreateTopicCommand,
  PublishCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import Validator from 'sns-payload-validator';
import { describe, expect, it, onTestFinished } from 'vitest';
import { selfSignedKey } from '../src/base/certificate.ts';
import { cliEnvironment, hasAwsCli, shell } from './engine/aws-cli.ts';
import { httpReceiver } from './engine/receivers.ts';
import { startEngine } from './engine/start.ts';
import { until } from './engine/until.ts';

/** Validators believe certificates from hosts of this form only; ours is reached under such a name here. */
const HOST = 'sns.us-east-1.amazonaws.com';

async function tlsEngine() {
  const folder = mkdtempSync(join(tmpdir(), 'trailbell-tls-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { key, certificate } = await selfSignedKey({
    commonName: HOST,
    hostNames: [HOST, 'localhost'],
    notBefore: Date.now() - 60_000,
    notAfter: Date.now() + 3_600_000,
    serial: '07',
  });
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  writeFileSync(files.cert, certificate);
  writeFileSync(files.key, key);
  const engine = await startEngine({ tlsCert: files.cert, tlsKey: files.key, publicUrl: `https://${HOST}` });
  const { port } = new URL(engine.url);
  const agent = new Agent();
  Object.assign(agent, {
    createConnection: (): Socket =>
      connectSecurely({ socket: connect(Number(port), '127.0.0.1'), servername: HOST, ca: certificate }),
  });
  onTestFinished(() => agent.destroy());
  return { engine, port, agent, certFile: files.cert };
}

describe('over TLS', () => {
  it.each(['1', '2'])('messages of signature version %s satisfy an independent validator', async (version) => {
    const { port, agent } = await tlsEngine();
    const hook = await httpReceiver();
    const sns = new SNSClient({
      endpoint: `https://${HOST}:${port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: '000000000000', secretAccessKey: 'any' },
      requestHandler: { httpsAgent: agent },
    });
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'bell' }));
    const setting = { TopicArn, AttributeName: 'SignatureVersion', AttributeValue: version };
    await sns.send(new SetTopicAttributesCommand(setting));
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'http', Endpoint: hook.url }));
    const validator = new Validator({ requestAgent: agent as never });
    const invitation = await until('the handshake', () => hook.received[0]);
    const { SubscribeURL } = (await validator.validate(JSON.parse(invitation.body))) as { SubscribeURL: string };

    // The link is followed as its receiver would: by name, trusting our authority.
    const status = await new Promise<number | undefined>((resolve, reject) => {
      request(SubscribeURL, { agent }, (answer) => resolve(answer.resume().statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(200);

    await sns.send(new PublishCommand({ TopicArn, Subject: 'A "subject"', Message: 'ß 🔔\nsecond line' }));
    const message = await until('the message', () => hook.received[1]);
    const document = JSON.parse(message.body) as Record<string, string>;
    expect(document.SignatureVersion).toBe(version);
    await expect(validator.validate(document as never)).resolves.toMatchObject({ Message: 'ß 🔔\nsecond line' });
    await expect(validator.validate({ ...document, Message: 'forged' } as never)).rejects.toThrow('Invalid Signature');
  });

  it.skipIf(!hasAwsCli)('the AWS CLI works with our authority trusted', async () => {
    const { port, certFile } = await tlsEngine();
    const env = { ...cliEnvironment(), AWS_CA_BUNDLE: certFile };
    const answer = await shell(`aws --endpoint-url https://localhost:${port} sts get-caller-identity`, env);
    expect(answer).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(answer.stdout)).toMatchObject({ Account: '000000000000' });
  });
});
