import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { NOON } from '../../../../test/chain/notice-world.ts';
import { outgoing, TOKEN, withAttributes } from '../../../../test/chain/outgoing.ts';
import { FakeClock } from '../../../base/fake-clock.ts';
import { seededIds } from '../../../base/ids.ts';
import { type Network, openNetwork } from '../../../base/network.ts';
import type { DocumentWriter } from '../document.ts';
import { httpChannel } from './http-channel.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const documents: DocumentWriter = { write: async ({ message }) => `document of ${message.text}` };

function channel(network?: Network) {
  const door = network ?? openNetwork({ allowLoopback: true });
  undo.push(() => door.close());
  return httpChannel({ network: door, documents, clock: new FakeClock(NOON), ids: seededIds(1) });
}

async function receiver(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  undo.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}

/** Answers 200 and writes down what came. */
async function listening() {
  const seen: { headers: IncomingHttpHeaders; body: string; method: string | undefined }[] = [];
  const url = await receiver(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    seen.push({ headers: request.headers, body, method: request.method });
    response.end();
  });
  return { url, seen };
}

const answering = (status: number, body = '', headers: Record<string, string> = {}) =>
  receiver((_request, response) => response.writeHead(status, headers).end(body));

describe('a delivery by http', () => {
  it('sends a notification as SNS does', async () => {
    const { url, seen } = await listening();
    expect(await channel().deliver(outgoing(url))).toEqual({ result: 'delivered', status: 200 });
    const [request] = seen;
    const { host, connection, ...headers } = request!.headers;
    expect({ method: request!.method, body: request!.body, headers }).toEqual({
      method: 'POST',
      body: 'document of hello',
      headers: {
        'x-amz-sns-message-type': 'Notification',
        'x-amz-sns-message-id': '7e2f4f0a-52f5-5b9e-a1a1-3f1f6b6d0c01',
        'x-amz-sns-topic-arn': 'arn:aws:sns:eu-west-1:111122223333:security',
        'x-amz-sns-subscription-arn':
          'arn:aws:sns:eu-west-1:111122223333:security:6f0a2f9c-1111-4222-8333-444455556666',
        'content-type': 'text/plain; charset=UTF-8',
        'content-length': '17',
        'user-agent': 'Amazon Simple Notification Service Agent',
        'accept-encoding': 'gzip,deflate',
      },
    });
  });

  it('sends the bare text where raw delivery is wanted, but never a raw confirmation', async () => {
    const { url, seen } = await listening();
    const raw = { RawMessageDelivery: 'true' };
    await channel().deliver(withAttributes(outgoing(url), raw));
    const confirmation = outgoing(url, { kind: 'SubscriptionConfirmation', token: TOKEN });
    await channel().deliver(withAttributes(confirmation, raw));
    expect(
      seen.map(({ body, headers }) => [
        body,
        headers['x-amz-sns-rawdelivery'],
        headers['x-amz-sns-subscription-arn']?.slice(-4),
      ]),
    ).toEqual([
      ['hello', 'true', '6666'],
      ['document of hello', undefined, undefined],
    ]);
  });

  it('uses a content type of its own for notifications only', async () => {
    const { url, seen } = await listening();
    const contentType = 'application/json';
    await channel().deliver(outgoing(url, {}, { contentType }));
    await channel().deliver(outgoing(url, { kind: 'UnsubscribeConfirmation', token: TOKEN }, { contentType }));
    expect(seen.map(({ headers }) => headers['content-type'])).toEqual([contentType, 'text/plain; charset=UTF-8']);
  });

  it('shows the credentials in an address to the receiver as basic authentication', async () => {
    const { url, seen } = await listening();
    await channel().deliver(outgoing(url.replace('http://', 'http://bell:s%40fe@')));
    expect(Buffer.from(seen[0]!.headers.authorization!.slice(6), 'base64').toString()).toBe('bell:s@fe');
  });

  it.each([200, 202, 204, 299])('is done when the answer is %i', async (status) => {
    expect(await channel().deliver(outgoing(await answering(status)))).toEqual({ result: 'delivered', status });
  });

  it.each([
    [500, 'retry', 'server-error'],
    [503, 'retry', 'server-error'],
    [408, 'retry', 'throttled'],
    [425, 'retry', 'throttled'],
    [429, 'retry', 'throttled'],
    [400, 'giveUp', 'rejected'],
    [404, 'giveUp', 'rejected'],
    [410, 'giveUp', 'rejected'],
    [301, 'giveUp', 'rejected'],
  ])('that is answered %i ends as %s', async (status, result, reason) => {
    const url = await answering(status, 'no such\nthing', { 'content-type': 'text/plain' });
    expect(await channel().deliver(outgoing(url))).toEqual({
      result,
      reason,
      status,
      text: `The endpoint answered ${status}: no such thing`,
    });
  });

  it.each([400, 404, 429, 302])("counts %i as delivered by AWS's rules, with a word of warning", async (status) => {
    const outcome = await channel().deliver(outgoing(await answering(status), {}, { awsRules: true }));
    expect(outcome).toMatchObject({ result: 'delivered', protest: { reason: 'rejected' } });
  });

  it("retries a server error by AWS's rules too", async () => {
    const outcome = await channel().deliver(outgoing(await answering(502), {}, { awsRules: true }));
    expect(outcome).toMatchObject({ result: 'retry', reason: 'server-error' });
  });

  it('is tried again when the connection breaks or is refused', async () => {
    const broken = await receiver((request) => request.socket.resetAndDestroy());
    expect(await channel().deliver(outgoing(broken))).toMatchObject({ result: 'retry', reason: 'reset' });
    const url = await listening();
    await undo.pop()?.();
    expect(await channel().deliver(outgoing(url.url))).toMatchObject({ result: 'retry', reason: 'refused' });
  });

  it('gives a receiver fifteen seconds', async () => {
    const asked: number[] = [];
    const patient: Network = {
      request: async ({ timeoutMs }) => {
        asked.push(timeoutMs);
        throw new DOMException('too late', 'TimeoutError');
      },
      close: async () => undefined,
    };
    expect(await channel(patient).deliver(outgoing('https://example.com/'))).toMatchObject({
      result: 'retry',
      reason: 'timeout',
    });
    expect(asked).toEqual([15_000]);
  });

  it('is given up where the door does not open', async () => {
    const { url, seen } = await listening();
    const outcome = await channel(openNetwork({})).deliver(outgoing(url));
    expect(outcome).toMatchObject({ result: 'giveUp', reason: 'blocked' });
    expect(seen).toEqual([]);
  });
});
