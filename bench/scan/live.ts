import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { compilePattern, PatternSet } from '../../src/pattern/index.ts';
import { openStore } from '../../src/store/store.ts';
import { LogsWorld } from '../../test/chain/logs-world.ts';

/** Events of a PutLogEvents call. */
const EVENTS = 500;
const BATCHES = 40;

export interface Live {
  /** Bytes of the calls' bodies. */
  readonly bytes: number;
  /** What everyone must do. */
  parse(): void;
  /** What the engine does before it stores. */
  judge(): void;
  /** Appends the messages to a file, durably batch by batch. */
  append(): void;
  /** Stores and judges them, durably batch by batch. */
  store(): Promise<void>;
  close(): Promise<void>;
}

/** The same records as calls of PutLogEvents, as they come alive. */
export async function liveCalls(
  folder: string,
  messages: readonly string[],
  patterns: readonly string[],
): Promise<Live> {
  const batches = Array.from({ length: BATCHES }, (_, i) =>
    Array.from({ length: EVENTS }, (_, n) => messages[(i * EVENTS + n) % messages.length] as string),
  );
  const bodies = batches.map((batch) =>
    Buffer.from(
      JSON.stringify({
        logGroupName: 'CloudTrail/logs',
        logStreamName: 'one',
        logEvents: batch.map((message, n) => ({ timestamp: 1_700_000_000_000 + n, message })),
      }),
    ),
  );
  const set = new PatternSet(patterns.map((text, id) => ({ id, compiled: compilePattern(text) })));
  const database = await openStore(join(folder, 'live.db'));
  const world = new LogsWorld(database);
  await world.makeGroup();
  for (const [i, pattern] of patterns.entries()) await world.putFilter(`cis-${i}`, pattern);
  const parsed = (body: Buffer) => JSON.parse(body.toString()) as { logEvents: { message: string }[] };
  const file = openSync(join(folder, 'live.log'), 'a');
  return {
    bytes: bodies.reduce((sum, { length }) => sum + length, 0),
    parse: () => {
      for (const body of bodies) parsed(body);
    },
    judge: () => {
      for (const body of bodies) for (const { message } of parsed(body).logEvents) set.matching(message);
    },
    append: () => {
      for (const batch of batches) {
        writeSync(file, batch.join('\n'));
        fdatasyncSync(file);
      }
    },
    store: async () => {
      for (const batch of batches) await world.put(batch);
      world.batches.length = 0;
      world.samples.length = 0;
    },
    close: async () => {
      closeSync(file);
      await database.close();
    },
  };
}
