import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CreateLogGroupCommand, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ListTopicsCommand } from '@aws-sdk/client-sns';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { SignatureV4 } from '@smithy/signature-v4';
import type { HttpRequest } from '@smithy/types';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { NewAccessKey } from '../../src/aws/keys/access-keys.ts';
import { systemClock } from '../../src/base/clock.ts';
import { openKeys } from '../../src/server/keys.ts';
import { serveOptions } from '../../src/server/options.ts';
import { rootSignIn } from '../engine/root-sign-in.ts';
import { startEngine } from '../engine/start.ts';
import { until } from '../engine/until.ts';
import { Sha256 } from '../wire/sha256.ts';
import { type AwsClientSettings, awsClients, CLOUDWATCH_PROTOCOLS, type CloudWatchProtocol } from './aws-clients.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/trailbell', import.meta.url));
const ACCOUNT = '111122223333';

type Credentials = NonNullable<AwsClientSettings['credentials']>;

/** An engine that wants keys, and its keys as `trailbell keys` opens them beside it. */
async function lockedEngine() {
  const dataDir = await mkdtemp(join(tmpdir(), 'trailbell-auth-'));
  const engine = await startEngine({ auth: 'keys', dataDir });
  const { keys, close } = await openKeys(serveOptions({ dataDir, auth: 'keys' }), systemClock);
  onTestFinished(close);
  const newKey = async (wish: Partial<NewAccessKey> = {}): Promise<Credentials> => {
    const { accessKeyId, secret } = await keys.create({ account: ACCOUNT, ...wish });
    return { accessKeyId, secretAccessKey: secret };
  };
  return { engine, keys, newKey };
}

const basic = ({ accessKeyId, secretAccessKey }: Credentials) => ({
  authorization: `Basic ${Buffer.from(`${accessKeyId}:${secretAccessKey}`).toString('base64')}`,
});

interface SdkError extends Error {
  readonly $metadata: { readonly httpStatusCode?: number };
}

/** Status and code of a refused call, as the SDK understood them. */
const refusedAs = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'accepted',
    (error: SdkError) => `${error.$metadata.httpStatusCode} ${error.name}`,
  );

/** The same read in each protocol: CloudWatch in all three, and the services that have but one. */
function reads(url: string, credentials: Credentials): Record<string, () => Promise<unknown>> {
  const { logs, sns, sqs } = awsClients(url, { credentials });
  const inCloudWatch = (Object.keys(CLOUDWATCH_PROTOCOLS) as CloudWatchProtocol[]).map((protocol) => {
    const { cloudwatch } = awsClients(url, { credentials, cloudwatch: protocol });
    return [`cloudwatch ${protocol}`, () => cloudwatch.send(new DescribeAlarmsCommand({}))] as const;
  });
  return {
    logs: () => logs.send(new DescribeLogGroupsCommand({})),
    sns: () => sns.send(new ListTopicsCommand({})),
    sqs: () => sqs.send(new ListQueuesCommand({})),
    ...Object.fromEntries(inCloudWatch),
  };
}

async function outcomes(url: string, credentials: Credentials): Promise<Record<string, string>> {
  const answers = Object.entries(reads(url, credentials)).map(
    async ([name, read]) => [name, await refusedAs(read())] as const,
  );
  return Object.fromEntries(await Promise.all(answers));
}

const accepted = {
  logs: 'accepted',
  sns: 'accepted',
  sqs: 'accepted',
  'cloudwatch json': 'accepted',
  'cloudwatch cbor': 'accepted',
  'cloudwatch query': 'accepted',
};

/**
 * The outcome in every protocol of a refusal that is called `name` in JSON and `code` in Query. Services
 * that were once Query only tell JSON and CBOR clients Query's code as well, and the SDK shows that one.
 */
const everywhere = (name: string, code: string, sns = code): typeof accepted => ({
  logs: `400 ${name}`,
  sns: `403 ${sns}`,
  sqs: `400 ${code}`,
  'cloudwatch json': `400 ${code}`,
  'cloudwatch cbor': `400 ${code}`,
  'cloudwatch query': `403 ${code}`,
});

const unknownKey = everywhere('UnrecognizedClientException', 'InvalidClientTokenId');
const wrongSecret = everywhere('InvalidSignatureException', 'SignatureDoesNotMatch');
const denied = everywhere('AccessDeniedException', 'AccessDenied', 'AuthorizationErrorException');

describe('an engine with --auth keys', () => {
  it('serves keys that the command line made, and refuses them once revoked', { timeout: 60_000 }, async () => {
    const { engine } = await lockedEngine();
    const trailbell = async (...words: string[]) => {
      const args = [PROGRAM, 'keys', ...words, '--json', '--data-dir', engine.dataDir];
      const { stdout } = await promisify(execFile)(process.execPath, args);
      return JSON.parse(stdout) as { accessKeyId: string; secret: string };
    };
    const made = await trailbell('create', '--account', ACCOUNT, '--note', 'terraform');
    const credentials = { accessKeyId: made.accessKeyId, secretAccessKey: made.secret };
    const { sts, logs } = awsClients(engine.url, { credentials, region: 'eu-west-1' });
    expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
      UserId: made.accessKeyId,
      Account: ACCOUNT,
      Arn: `arn:aws:iam::${ACCOUNT}:user/terraform`,
    });
    await logs.send(new CreateLogGroupCommand({ logGroupName: 'g' }));
    const { logGroups } = await logs.send(new DescribeLogGroupsCommand({}));
    expect(logGroups).toMatchObject([{ logGroupArn: `arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:g` }]);
    expect(await outcomes(engine.url, credentials)).toEqual(accepted);

    await trailbell('revoke', made.accessKeyId);
    // A running engine may believe a key that it has seen for two seconds.
    await until(
      'the revocation to count',
      async () => (await refusedAs(sts.send(new GetCallerIdentityCommand({})))) !== 'accepted',
    );
    expect(await outcomes(engine.url, credentials)).toEqual(unknownKey);
    expect(engine.logged).toEqual([]);
  });

  it('has its keys made by one command, which explains in one line why it cannot', { timeout: 60_000 }, async () => {
    const listed = promisify(execFile)(process.execPath, [PROGRAM, 'keys', 'list', '--data-dir', PROGRAM]);
    await expect(listed).rejects.toMatchObject({
      code: 2,
      stderr: `trailbell: ${PROGRAM} is a file, not a folder\n`,
    });
  });

  it('refuses unknown keys and wrong secrets in every protocol', async () => {
    const { engine, newKey } = await lockedEngine();
    const key = await newKey();
    expect(await outcomes(engine.url, { ...key, accessKeyId: 'AKIANOBODYKNOWSTHIS7' })).toEqual(unknownKey);
    expect(await outcomes(engine.url, { ...key, secretAccessKey: `${key.secretAccessKey}x` })).toEqual(wrongSecret);
    expect(engine.logged).toEqual([]);
  });

  it('refuses requests without a signature in every protocol', async () => {
    const { engine } = await lockedEngine();
    const post = async (path: string, headers: Record<string, string>, body: string) => {
      const response = await fetch(new URL(path, engine.url), { method: 'POST', headers, body });
      return `${response.status} ${/MissingAuthenticationToken(Exception)?/.exec(await response.text())?.[0]}`;
    };
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const target = { 'x-amz-target': 'Logs_20140328.DescribeLogGroups', 'content-type': 'application/x-amz-json-1.1' };
    const operation = '/service/GraniteServiceVersion20100801/operation/DescribeAlarms';
    expect(await post('/', form, 'Action=ListTopics&Version=2010-03-31')).toBe('403 MissingAuthenticationToken');
    expect(await post('/', target, '{}')).toBe('400 MissingAuthenticationTokenException');
    expect(await post(operation, { 'smithy-protocol': 'rpc-v2-cbor' }, '\xa0')).toBe(
      '400 MissingAuthenticationTokenException',
    );
  });

  it('holds a key to its operations in every protocol', async () => {
    const { engine, newKey } = await lockedEngine();
    const limited = await newKey({ operations: ['logs:PutLogEvents'] });
    expect(await outcomes(engine.url, limited)).toEqual(denied);
    expect(await outcomes(engine.url, await newKey({ operations: ['sqs:*', 'sns:ListTopics'] }))).toEqual({
      ...denied,
      sqs: 'accepted',
      sns: 'accepted',
    });
    // As on AWS, whoever is somebody may ask who.
    const { sts } = awsClients(engine.url, { credentials: limited });
    expect((await sts.send(new GetCallerIdentityCommand({}))).Account).toBe(ACCOUNT);
  });

  it('takes a presigned address, and no altered one', async () => {
    const { engine, newKey } = await lockedEngine();
    const credentials = await newKey();
    const { host, hostname, port } = new URL(engine.url);
    const signer = new SignatureV4({ service: 'sns', region: 'us-east-1', credentials, sha256: Sha256 });
    const request = {
      method: 'GET',
      protocol: 'http:',
      hostname,
      port: Number(port),
      path: '/',
      query: { Action: 'CreateTopic', Version: '2010-03-31', Name: 'bell' },
      headers: { host },
    };
    const signed = await signer.presign(request as unknown as HttpRequest, { expiresIn: 60 });
    const query = new URLSearchParams(signed.query as Record<string, string>);
    const open = async (parameters: URLSearchParams) => {
      const response = await fetch(`${engine.url}/?${parameters}`);
      const text = await response.text();
      return `${response.status} ${/<(?:Code|TopicArn)>([^<]+)/.exec(text)?.[1]}`;
    };
    const altered = (name: string, value: string) => {
      const changed = new URLSearchParams(query);
      changed.set(name, value);
      return changed;
    };
    const wrong = '403 SignatureDoesNotMatch';
    expect(await open(altered('Name', 'bells'))).toBe(wrong);
    expect(await open(altered('Action', 'DeleteTopic'))).toBe(wrong);
    expect(await open(altered('X-Amz-Expires', '600000'))).toBe(wrong);
    expect(await open(altered('Extra', ''))).toBe(wrong);
    expect(await open(query)).toBe(`200 arn:aws:sns:us-east-1:${ACCOUNT}:bell`);
  });

  it('shows console and own API only to keys that may do everything', async () => {
    const { engine, newKey } = await lockedEngine();
    const key = await newKey();
    const limited = await newKey({ operations: ['logs:*', 'trailbell:Ingest'] });
    const statuses = async (path: string) => {
      const ask = async (headers = {}) => (await fetch(new URL(path, engine.url), { headers })).status;
      return [
        await ask(),
        await ask(basic({ ...key, secretAccessKey: 'wrong' })),
        await ask(basic(limited)),
        await ask(basic(key)),
      ];
    };
    for (const path of ['/console', '/api/v1/status', '/api/v1/rings', '/metrics']) {
      expect(await statuses(path), path).toEqual([401, 401, 401, 200]);
    }
    expect(await statuses('/healthz')).toEqual([200, 200, 200, 200]);
    // Whoever has the address of a receipt needs no key; only asking for one does.
    const wish = { method: 'POST', headers: basic(key) };
    const asking = await fetch(new URL('/api/v1/receipts?expect=Splunk', engine.url), wish);
    const { callback } = (await asking.json()) as { callback: string };
    expect((await fetch(callback, { method: 'POST' })).status).toBe(200);
    expect((await fetch(callback.replace(/.$/, 'x'), { method: 'POST' })).status).toBe(404);
    expect((await fetch(new URL('/api/v1/receipts?expect=x', engine.url), { method: 'POST' })).status).toBe(401);
    const asked = await fetch(new URL('/console', engine.url));
    expect(asked.headers.get('www-authenticate')).toMatch(/^Basic realm=/);
    expect(engine.logged).toEqual([]);
  });

  it('lets a key for ingest bring records in, and do nothing else', async () => {
    const { engine, newKey } = await lockedEngine();
    const ingest = await newKey({ operations: ['trailbell:Ingest'] });
    const send = async (headers = {}) => {
      const response = await fetch(new URL('/api/v1/ingest', engine.url), {
        method: 'POST',
        headers,
        body: rootSignIn(new Date()),
      });
      return [response.status, await response.json()];
    };
    expect(await send()).toEqual([401, expect.objectContaining({ code: 'AccessDeniedException' })]);
    expect(await send(basic(await newKey({ operations: ['logs:*'] })))).toEqual([
      403,
      expect.objectContaining({ code: 'AccessDeniedException' }),
    ]);
    expect(await send(basic({ ...ingest, secretAccessKey: 'wrong' }))).toMatchObject([401, {}]);
    expect(await send(basic(ingest))).toMatchObject([200, { records: 1 }]);
    expect(await outcomes(engine.url, ingest)).toEqual(denied);
    expect(engine.logged).toEqual([]);
  });
});
