import type { SocketDoor } from '../../../base/socket-door.ts';
import { cefLine } from '../../formats/cef.ts';
import { plainLine } from '../../formats/plain.ts';
import { shortened } from '../../formats/shortened.ts';
import type { Receiver } from '../../receiver.ts';
import { noAnswer } from '../http/judge-answer.ts';
import { longestHeader, type SyslogNames, syslogMessage } from './syslog-message.ts';

export interface SyslogSettings extends SyslogNames {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly format: 'cef' | 'json';
  readonly maxBytes: number;
}

/**
 * Sends syslog over TLS or TCP. The protocol has no answer, so every batch has a connection of its own: it counts as
 * sent when the receiver, having read all of it, closes its side too.
 */
export function syslogReceiver(settings: SyslogSettings, door: SocketDoor): Receiver {
  const { host, port, tls, maxBytes } = settings;
  return {
    to: `syslog${tls ? '+tls' : ''}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    limits: { count: 5_000, bytes: 4_194_304, inFlight: 1 },
    encode: shortened(settings.format === 'cef' ? cefLine : plainLine, maxBytes - longestHeader(settings)),
    async send(parcels, { sleep }) {
      const bytes = Buffer.concat(parcels.map(({ item, text }) => syslogMessage(item, text, settings)));
      try {
        await door.deliver({ host, port, tls }, bytes, sleep);
        return { result: 'sent' };
      } catch (error) {
        return noAnswer(error);
      }
    },
    close: async () => door.close(),
  };
}
