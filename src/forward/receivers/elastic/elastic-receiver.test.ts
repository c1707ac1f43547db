import { describe, expect, it, onTestFinished } from 'vitest';
import { type ElasticOptions, elastic } from '../../../../test/forward/elastic.ts';
import { ForwardWorld, idOf, idsTo, type SiemAnswer } from '../../../../test/forward/forward-world.ts';
import { sqliteStore } from '../../../../test/stores.ts';

const SECOND = 1_000;
const STREAM = 'logs-aws.cloudtrail-trailbell';
const open = sqliteStore();

const TROUBLES: readonly (readonly [string, Partial<ElasticOptions>, string])[] = [
  ['a wrong key', { authorization: 'ApiKey b3RoZXI=' }, 'not-allowed'],
  ['too many requests', { instead: () => 429 }, 'throttled'],
  ['no shard', { instead: () => 503 }, 'server-error'],
  ['something that is not Elasticsearch', { instead: () => ({ status: 200, body: 'hello' }) }, 'unreadable-answer'],
  [
    'an answer that forgets documents',
    { instead: () => ({ status: 200, body: { errors: true, items: [] } }) },
    'unreadable-answer',
  ],
  [
    'a blocked index',
    { item: () => ({ status: 403, type: 'cluster_block_exception', reason: 'read-only' }) },
    'not-allowed',
  ],
  [
    'no shards left for an index',
    { item: () => ({ status: 400, type: 'validation_exception', reason: 'this action would add [2] shards' }) },
    'settings',
  ],
];

describe('Elasticsearch', () => {
  const setUp = async (options: Partial<ElasticOptions> = {}, more: object = {}) => {
    process.env.TEST_ELASTIC_KEY = 'VGVzdDpLZXk=';
    onTestFinished(() => {
      delete process.env.TEST_ELASTIC_KEY;
    });
    const receiver = await elastic(options);
    const world = new ForwardWorld(await open());
    const settings = { siem: { type: 'elastic', url: receiver.url, apiKey: { env: 'TEST_ELASTIC_KEY' }, ...more } };
    await world.start(settings);
    return { world, receiver, settings };
  };

  it('gets documents under the ids of their records', async () => {
    const { world, receiver } = await setUp();
    await world.put([...world.records(2), 'plain']);
    await world.pass(2 * SECOND);
    const keys = [...receiver.documents.keys()];
    expect(keys.slice(0, 2)).toEqual(idsTo(2).map((id) => `${STREAM}/${id}`));
    expect(keys[2]).toMatch(/\/3\d{55}$/);
    expect(receiver.documents.get(keys[0] ?? '')).toMatchObject({ event: { action: 'ConsoleLogin', id: idOf(1) } });
    expect(receiver.requests[0]?.headers['content-encoding']).toBe('gzip');
  });

  it('gets each of other events whose kind is called eventID', async () => {
    const { world, receiver } = await setUp();
    await world.put(['{"eventID":"4625","user":"ann"}', '{"eventID":"4625","user":"bob"}']);
    await world.pass(2 * SECOND);
    expect([...receiver.documents.values()].map(({ message }) => message)).toEqual([
      '{"eventID":"4625","user":"ann"}',
      '{"eventID":"4625","user":"bob"}',
    ]);
  });

  it('may quote a record in its refusal: nothing of that moves a cursor or forges a line', async () => {
    const reason = 'failed to parse: \u001b[2J\u001b]0;owned\u0007\r\nok\u202e';
    const { world } = await setUp({ item: () => ({ status: 400, type: 'document_parsing_exception', reason }) });
    await world.put(world.records(1));
    await world.pass(2 * SECOND);
    const row = await world.logs.store.read.selectFrom('forward_refusals').select('error').executeTakeFirst();
    expect(row?.error).toBe('400 document_parsing_exception: failed to parse:  [2J ]0;owned ok');
  });

  it('is sent a record twice, as after a crash, and has it once', async () => {
    const { world, receiver } = await setUp();
    await world.put(world.records(3));
    await world.pass(2 * SECOND);
    await world.forwards.find('siem')?.backfill(0);
    await world.pass(2 * SECOND);
    expect(receiver.requests.length).toBeGreaterThan(1);
    expect(receiver.documents.size).toBe(3);
    expect(await world.state()).toMatchObject({ refused: 0, waiting: 0, failing: null });
  });

  it('refuses one document, throttles another, and takes the rest: each has its own answer', async () => {
    let throttled = true;
    const { world, receiver } = await setUp({
      item: (id) => {
        const reason = 'failed to parse field';
        if (id === idOf(2)) return { status: 400, type: 'document_parsing_exception', reason };
        if (id === idOf(3) && throttled)
          return { status: 429, type: 'es_rejected_execution_exception', reason: 'full' };
        return undefined;
      },
    });
    await world.put(world.records(4));
    await world.pass(2 * SECOND);
    expect(receiver.documents.size).toBe(2);
    expect((await world.state()).failing).toMatchObject({ reason: 'throttled' });
    throttled = false;
    await world.pass(20 * SECOND);
    // What was taken or refused is not sent again.
    expect(receiver.requests.at(-1)?.body.split('\n').filter(Boolean)).toHaveLength(2);
    expect(await world.state()).toMatchObject({ sent: 3, refused: 1, setAside: 1, waiting: 0, failing: null });
    const row = await world.logs.store.read.selectFrom('forward_refusals').select('error').executeTakeFirst();
    expect(row?.error).toBe('400 document_parsing_exception: failed to parse field');
  });

  it.each(TROUBLES)('that answers with %s makes the records wait', async (_what, options, reason) => {
    const { world } = await setUp(options);
    await world.put(world.records(2));
    await world.pass(3 * SECOND);
    expect(await world.state()).toMatchObject({ sent: 0, refused: 0, waiting: 2, failing: { reason } });
  });

  it('that takes less in one request gets it in parts', async () => {
    const { world, receiver } = await setUp();
    receiver.options.instead = (): SiemAnswer =>
      (receiver.requests.at(-1)?.body ?? '').length > 10_000 ? 413 : undefined;
    await world.put(world.records(20));
    await world.pass(3 * SECOND);
    expect(receiver.documents.size).toBe(20);
    expect(await world.state()).toMatchObject({ sent: 20, refused: 0 });
  });
});
