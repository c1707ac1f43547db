import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import { openNetwork } from '../../src/base/network.ts';
import { openSocketDoor } from '../../src/base/socket-door.ts';
import { sweepRetention } from '../../src/chain/logs/retention.ts';
import type { ForwardState } from '../../src/forward/forward-states.ts';
import { Forwards } from '../../src/forward/forwards.ts';
import { forwardHold } from '../../src/forward/hold.ts';
import { makePlans } from '../../src/forward/make-plans.ts';
import { forwardSettings } from '../../src/forward/settings.ts';
import type { Store } from '../../src/store/store.ts';
import { LogsWorld, SCOPE } from '../chain/logs-world.ts';
import { rootSignIn } from '../engine/root-sign-in.ts';

/** Logs, and forwards of them over real sockets, with a clock that moves only when told to. */
export class ForwardWorld {
  readonly logs: LogsWorld;
  #forwards: Forwards | undefined;
  #serial = 0;

  constructor(store: Store) {
    this.logs = new LogsWorld(store);
    onTestFinished(() => this.stop());
  }

  /** Starts the forwards that settings of this form ask for. */
  async start(settings: Record<string, object>): Promise<void> {
    await this.stop();
    const { context, clock } = this.logs;
    const guard = (extraCa?: string) => ({ allowLoopback: true, clock, ...(extraCa === undefined ? {} : { extraCa }) });
    const plans = await makePlans(forwardSettings.parse(settings), {
      context,
      openDoor: (extraCa) => openNetwork(guard(extraCa)),
      openSocketDoor: (extraCa, identity) => openSocketDoor({ ...guard(extraCa), identity }),
    });
    this.#forwards = new Forwards(context, plans);
    await this.#forwards.start();
  }

  async stop(): Promise<void> {
    const stopping = this.#forwards?.stop();
    this.#forwards = undefined;
    // What hangs is given a moment of the clock.
    await this.logs.clock.advance(stopping ? 5_000 : 0);
    await stopping;
  }

  get forwards(): Forwards {
    if (!this.#forwards) throw new Error('No forwards are running');
    return this.#forwards;
  }

  /** Lets time pass a step at a time, and whatever it brings come to an end. */
  async pass(milliseconds: number, step = 1_000): Promise<void> {
    for (let left = milliseconds; left > 0; left -= step) {
      await this.logs.clock.advance(Math.min(step, left));
      await this.#forwards?.idle();
    }
  }

  async state(name = 'siem'): Promise<ForwardState> {
    const state = (await this.forwards.states()).find((one) => one.name === name);
    if (!state) throw new Error(`There is no forward ${name}`);
    return state;
  }

  /** CloudTrail records of root signing in, with ids that count on. */
  records(count: number): string[] {
    return Array.from({ length: count }, () => {
      this.#serial += 1;
      return rootSignIn(new Date(this.logs.clock.now()), idOf(this.#serial));
    });
  }

  /** Accepts records as an intake does. */
  async put(messages: readonly string[], at = this.logs.clock.now()): Promise<void> {
    await this.logs.put(messages, { door: 'own', at });
  }

  /** Runs retention's sweep, with the forwards' hold. */
  async sweep(keepDays: Record<string, number>): Promise<void> {
    const hold = forwardHold(new Map(Object.entries(keepDays)));
    while (await sweepRetention(this.logs.context, this.logs.clock.now(), hold)) {}
  }

  keepEvents(days: number): Promise<unknown> {
    return this.logs.store.write(({ db }) => db.updateTable('log_groups').set({ retention_days: days }).execute());
  }

  get scope() {
    return SCOPE;
  }
}

export const idOf = (serial: number): string => `5a1c0f0e-0000-4000-8000-${String(serial).padStart(12, '0')}`;

/** Ids from 1 to `last`. */
export const idsTo = (last: number, first = 1): string[] =>
  Array.from({ length: last - first + 1 }, (_, index) => idOf(first + index));

export interface SiemRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** Inflated; as text, and as it came. */
  readonly body: string;
  readonly bytes: Uint8Array;
  /** Not inflated. */
  readonly raw: Uint8Array;
}

export interface Siem {
  readonly url: string;
  readonly requests: SiemRequest[];
}

/** What a receiver says to a request: a status, and a body if any; or it takes the response into its own hands. */
export type SiemAnswer = number | { status: number; body?: unknown; headers?: Record<string, string> } | undefined;

/** A receiver on a real socket. It keeps every request in full before it answers. */
export async function siem(
  answer: (request: SiemRequest, response: ServerResponse) => SiemAnswer | Promise<SiemAnswer> = () => 200,
): Promise<Siem> {
  const requests: SiemRequest[] = [];
  const server = createServer((incoming, response) => {
    const parts: Buffer[] = [];
    incoming.on('data', (part: Buffer) => parts.push(part));
    incoming.on('end', async () => {
      const sent = Buffer.concat(parts);
      const { method = '', url: path = '', headers } = incoming;
      const bytes = headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
      const request = { method, path, headers, body: bytes.toString('utf8'), bytes, raw: sent };
      requests.push(request);
      const said = await answer(request, response);
      if (said === undefined) return;
      const answered: Exclude<SiemAnswer, number | undefined> = typeof said === 'number' ? { status: said } : said;
      const { status, body: text = '' } = answered;
      response.writeHead(status, { 'content-type': 'application/json', ...answered.headers });
      response.end(typeof text === 'string' || text instanceof Uint8Array ? text : JSON.stringify(text));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

/** The ids of CloudTrail records in lines of JSON. */
export const idsIn = (text: string): string[] => [...text.matchAll(/"eventID":"([^"]+)"/g)].map(([, id = '']) => id);
