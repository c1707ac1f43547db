import { expect } from 'vitest';
import { type Siem, type SiemAnswer, siem } from './forward-world.ts';

export interface SplunkOptions {
  token: string;
  /** Whether the token has indexer acknowledgement. */
  acknowledges: boolean;
  /** Whether the indexers have what came; asked at every poll. */
  indexed: () => boolean;
  /** Answers instead, where it gives something. */
  instead: () => SiemAnswer;
  indexes: string[];
}

export interface Splunk extends Siem {
  readonly options: SplunkOptions;
  /** Events of accepted batches, in the order in which they came. */
  readonly events: Record<string, unknown>[];
}

/**
 * A collector that holds requests to the documented contract: authorisation, channel, JSON objects one after the other, the
 * codes of its answers, and acknowledgement ids that are forgotten once they were told.
 */
export async function splunk(given: Partial<SplunkOptions> = {}): Promise<Splunk> {
  const options: SplunkOptions = {
    token: '0e0b8a3e-0000-4000-8000-000000000001',
    acknowledges: true,
    indexed: () => true,
    instead: () => undefined,
    indexes: ['main', 'security'],
    ...given,
  };
  const events: Record<string, unknown>[] = [];
  const open = new Set<number>();
  let last = -1;
  const no = (status: number, code: number, text: string, more: object = {}): SiemAnswer => ({
    status,
    body: { text, code, ...more },
  });
  const server = await siem(({ path, headers, body, method }) => {
    const said = options.instead();
    if (said !== undefined) return said;
    expect(method).toBe('POST');
    const { authorization } = headers;
    if (authorization === undefined) return no(401, 2, 'Token is required');
    if (!authorization.startsWith('Splunk ')) return no(401, 3, 'Invalid authorization');
    if (authorization !== `Splunk ${options.token}`) return no(403, 4, 'Invalid token');
    const channel = headers['x-splunk-request-channel'];
    if (path.startsWith('/services/collector/ack')) {
      if (!options.acknowledges) return no(400, 14, 'ACK is disabled');
      if (new URL(path, 'http://x').searchParams.get('channel') === null) return no(400, 10, 'Data channel is missing');
      const { acks } = JSON.parse(body) as { acks: number[] };
      const told = acks.map((id) => {
        const isThere = open.has(id) && options.indexed();
        if (isThere) open.delete(id);
        return [String(id), isThere];
      });
      return { status: 200, body: { acks: Object.fromEntries(told) } };
    }
    expect(path).toBe('/services/collector/event');
    if (options.acknowledges && channel === undefined) return no(400, 10, 'Data channel is missing');
    if (channel !== undefined && !/^[0-9a-f-]{36}$/.test(String(channel))) return no(400, 11, 'Invalid data channel');
    const batch = body.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
    for (const [number, { event, index, time, fields }] of batch.entries()) {
      const where = { 'invalid-event-number': number };
      if (event === undefined) return no(400, 12, 'Event field is required', where);
      if (event === '') return no(400, 13, 'Event field cannot be blank', where);
      if (typeof time !== 'number') return no(400, 6, 'Invalid data format', where);
      if (index !== undefined && !options.indexes.includes(String(index))) return no(400, 7, 'Incorrect index', where);
      // Indexed fields must be flat.
      for (const value of Object.values((fields as object | undefined) ?? {}))
        if (typeof value === 'object' && !Array.isArray(value))
          return no(400, 15, 'Error in handling indexed fields', where);
    }
    events.push(...batch);
    if (!options.acknowledges) return { status: 200, body: { text: 'Success', code: 0 } };
    last += 1;
    open.add(last);
    return { status: 200, body: { text: 'Success', code: 0, ackId: last } };
  });
  return { ...server, options, events };
}
