import { SignatureV4 } from '@smithy/signature-v4';
import type { HttpRequest } from '@smithy/types';
import { describe, expect, it } from 'vitest';
import { Gateway } from '../../src/aws/wire/gateway.ts';
import type { WireReply, WireRequest } from '../../src/aws/wire/request.ts';
import type { KeyRecord } from '../../src/aws/wire/sigv4.ts';
import { FakeClock } from '../../src/base/fake-clock.ts';
import { seededIds } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import { Sha256 } from './sha256.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const ALL: KeyRecord = { accessKeyId: 'AKIDALL', secret: 's1', account: '111122223333' };
const INGEST: KeyRecord = {
  accessKeyId: 'AKIDINGEST',
  secret: 's2',
  account: '444455556666',
  operations: ['logs:PutLogEvents', 'sqs:*'],
};

const gateway = new Gateway({
  handlers: {
    logs: {
      PutLogEvents: () => ({}),
      DescribeLogGroups: (_, { scope, caller }) => ({
        logGroups: [{ logGroupName: `${caller}/${scope.account}/${scope.region}` }],
      }),
    },
    cloudwatch: { ListMetrics: () => ({}) },
    sns: { ConfirmSubscription: () => ({}), Unsubscribe: () => ({}), ListTopics: () => ({}) },
    sqs: { ListQueues: () => ({}) },
    sts: { GetCallerIdentity: () => ({}) },
  },
  clock: new FakeClock(NOW),
  ids: seededIds(1),
  log: silentLog,
  keys: { find: async (id) => [ALL, INGEST].find(({ accessKeyId }) => accessKeyId === id) },
  defaults: { account: '000000000000', region: 'us-east-1' },
});

const json = (target: string, body = '{}'): WireRequest => ({
  method: 'POST',
  url: '/',
  headers: { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.1', host: 'localhost:4780' },
  body: Buffer.from(body),
});

const query = (body: string): WireRequest => ({
  method: 'POST',
  url: '/',
  headers: { 'content-type': 'application/x-www-form-urlencoded', host: 'localhost:4780' },
  body: Buffer.from(body),
});

const link = (parameters: string): WireRequest => ({
  method: 'GET',
  url: `/?${parameters}`,
  headers: { host: 'h' },
  body: Buffer.alloc(0),
});

async function call(request: WireRequest, service: string, key: KeyRecord): Promise<WireReply> {
  const signer = new SignatureV4({
    service,
    region: 'eu-west-1',
    credentials: { accessKeyId: key.accessKeyId, secretAccessKey: key.secret },
    sha256: Sha256,
  });
  const plain = {
    method: request.method,
    protocol: 'http:',
    hostname: 'localhost',
    path: '/',
    query: {},
    headers: request.headers,
    body: request.body,
  };
  const { headers } = await signer.sign(plain as HttpRequest, { signingDate: new Date(NOW) });
  return gateway.handle({
    ...request,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
  });
}

const answerOf = ({ status, body }: WireReply): string =>
  `${status} ${/<Code>(\w+)/.exec(String(body))?.[1] ?? (JSON.parse(String(body)) as { __type?: string }).__type ?? ''}`.trim();

const isOk = ({ status }: WireReply): boolean => status === 200;

describe('a gateway with access keys', () => {
  it('acts in the account of the key and the region of the signature', async () => {
    const reply = await call(json('Logs_20140328.DescribeLogGroups'), 'logs', ALL);
    expect(reply.body).toBe('{"logGroups":[{"logGroupName":"AKIDALL/111122223333/eu-west-1"}]}');
  });

  it('refuses unsigned requests as each protocol does', async () => {
    expect(answerOf(await gateway.handle(json('Logs_20140328.DescribeLogGroups')))).toBe(
      '400 MissingAuthenticationTokenException',
    );
    expect(answerOf(await gateway.handle(query('Action=ListTopics&Version=2010-03-31')))).toBe(
      '403 MissingAuthenticationToken',
    );
    expect(answerOf(await gateway.handle(link('Action=ListTopics&Version=2010-03-31')))).toBe(
      '403 MissingAuthenticationToken',
    );
  });

  it('refuses unknown keys and wrong secrets as each protocol does', async () => {
    const unknown = { ...ALL, accessKeyId: 'AKIDNOBODY' };
    const wrong = { ...ALL, secret: 'other' };
    const list = query('Action=ListTopics&Version=2010-03-31');
    expect(answerOf(await call(json('Logs_20140328.DescribeLogGroups'), 'logs', unknown))).toBe(
      '400 UnrecognizedClientException',
    );
    expect(answerOf(await call(json('Logs_20140328.DescribeLogGroups'), 'logs', wrong))).toBe(
      '400 InvalidSignatureException',
    );
    expect(answerOf(await call(list, 'sns', unknown))).toBe('403 InvalidClientTokenId');
    expect(answerOf(await call(list, 'sns', wrong))).toBe('403 SignatureDoesNotMatch');
    const basic = { ...list, headers: { ...list.headers, authorization: 'Basic eA==' } };
    expect(answerOf(await gateway.handle(basic))).toBe('400 IncompleteSignature');
  });

  it('refuses a signature for another service', async () => {
    const reply = await call(json('Logs_20140328.DescribeLogGroups'), 'sns', ALL);
    expect(answerOf(reply)).toBe('400 InvalidSignatureException');
    expect(reply.body).toContain("Credential should be scoped to correct service: 'logs'.");
  });

  it('holds a key to its operations', async () => {
    const events = '{"logGroupName":"g","logStreamName":"s","logEvents":[{"timestamp":1,"message":"m"}]}';
    expect(isOk(await call(json('Logs_20140328.PutLogEvents', events), 'logs', INGEST))).toBe(true);
    expect(isOk(await call(json('AmazonSQS.ListQueues'), 'sqs', INGEST))).toBe(true);
    const denied = await call(json('Logs_20140328.DescribeLogGroups'), 'logs', INGEST);
    expect(answerOf(denied)).toBe('400 AccessDeniedException');
    expect(denied.body).toContain(
      'arn:aws:iam::444455556666:user/AKIDINGEST is not authorized to perform: logs:DescribeLogGroups',
    );
    expect(answerOf(await call(query('Action=ListTopics&Version=2010-03-31'), 'sns', INGEST))).toBe(
      '403 AuthorizationError',
    );
    expect(answerOf(await call(query('Action=ListMetrics&Version=2010-08-01'), 'monitoring', INGEST))).toBe(
      '403 AccessDenied',
    );
  });

  it('lets every key ask who it is', async () => {
    expect(isOk(await call(query('Action=GetCallerIdentity&Version=2011-06-15'), 'sts', INGEST))).toBe(true);
  });

  it('lets whoever holds an SNS link use it, by GET alone', async () => {
    const confirm = 'Action=ConfirmSubscription&Version=2010-03-31&TopicArn=t&Token=k';
    const leave = 'Action=Unsubscribe&Version=2010-03-31&SubscriptionArn=s';
    expect(isOk(await gateway.handle(link(confirm)))).toBe(true);
    expect(isOk(await gateway.handle(link(leave)))).toBe(true);
    expect(answerOf(await gateway.handle(query(leave)))).toBe('403 MissingAuthenticationToken');
  });

  it('does not read a body before it is signed', async () => {
    const request = json('Logs_20140328.PutLogEvents', 'not gzip');
    const reply = await gateway.handle({ ...request, headers: { ...request.headers, 'content-encoding': 'gzip' } });
    expect(answerOf(reply)).toBe('400 MissingAuthenticationTokenException');
  });
});
