import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Call } from '../../src/aws/wire/handlers.ts';
import { selfSignedKey } from '../../src/base/certificate.ts';
import { FakeClock } from '../../src/base/fake-clock.ts';
import { noFaults } from '../../src/base/faults.ts';
import { seededIds } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import { openNetwork } from '../../src/base/network.ts';
import { Signals } from '../../src/chain/signals.ts';
import { buildEngine, type Engine } from '../../src/server/engine.ts';
import type { Store } from '../../src/store/store.ts';
import { Postbox } from '../world/receivers.ts';

export const NOON = Date.UTC(2026, 2, 4, 12);
export const SCOPE = { account: '111122223333', region: 'eu-west-1' };
export const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:security';

export interface Seen {
  readonly at: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Long enough for any answer on this machine. */
const aMoment = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 250));
const aTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The whole chain over real sockets, with a clock that moves only when told to. */
export class SocketWorld {
  // Time waits for what is on its way, but not for ever: some receivers never answer.
  readonly clock = new FakeClock(NOON, () => (this.#started ? Promise.race([this.engine.idle(), aMoment()]) : aTurn()));
  readonly postbox = new Postbox();
  readonly store: Store;
  engine!: Engine;
  #started = false;

  constructor(store: Store) {
    this.store = store;
  }

  /** Builds the engine; deliveries begin with the first message, so that subscriptions can be made in silence. */
  async start(): Promise<this> {
    const network = openNetwork({ allowLoopback: true, clock: this.clock });
    this.engine = await buildEngine(
      {
        store: this.store,
        clock: this.clock,
        ids: seededIds(7),
        log: silentLog,
        signals: new Signals(),
        reach: noFaults,
      },
      {
        network,
        mail: this.postbox,
        mailFrom: 'bell@example.com',
        publicUrl: () => 'https://bell.example.com',
        fallback: { scope: SCOPE, group: 'CloudTrail/logs' },
        users: undefined,
      },
    );
    onTestFinished(async () => {
      // What hangs ends with its connections; the clock would not move any more to end it in time.
      await network.close();
      await this.clock.advance(60_000);
      if (this.#started) await this.engine.stop();
    });
    return this;
  }

  get caller(): Call {
    return {
      requestId: 'r',
      scope: SCOPE,
      caller: SCOPE.account,
      host: 'bell.example.com',
      secure: true,
      signal: new AbortController().signal,
    };
  }

  get sns() {
    const { sns } = this.engine.handlers;
    if (!sns) throw new Error('There is no SNS');
    return sns;
  }

  get sqs() {
    const { sqs } = this.engine.handlers;
    if (!sqs) throw new Error('There is no SQS');
    return sqs;
  }

  async topic(attributes: Record<string, string> = {}, tags: Record<string, string> = {}): Promise<void> {
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    const Name = attributes.FifoTopic === 'true' ? 'security.fifo' : 'security';
    await this.sns.CreateTopic?.({ Name, Attributes: attributes, Tags }, this.caller);
  }

  async queue(QueueName: string, Attributes: Record<string, string> = {}): Promise<string> {
    await this.sqs.CreateQueue?.({ QueueName, Attributes }, this.caller);
    return `arn:aws:sqs:${SCOPE.region}:${SCOPE.account}:${QueueName}`;
  }

  /** What a queue holds, taken out of it. */
  async drained(QueueName: string) {
    const QueueUrl = `https://bell.example.com/${SCOPE.account}/${QueueName}`;
    const answer = await this.sqs.ReceiveMessage?.(
      { QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All'] },
      this.caller,
    );
    for (const { ReceiptHandle = '' } of answer?.Messages ?? []) {
      await this.sqs.DeleteMessage?.({ QueueUrl, ReceiptHandle }, this.caller);
    }
    return answer?.Messages ?? [];
  }

  /** Subscribes without waiting for a confirmation. */
  async ask(endpoint: string, attributes: Record<string, string> = {}, topicArn = TOPIC): Promise<string> {
    const [Protocol = ''] = endpoint.startsWith('arn:') ? ['sqs'] : endpoint.split(':');
    const input = {
      TopicArn: topicArn,
      Protocol,
      Endpoint: endpoint,
      Attributes: attributes,
      ReturnSubscriptionArn: true,
    };
    return (await this.sns.Subscribe?.(input, this.caller))?.SubscriptionArn ?? '';
  }

  /** Subscribes, and confirms by the token that only the store knows; nothing is sent. */
  async subscribe(endpoint: string, attributes: Record<string, string> = {}, topicArn = TOPIC): Promise<string> {
    const arn = await this.ask(endpoint, attributes, topicArn);
    await this.store.write(async ({ db }) => {
      await db.updateTable('subscriptions').set({ status: 'confirmed' }).execute();
      await db.deleteFrom('deliveries').execute();
    });
    return arn;
  }

  async publish(Message: string, more: Record<string, unknown> = {}): Promise<string> {
    this.#begin();
    const answer = await this.sns.Publish?.({ TopicArn: TOPIC, Message, ...more }, this.caller);
    return answer?.MessageId ?? '';
  }

  #begin(): void {
    if (this.#started) return;
    this.#started = true;
    this.engine.start();
  }

  deliveries() {
    return this.store.read.selectFrom('deliveries').selectAll().orderBy('id').execute();
  }

  /** Lets time pass, and whatever it brings come to an end. */
  async pass(milliseconds: number): Promise<void> {
    this.#begin();
    await this.clock.advance(milliseconds);
    await this.engine.idle();
  }
}

/** Listens on a free port until the test ends. */
async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

export interface Receiver {
  readonly url: string;
  readonly seen: Seen[];
  /** Connections that were ever opened to it. */
  readonly connections: () => number;
}

/** A receiver that writes down what came in full, then does as it is told. */
export async function receiver(world: SocketWorld, answer: RequestListener): Promise<Receiver> {
  const seen: Seen[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.push({ at: world.clock.now() - NOON, headers: request.headers, body: Buffer.concat(chunks).toString() });
      answer(request, response);
    });
  }).on('connection', () => (connections += 1));
  const url = `http://127.0.0.1:${await listen(server)}/hook`;
  return { url, seen, connections: () => connections };
}

/** A receiver whose certificate nobody vouches for. */
export async function distrusted(): Promise<{ url: string; requests: () => number }> {
  const { key, certificate: cert } = await selfSignedKey({
    commonName: 'localhost',
    hostNames: ['localhost'],
    notBefore: Date.now() - 60_000,
    notAfter: Date.now() + 3_600_000,
    serial: '01',
  });
  let requests = 0;
  const server = createSecureServer({ key, cert }, (_request, response) => {
    requests += 1;
    response.end();
  });
  return { url: `https://localhost:${await listen(server)}/hook`, requests: () => requests };
}
