import { createHash } from 'node:crypto';
import { readInflated } from '../../trail/documents.ts';
import type { TrailRecord } from '../../trail/record-item.ts';

/** A hash over the texts of records, of any number of them. */
export class RecordHash {
  readonly #hash = createHash('sha256');

  add(records: Iterable<Pick<TrailRecord, 'text'>>): void {
    const texts = Array.from(records, ({ text }) => text);
    if (texts.length > 0) this.#hash.update(`${texts.join('\n')}\n`);
  }

  /** Of those added so far. Half of a SHA-256: told apart are the versions of one object. */
  get text(): string {
    return this.#hash.copy().digest('hex').slice(0, 32);
  }
}

/** Does content begin with `count` records of this hash? Rejects where it cannot be read so far. */
export async function beginsWith(content: AsyncIterable<Buffer>, count: number, hash: string): Promise<boolean> {
  const begin = new RecordHash();
  let left = count;
  for await (const item of readInflated(content)) {
    if (item.kind !== 'record') continue;
    begin.add([item]);
    left -= 1;
    if (left === 0) return begin.text === hash;
  }
  return false;
}
