import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { readSignature } from '../../src/aws/wire/signature.ts';
import { verifySignature } from '../../src/aws/wire/sigv4.ts';
import { Refusal } from '../../src/base/refusal.ts';

export const STUB_KEY = { accessKeyId: 'AKIASTUBSTUBSTUB0001', secret: 'stub-secret', account: '444455556666' };

export interface StubCall {
  readonly service: string;
  readonly region: string;
  readonly path: string;
  readonly target: string;
  readonly headers: Record<string, unknown>;
  readonly body: string;
}

interface StubAnswer {
  readonly status: number;
  readonly body?: object;
}

/** Stands in for AWS: it knows one key, verifies every signature, and answers as SQS, Lambda and Firehose do. */
export async function awsStub(answer: (call: StubCall) => StubAnswer | undefined = () => undefined) {
  const calls: StubCall[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const bytes = Buffer.concat(parts);
    const wire = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body: bytes };
    const reply = (status: number, body?: object): void => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(body === undefined ? '' : JSON.stringify(body));
    };
    try {
      const signature = readSignature(wire);
      if (!signature) return reply(403, { __type: 'MissingAuthenticationTokenException', message: 'no signature' });
      verifySignature(wire, signature, STUB_KEY, Date.now());
      const call: StubCall = {
        service: signature.service,
        region: signature.region,
        path: wire.url,
        target: String(request.headers['x-amz-target'] ?? ''),
        headers: request.headers,
        body: bytes.toString('utf8'),
      };
      calls.push(call);
      const told = answer(call);
      if (told) return reply(told.status, told.body);
      if (call.service === 'lambda') return reply(202);
      if (call.service === 'firehose') return reply(200, { RecordId: 'r-1' });
      const { MessageBody } = JSON.parse(call.body) as { MessageBody: string };
      const md5 = createHash('md5').update(MessageBody).digest('hex');
      return reply(200, { MessageId: 'm-1', MD5OfMessageBody: md5 });
    } catch (error) {
      const { code } = error as Refusal;
      return reply(403, { __type: error instanceof Refusal ? code : 'Fault', message: String(error) });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls };
}
