import { z } from 'zod';
import { isAddressRange } from '../../base/address-range.ts';

/** `intakes.syslog` of the settings: a port that takes syslog messages over TCP or TLS. */
export const syslogSettings = z
  .strictObject({
    port: z.number().int().min(0).max(65_535).describe('Port to listen on; 6514 is that of syslog over TLS.'),
    host: z.string().min(1).default('127.0.0.1').describe('Address to listen on.'),
    allow: z
      .array(z.string().refine(isAddressRange, 'must be addresses like 10.1.0.0/16 or fd00::/8'))
      .default(['127.0.0.0/8', '::1'])
      .describe('Networks (CIDR) that senders may connect from.'),
    tlsCert: z.string().optional().describe('PEM file of the TLS certificate chain.'),
    tlsKey: z.string().optional().describe('PEM file of its private key.'),
    clientCa: z.string().optional().describe('PEM file of the authority whose certificates senders must show.'),
  })
  .refine(({ tlsCert, tlsKey }) => (tlsCert === undefined) === (tlsKey === undefined), 'tlsCert and tlsKey go together')
  .refine(
    ({ tlsCert, clientCa }) => clientCa === undefined || tlsCert !== undefined,
    'clientCa needs tlsCert and tlsKey',
  );

export type SyslogSettings = z.output<typeof syslogSettings>;
