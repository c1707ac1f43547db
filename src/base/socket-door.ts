import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction, connect as openSocket, type Socket } from 'node:net';
import { connect as openSecureSocket, rootCertificates } from 'node:tls';
import { type Clock, systemClock } from './clock.ts';
import { blocked, guardedLookup } from './guarded-lookup.ts';
import type { NetworkSettings } from './network.ts';
import { NetworkFailure, networkFailureOf } from './network-failure.ts';
import { networkGuard } from './network-guard.ts';

export interface SocketTarget {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

/** The guarded way out for protocols other than HTTP. */
export interface SocketDoor {
  /**
   * Opens a connection, gives all of `bytes`, says that this is the end, and waits until the other side has read to
   * the end and closes too: of TCP, no other sign says that the program there has it. One that closes before it was
   * told the end has not.
   * @param pause waits so many milliseconds
   * @throws NetworkFailure
   */
  deliver(target: SocketTarget, bytes: Uint8Array, pause: (milliseconds: number) => Promise<void>): Promise<void>;
  /** Breaks off what is under way. */
  close(): void;
}

export interface SocketDoorSettings extends NetworkSettings {
  /** PEM of our own certificate and its key, where the other side wants to know us. */
  readonly identity?: { readonly cert: string; readonly key: string } | undefined;
}

/** Destinations are judged as by the network door: by their literal address, by all they resolve to, and by the one used. */
export function openSocketDoor(settings: SocketDoorSettings): SocketDoor {
  const guard = networkGuard(settings);
  const clock = settings.clock ?? systemClock;
  const lookup = guardedLookup(guard, settings.lookup ?? (systemLookup as LookupFunction));
  const { extraCa, identity } = settings;
  const ca = extraCa === undefined ? {} : { ca: [...rootCertificates, extraCa] };

  const open = new Set<Socket>();

  const begin = ({ host, port, tls }: SocketTarget): Socket => {
    if (!tls) return openSocket({ host, port, lookup, allowHalfOpen: true });
    return openSecureSocket({ host, port, lookup, ...(isIP(host) === 0 && { servername: host }), ...ca, ...identity });
  };
  return {
    async deliver(target, bytes, pause) {
      if (isIP(target.host) !== 0 && !guard.allows(target.host)) throw blocked(target.host);
      const socket = begin(target);
      open.add(socket);
      try {
        await exchange(socket, target.tls, bytes, { allows: guard.allows, clock, pause });
      } catch (error) {
        throw networkFailureOf(error);
      } finally {
        open.delete(socket);
      }
    },
    close() {
      for (const socket of open) socket.destroy();
    },
  };
}

interface Manners {
  readonly allows: (address: string) => boolean;
  readonly clock: Clock;
  readonly pause: (milliseconds: number) => Promise<void>;
}

const TIMEOUT = 60_000;
/** Long enough to hear of a side that takes connections and drops them at once. */
const BEFORE_END = 100;

function exchange(socket: Socket, tls: boolean, bytes: Uint8Array, { allows, clock, pause }: Manners): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    let toldEnd = false;
    let taken = false;
    const fail = (error: Error): void => void socket.destroy(error);
    const timer = clock.after(TIMEOUT, () =>
      fail(new NetworkFailure('timeout', `Not taken to the end within ${TIMEOUT / 1_000} s`)),
    );
    socket
      .once(tls ? 'secureConnect' : 'connect', () => {
        const used = socket.remoteAddress ?? '';
        if (!allows(used)) return fail(blocked(used));
        socket.write(bytes, async (error) => {
          if (error) return;
          await pause(BEFORE_END);
          if (socket.destroyed || socket.readableEnded) return;
          toldEnd = true;
          socket.end();
        });
      })
      // What the other side may have to say is not wanted, but has to be read for its end to be seen.
      .on('data', () => undefined)
      .once('end', () => {
        taken = toldEnd;
        socket.end();
      })
      .once('error', reject)
      .once('close', () => {
        timer.cancel();
        if (taken) resolve();
        else reject(new NetworkFailure('reset', 'The connection was closed before everything was taken'));
      });
  });
}
