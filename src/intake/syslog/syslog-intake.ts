import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { type AddressRange, addressRange } from '../../base/address-range.ts';
import { sleep } from '../../base/clock.ts';
import type { ChainContext } from '../../chain/context.ts';
import type { TrailRecord } from '../../trail/record-item.ts';
import { unwrap } from '../../trail/unwrap.ts';
import type { AcceptRecords } from '../accept-records.ts';
import { finishRun } from '../finish-run.ts';
import { IntakeCounters, type IntakeStats } from '../intake-counters.ts';
import { type Frame, SyslogFrames } from './syslog-frames.ts';
import { textOfMessage } from './syslog-message.ts';
import { TurnedAway, type TurnedAwayReason } from './turned-away.ts';

export interface SyslogIntakeSettings {
  readonly context: Pick<ChainContext, 'store' | 'clock' | 'ids' | 'log' | 'signals'>;
  readonly accept: AcceptRecords;
  readonly port: number;
  readonly host: string;
  /** Networks that senders may connect from. */
  readonly allow: readonly string[];
  /** Connections at once; 200 unless given. */
  readonly mostConnections?: number;
  /** PEM texts; with them the port speaks TLS, and with `clientCa` senders must show a certificate of it. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly clientCa?: string | undefined } | undefined;
}

const MOST_CONNECTIONS = 200;
/** A handshake that takes longer keeps a place from others. */
const LONGEST_HANDSHAKE = 10_000;
/** A connection without a word is asked after this whether its other end is still there. */
const STILL_THERE = 60_000;
const [FIRST_PAUSE, LONGEST_PAUSE] = [500, 30_000];

/**
 * Takes CloudTrail records out of syslog messages over TCP or TLS. What was read of a connection is committed
 * before more of it is read, so that a sender feels when the store cannot follow; syslog itself confirms nothing.
 */
export class SyslogIntake {
  readonly #settings: SyslogIntakeSettings;
  readonly #counters = new IntakeCounters();
  readonly #server: Server;
  readonly #allowed: readonly AddressRange[];
  readonly #sockets = new Set<Socket>();
  readonly #taking = new Set<Promise<void>>();
  readonly #turnedAway: TurnedAway;
  readonly #whenStopped: Promise<void>;
  #stopped = false;
  #tellStopped: () => void = () => undefined;

  constructor(settings: SyslogIntakeSettings) {
    this.#settings = settings;
    this.#whenStopped = new Promise((resolve) => {
      this.#tellStopped = resolve;
    });
    this.#allowed = settings.allow.map(addressRange);
    this.#turnedAway = new TurnedAway(settings.context);
    const { tls } = settings;
    this.#server = tls
      ? createTlsServer({
          cert: tls.cert,
          key: tls.key,
          handshakeTimeout: LONGEST_HANDSHAKE,
          ...(tls.clientCa && { ca: tls.clientCa, requestCert: true }),
        })
      : createServer();
    this.#server.maxConnections = settings.mostConnections ?? MOST_CONNECTIONS;
    // Before TLS, in which strangers could take their time.
    this.#server.on('connection', (socket: Socket) => {
      const from = socket.remoteAddress ?? '';
      if (this.#allowed.some((isWithin) => isWithin(from))) return;
      this.#turnedAway.note('network', { from });
      socket.destroy();
    });
    this.#server.on(tls ? 'secureConnection' : 'connection', (socket: Socket) => this.#connected(socket));
    this.#server.on('drop', (data?: { remoteAddress?: string }) =>
      this.#turnedAway.note('full', { from: data?.remoteAddress, connections: this.#server.maxConnections }),
    );
    this.#server.on('tlsClientError', (error: Error, socket: Socket) => {
      // Whoever was turned away by its address has none any more.
      if (socket.remoteAddress !== undefined)
        this.#turnedAway.note('tls', { from: socket.remoteAddress, error: error.message });
      socket.destroy();
    });
  }

  /** Resolves with the port when connections are accepted. */
  async start(): Promise<number> {
    const { port, host } = this.#settings;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.removeListener('error', reject);
        resolve();
      });
    });
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : port;
  }

  /** Takes no more; what was read is committed first. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#tellStopped();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(this.#taking);
    await closed;
  }

  stats(): IntakeStats {
    return this.#counters.stats();
  }

  /** Connections since the start that were not taken, by why. */
  turnedAway(): Readonly<Record<TurnedAwayReason, number>> {
    return this.#turnedAway.counts();
  }

  #connected(socket: Socket): void {
    if (socket.destroyed) return;
    const from = socket.remoteAddress ?? '';
    this.#sockets.add(socket);
    socket.setKeepAlive(true, STILL_THERE);
    socket.once('close', () => this.#sockets.delete(socket));
    // The loop below ends by itself when the connection breaks.
    socket.on('error', () => undefined);
    const taking = this.#take(socket, from).finally(() => this.#taking.delete(taking));
    this.#taking.add(taking);
  }

  async #take(socket: Socket, from: string): Promise<void> {
    const { context } = this.#settings;
    const run = context.ids.uuid();
    const frames = new SyslogFrames();
    let isToldOfDamage = false;
    const commit = async (cut: Iterable<Frame>): Promise<void> => {
      const { records, damage } = this.#read(cut);
      if (records.length > 0) await this.#commit(records, run);
      if (damage === undefined || isToldOfDamage) return;
      isToldOfDamage = true;
      context.log.warn({ from, damage }, 'A syslog sender sends what is no CloudTrail record');
    };
    try {
      for await (const chunk of socket) await commit(frames.feed(chunk as Buffer));
    } catch {
      // The connection broke. What had come whole is kept.
    }
    await commit(frames.end());
    if (!this.#stopped) await finishRun(context, run).catch(() => undefined);
  }

  #read(cut: Iterable<Frame>): { records: TrailRecord[]; damage: string | undefined } {
    const records: TrailRecord[] = [];
    let damage: string | undefined;
    const refuse = (message: string): void => {
      this.#counters.refused();
      damage ??= message;
    };
    for (const frame of cut) {
      if (frame.kind === 'damage') {
        refuse(frame.message);
        continue;
      }
      for (const item of unwrap(textOfMessage(frame.text), 0))
        if (item.kind === 'record') records.push(item);
        else refuse(item.message);
    }
    return { records, damage };
  }

  /** Tries until the store takes them: nobody else has these records. */
  async #commit(records: readonly TrailRecord[], run: string): Promise<void> {
    const { accept, context } = this.#settings;
    this.#counters.came(records.length);
    for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      try {
        this.#counters.accepted(await accept({ records, run }));
        return;
      } catch (error) {
        if (this.#stopped) {
          this.#counters.failed(records.length);
          context.log.error(
            { err: error, records: records.length },
            'Records from syslog could not be kept before the engine stopped',
          );
          return;
        }
        context.log.warn({ err: error }, 'Records from syslog could not be kept and are tried again');
        await Promise.race([sleep(context.clock, pause), this.#whenStopped]);
      }
    }
  }
}
