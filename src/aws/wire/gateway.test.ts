import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../base/fake-clock.ts';
import { seededIds } from '../../base/ids.ts';
import { type Log, silentLog } from '../../base/log.ts';
import { Refusal } from '../../base/refusal.ts';
import { Gateway } from './gateway.ts';
import type { AwsHandlers } from './handlers.ts';
import type { WireReply, WireRequest } from './request.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

function gatewayFor(handlers: AwsHandlers, log: Log = silentLog): Gateway {
  return new Gateway({
    handlers,
    clock: new FakeClock(NOW),
    ids: seededIds(1),
    log,
    defaults: { account: '000000000000', region: 'us-east-1' },
  });
}

const json = (target: string, body: unknown, headers: Record<string, string> = {}): WireRequest => ({
  method: 'POST',
  url: '/',
  headers: { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.1', host: 'localhost:4780', ...headers },
  body: Buffer.from(JSON.stringify(body)),
});

const form = (parameters: Record<string, string>, headers: Record<string, string> = {}): WireRequest => ({
  method: 'POST',
  url: '/',
  headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8', ...headers },
  body: Buffer.from(new URLSearchParams(parameters).toString()),
});

const signedAs = (accessKeyId: string, region: string, service: string): Record<string, string> => ({
  authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260102/${region}/${service}/aws4_request, SignedHeaders=host, Signature=00`,
});

const parsed = (reply: WireReply): Record<string, unknown> => JSON.parse(String(reply.body));

describe('a gateway', () => {
  it('gives a handler its typed input and its call, and writes what it returns', async () => {
    const gateway = gatewayFor({
      logs: {
        DescribeLogGroups: ({ logGroupNamePrefix, limit }, call) => ({
          logGroups: [{ logGroupName: `${logGroupNamePrefix}/${limit}/${call.scope.account}/${call.scope.region}` }],
        }),
      },
    });
    const reply = await gateway.handle(
      json(
        'Logs_20140328.DescribeLogGroups',
        { logGroupNamePrefix: 'a', limit: 3 },
        signedAs('111122223333', 'eu-west-1', 'logs'),
      ),
    );
    expect(reply.status).toBe(200);
    expect(reply.headers['content-type']).toBe('application/x-amz-json-1.1');
    expect(reply.headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/);
    expect(parsed(reply)).toEqual({ logGroups: [{ logGroupName: 'a/3/111122223333/eu-west-1' }] });
  });

  it('takes the default account for access keys that are no account, and everything by default when unsigned', async () => {
    const scopes: unknown[] = [];
    const gateway = gatewayFor({
      sts: {
        GetCallerIdentity(_, { scope, caller }) {
          scopes.push({ ...scope, caller });
          return {};
        },
      },
    });
    const ask = { Action: 'GetCallerIdentity', Version: '2011-06-15' };
    await gateway.handle(form(ask, signedAs('AKIDEXAMPLE', 'eu-west-1', 'sts')));
    await gateway.handle(form(ask));
    expect(scopes).toEqual([
      { account: '000000000000', region: 'eu-west-1', caller: 'AKIDEXAMPLE' },
      { account: '000000000000', region: 'us-east-1', caller: undefined },
    ]);
  });

  it('takes of an operation no more bytes than AWS does', async () => {
    const gateway = gatewayFor({ cloudwatch: { PutMetricAlarm: () => ({}), PutMetricData: () => ({}) } });
    const put = async (operation: string, bytes: number) => {
      const filler = 'x'.repeat(bytes);
      const reply = await gateway.handle(json(`GraniteServiceVersion20100801.${operation}`, { filler }));
      return [reply.status, (parsed(reply) as { __type?: string }).__type];
    };
    const tooLarge = [413, 'RequestEntityTooLarge'];
    expect(await put('PutMetricAlarm', 121 * 1024)).toEqual(tooLarge);
    expect(await put('PutMetricAlarm', 119 * 1024)).not.toEqual(tooLarge);
    expect(await put('PutMetricData', 1025 * 1024)).toEqual(tooLarge);
    expect(await put('PutMetricData', 1023 * 1024)).not.toEqual(tooLarge);
  });

  it('names all broken constraints in one sentence, as AWS does', async () => {
    const gateway = gatewayFor({ logs: { PutMetricFilter: () => ({}) } });
    const reply = await gateway.handle(
      json('Logs_20140328.PutMetricFilter', {
        filterName: 'a:b',
        filterPattern: '',
        metricTransformations: [{ metricName: 'm$', metricNamespace: 'n', metricValue: '1' }],
      }),
    );
    expect(reply.status).toBe(400);
    expect(parsed(reply)).toEqual({
      __type: 'InvalidParameterException',
      message:
        "3 validation errors detected: Value null at 'logGroupName' failed to satisfy constraint: Member must not be null; " +
        "Value 'a:b' at 'filterName' failed to satisfy constraint: Member must satisfy regular expression pattern: [^:*]*; " +
        "Value 'm$' at 'metricTransformations.1.member.metricName' failed to satisfy constraint: Member must satisfy regular expression pattern: [^*$]*",
    });
  });

  it('answers enum violations in the recorded order', async () => {
    const gateway = gatewayFor({ cloudwatch: { SetAlarmState: () => ({}) } });
    const reply = await gateway.handle(
      form({ Action: 'SetAlarmState', Version: '2010-08-01', AlarmName: 'a', StateValue: 'INVALID', StateReason: 'r' }),
    );
    expect(reply.status).toBe(400);
    expect(reply.body).toContain('<Code>ValidationError</Code>');
    expect(reply.body).toContain(
      '1 validation error detected: Value &apos;INVALID&apos; at &apos;stateValue&apos; failed to satisfy constraint: Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]',
    );
  });

  it('answers operations without a handler with 501 and their name', async () => {
    const reply = await gatewayFor({}).handle(json('Logs_20140328.StartQuery', {}));
    expect(reply.status).toBe(501);
    expect(parsed(reply)).toEqual({
      __type: 'NotImplemented',
      message: 'CloudWatch Logs StartQuery is not supported by this server.',
    });
  });

  it('answers a fault in a handler with 500, and logs it once with the request id', async () => {
    const lines: object[] = [];
    const gateway = gatewayFor(
      {
        sns: {
          CreateTopic() {
            throw new TypeError('broken inside');
          },
        },
      },
      { ...silentLog, error: (fields) => lines.push(fields) },
    );
    const reply = await gateway.handle(form({ Action: 'CreateTopic', Version: '2010-03-31', Name: 't' }));
    expect(reply.status).toBe(500);
    expect(reply.body).toContain('<Type>Receiver</Type><Code>InternalFailure</Code>');
    expect(reply.body).not.toContain('broken inside');
    expect(lines).toEqual([expect.objectContaining({ requestId: reply.headers['x-amzn-requestid'], service: 'sns' })]);
  });

  it('gives the same refusal its place in each protocol', async () => {
    const gateway = gatewayFor({
      cloudwatch: {
        SetAlarmState() {
          throw new Refusal('ResourceNotFound', 'no <such> alarm');
        },
      },
    });
    const input = { AlarmName: 'a', StateValue: 'OK', StateReason: 'r' };
    const target = 'GraniteServiceVersion20100801.SetAlarmState';
    const asJson = await gateway.handle(json(target, input, { 'content-type': 'application/x-amz-json-1.0' }));
    expect(asJson.status).toBe(400);
    expect(asJson.headers['x-amzn-query-error']).toBe('ResourceNotFound;Sender');
    expect(parsed(asJson)).toEqual({
      __type: 'com.amazonaws.cloudwatch.v2010_08_01#ResourceNotFound',
      message: 'no <such> alarm',
    });
    const inQueryMode = await gateway.handle(json(target, input, { 'x-amzn-query-mode': 'true' }));
    expect(inQueryMode.status).toBe(404);
    const asQuery = await gateway.handle(form({ Action: 'SetAlarmState', Version: '2010-08-01', ...input }));
    expect(asQuery.status).toBe(404);
    expect(asQuery.body).toBe(
      '<ErrorResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/"><Error><Type>Sender</Type>' +
        '<Code>ResourceNotFound</Code><Message>no &lt;such&gt; alarm</Message></Error>' +
        `<RequestId>${asQuery.headers['x-amzn-requestid']}</RequestId></ErrorResponse>`,
    );
  });

  it('answers a link, whose Action is in the query string of a GET', async () => {
    const gateway = gatewayFor({ sns: { ConfirmSubscription: ({ Token }) => ({ SubscriptionArn: Token }) } });
    const reply = await gateway.handle({
      method: 'GET',
      url: '/?Action=ConfirmSubscription&TopicArn=arn%3Aaws&Token=t%20t&Version=2010-03-31',
      headers: {},
      body: new Uint8Array(),
    });
    expect(reply.status).toBe(200);
    expect(reply.headers['content-type']).toBe('text/xml');
    expect(reply.body).toContain('<SubscriptionArn>t t</SubscriptionArn>');
  });

  it('takes the queue from the path that older SQS clients post to', async () => {
    const urls: string[] = [];
    const gateway = gatewayFor({
      sqs: {
        PurgeQueue({ QueueUrl }) {
          urls.push(QueueUrl);
          return {};
        },
      },
    });
    const reply = await gateway.handle({
      ...form({ Action: 'PurgeQueue', Version: '2012-11-05' }, { host: 'h:1' }),
      url: '/000000000000/q',
    });
    expect(reply.status).toBe(200);
    expect(urls).toEqual(['http://h:1/000000000000/q']);
  });

  it('says in SQS’s own words what is missing or unknown', async () => {
    const gateway = gatewayFor({ sqs: { CreateQueue: () => ({}) } });
    const missing = await gateway.handle(json('AmazonSQS.CreateQueue', {}));
    expect(parsed(missing).message).toBe('The request must contain the parameter QueueName.');
    expect(missing.headers['x-amzn-query-error']).toBe('MissingParameter;Sender');
    const unknown = await gateway.handle(
      json('AmazonSQS.CreateQueue', { QueueName: 'q', Attributes: { Colour: 'red' } }),
    );
    expect(parsed(unknown)).toEqual({ __type: 'InvalidAttributeName', message: 'Unknown Attribute Colour.' });
  });
});

describe('a request that leads nowhere', () => {
  const gateway = gatewayFor({});

  it('is 404 when no protocol looks like it', async () => {
    const reply = await gateway.handle({ method: 'POST', url: '/', headers: {}, body: Buffer.from('{}') });
    expect(reply.status).toBe(404);
    expect(parsed(reply).__type).toBe('UnknownOperationException');
  });

  it('is an unknown operation in the protocol it speaks', async () => {
    const asJson = await gateway.handle(json('Logs_20140328.FlyAway', {}));
    expect([asJson.status, parsed(asJson).__type]).toEqual([400, 'UnknownOperationException']);
    const otherService = await gateway.handle(json('DynamoDB_20120810.ListTables', {}));
    expect([otherService.status, parsed(otherService).__type]).toEqual([400, 'UnknownOperationException']);
    const asQuery = await gateway.handle(form({ Action: 'FlyAway', Version: '2010-03-31' }));
    expect(asQuery.status).toBe(400);
    expect(asQuery.body).toContain(
      '<Code>InvalidAction</Code><Message>Could not find operation FlyAway for version 2010-03-31',
    );
    const asCbor = await gateway.handle({
      method: 'POST',
      url: '/service/GraniteServiceVersion20100801/operation/FlyAway',
      headers: { 'smithy-protocol': 'rpc-v2-cbor' },
      body: new Uint8Array(),
    });
    expect(asCbor.status).toBe(404);
    expect(asCbor.headers['smithy-protocol']).toBe('rpc-v2-cbor');
  });

  it('is MissingAction when a form names none', async () => {
    const reply = await gateway.handle(form({ Version: '2010-03-31' }));
    expect(reply.status).toBe(400);
    expect(reply.body).toContain('<Code>MissingAction</Code>');
  });

  it('prefers the signature’s service to the version', async () => {
    const reply = await gateway.handle(
      form({ Action: 'CreateTopic', Version: '2010-08-01' }, signedAs('A', 'us-east-1', 'sns')),
    );
    expect(reply.status).toBe(501);
    expect(reply.body).toContain('SNS CreateTopic is not supported');
  });
});
