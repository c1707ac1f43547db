import { gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { ROOT_SIGN_IN_HEADLINE, rootSignIn } from './engine/root-sign-in.ts';
import { startEngine, type TestEngine } from './engine/start.ts';
import { until } from './engine/until.ts';

const KEY = 'a-key-of-a-sender';

/** An engine with one sender's key and the benchmark's controls. */
async function engineWithKey(): Promise<TestEngine> {
  vi.stubEnv('PUSH_KEY', KEY);
  const engine = await startEngine({
    cis: true,
    intakes: { push: { keys: [{ name: 'prod', key: { env: 'PUSH_KEY' } }] } },
  });
  vi.unstubAllEnvs();
  return engine;
}

async function post(engine: TestEngine, path: string, body: string | Uint8Array<ArrayBuffer>, headers: object = {}) {
  const response = await fetch(`${engine.url}${path}`, {
    method: 'POST',
    body,
    headers: { authorization: `Bearer ${KEY}`, ...headers },
  });
  return { status: response.status, ...((await response.json()) as Record<string, unknown>) };
}

const counters = async (engine: TestEngine): Promise<string[]> =>
  (await (await fetch(`${engine.url}/metrics`)).text())
    .split('\n')
    .filter((line) => line.startsWith('trailbell_intake_records_total{intake="push'))
    .map((line) => line.replace(/^.*outcome=/, ''));

const signIn = (id: number): string => rootSignIn(new Date(), `5a1c0f0e-0000-4000-8000-00000000000${id}`);

/** As EventBridge hands an event to an API destination. */
const busEvent = (detail: string): string =>
  `{"version":"0","id":"6a7e8feb-b491-4cf7-a9f1-bf3703467718","detail-type":"AWS Console Sign In via CloudTrail","source":"aws.signin","account":"111122223333","time":"2026-01-05T12:00:00Z","region":"us-east-1","resources":[],"detail":${detail}}`;

/** As CloudWatch Logs hands log events to a destination, before gzip. */
const logsMessage = (...messages: string[]): string =>
  JSON.stringify({
    messageType: 'DATA_MESSAGE',
    owner: '111122223333',
    logGroup: 'CloudTrail/logs',
    logStream: '111122223333_CloudTrail_us-east-1',
    subscriptionFilters: ['trailbell'],
    logEvents: messages.map((message, id) => ({ id: String(id), timestamp: Date.now(), message })),
  });

const firehose = (requestId: string, ...records: (string | Buffer)[]): string =>
  JSON.stringify({
    requestId,
    timestamp: 1_578_090_901_599,
    records: records.map((data) => ({ data: Buffer.from(data).toString('base64') })),
  });

describe('records pushed to the engine', () => {
  it('by an EventBridge API destination ring, and once although they come again', async () => {
    const engine = await engineWithKey();
    const event = busEvent(signIn(1));
    expect(await post(engine, '/api/v1/push', event)).toMatchObject({ status: 200, records: 1, stored: 1 });
    await until('the ring', () => engine.printed.join().includes(ROOT_SIGN_IN_HEADLINE));
    expect(await post(engine, '/api/v1/push', event)).toMatchObject({ status: 200, stored: 0, duplicates: 1 });
    expect(await counters(engine)).toEqual(
      expect.arrayContaining(['"stored"} 1', '"duplicates"} 1', '"refused"} 0', '"filtered"} 0']),
    );
  });

  it('as log events of a subscription filter are read, gzipped or as a function gets them', async () => {
    const engine = await engineWithKey();
    const gzipped = gzipSync(logsMessage(signIn(1), signIn(2)));
    expect(await post(engine, '/api/v1/push', gzipped)).toMatchObject({ stored: 2 });
    const data = gzipSync(logsMessage(signIn(3))).toString('base64');
    expect(await post(engine, '/api/v1/push', JSON.stringify({ awslogs: { data } }))).toMatchObject({ stored: 1 });
    const probe = logsMessage().replace('DATA_MESSAGE', 'CONTROL_MESSAGE');
    expect(await post(engine, '/api/v1/push', gzipSync(probe))).toMatchObject({ status: 200, records: 0 });
  });

  it('one a line are read with and without gzip', async () => {
    const engine = await engineWithKey();
    expect(await post(engine, '/api/v1/push', `${signIn(1)}\n${signIn(2)}\n`)).toMatchObject({ stored: 2 });
    const gzipped = gzipSync(`${signIn(3)}\n`);
    expect(await post(engine, '/api/v1/push', gzipped, { 'content-encoding': 'gzip' })).toMatchObject({ stored: 1 });
  });

  it('by Firehose are answered as it documents, whatever the pieces of a batch hold', async () => {
    const engine = await engineWithKey();
    const body = firehose(
      'ed4acda5-034f-9f42-bba1-f29aea6d7d8f',
      gzipSync(logsMessage(signIn(1), signIn(2))),
      busEvent(signIn(3)),
      `${signIn(4)}${signIn(5)}`,
    );
    const headers = {
      authorization: '',
      'content-type': 'application/json',
      'x-amz-firehose-protocol-version': '1.0',
      'x-amz-firehose-request-id': 'ed4acda5-034f-9f42-bba1-f29aea6d7d8f',
      'x-amz-firehose-access-key': KEY,
    };
    for (const sent of [body, gzipSync(body)]) {
      const response = await fetch(`${engine.url}/api/v1/push/firehose`, { method: 'POST', body: sent, headers });
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('application/json');
      const answer = (await response.json()) as object;
      expect(Object.keys(answer)).toEqual(['requestId', 'timestamp']);
      expect(answer).toMatchObject({
        requestId: 'ed4acda5-034f-9f42-bba1-f29aea6d7d8f',
        timestamp: expect.any(Number),
      });
    }
    expect(await counters(engine)).toEqual(expect.arrayContaining(['"stored"} 5', '"duplicates"} 5']));
  });

  it('are refused without a key that is known, in the words of each protocol', async () => {
    const engine = await engineWithKey();
    const wrong = { authorization: 'Bearer another' };
    expect(await post(engine, '/api/v1/push', signIn(1), wrong)).toMatchObject({ status: 401 });
    expect(await post(engine, '/api/v1/push', signIn(1), { authorization: '' })).toMatchObject({ status: 401 });
    const told = { authorization: '', 'x-amz-firehose-access-key': 'x', 'x-amz-firehose-request-id': 'r-1' };
    expect(await post(engine, '/api/v1/push/firehose', firehose('r-1', signIn(1)), told)).toMatchObject({
      status: 401,
      requestId: 'r-1',
      errorMessage: expect.stringContaining('intakes.push.keys'),
    });
    expect(await counters(engine)).toEqual([]);
    const basic = { authorization: `Basic ${Buffer.from(`any:${KEY}`).toString('base64')}` };
    expect(await post(engine, '/api/v1/push', signIn(1), basic)).toMatchObject({ status: 200 });
    expect(await post(engine, '/api/v1/push', signIn(2), { authorization: '', 'x-api-key': KEY })).toMatchObject({
      status: 200,
    });
  });

  it.each([
    ['/api/v1/push', 'no JSON', /not valid JSON/],
    ['/api/v1/push', '{"awslogs":{"data":"bm90IGd6aXA="}}', /not valid JSON/],
    ['/api/v1/push', busEvent('{"some":"change"}'), /not a CloudTrail record/],
    ['/api/v1/push/firehose', 'no JSON', /no delivery of Firehose/],
    ['/api/v1/push/firehose', '{"requestId":"r-1"}', /records is no list/],
    ['/api/v1/push/firehose', '{"requestId":"r-1","records":[{"data":"%"}]}', /records\[0\].data is not base64/],
    ['/api/v1/push/firehose', firehose('r-1', 'no record'), /not valid JSON/],
  ])('that are none are left to their sender, each time anew: %s %s', async (path, body, said) => {
    const engine = await engineWithKey();
    for (const _ of [1, 2])
      expect(await post(engine, path, body)).toMatchObject({ status: 400, message: expect.stringMatching(said) });
    const { intake } = (await (await fetch(`${engine.url}/api/v1/status`)).json()) as { intake: object };
    expect(intake).toMatchObject({ damaged: 0 });
  });

  it('in bodies too large are refused with what to do', async () => {
    const engine = await engineWithKey();
    const answer = await post(engine, '/api/v1/push/firehose', Buffer.alloc(17 * 1024 * 1024, ' '));
    expect(answer).toMatchObject({ status: 413, errorMessage: expect.stringContaining('smaller buffer') });
  });
});

it('an engine without keys takes what is pushed from its own machine, and from nobody else', async () => {
  const open = await startEngine();
  expect(await post(open, '/api/v1/push', signIn(1))).toMatchObject({ status: 200, stored: 1 });
  const closed = await startEngine({ auth: 'keys' });
  expect(await post(closed, '/api/v1/push', signIn(1))).toMatchObject({ status: 403 });
});

it('a key that is not where the settings say keeps the engine from starting, by the name of the place', async () => {
  const intakes = { push: { keys: [{ name: 'prod', key: { env: 'NO_SUCH_PUSH_KEY' } }] } };
  await expect(startEngine({ intakes })).rejects.toThrow('NO_SUCH_PUSH_KEY');
});
