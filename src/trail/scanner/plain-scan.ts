import { compilePattern, PatternSet } from '../../pattern/index.ts';
import { readInflated } from '../documents.ts';
import { inflated } from '../inflate.ts';
import { type OnMatch, type ScanOutcome, Tally } from './scan-outcome.ts';
import type { Scanner } from './scanner.ts';
import { untilFailure } from './until-failure.ts';

/** Parses every record with JSON.parse and judges it: slow, and what the fast scanner is measured by. */
export class PlainScanner implements Scanner {
  readonly #patterns: PatternSet<number>;
  readonly #count: number;

  constructor(patterns: readonly string[]) {
    this.#patterns = new PatternSet(patterns.map((text, id) => ({ id, compiled: compilePattern(text) })));
    this.#count = patterns.length;
  }

  async scan(content: Uint8Array | AsyncIterable<Uint8Array>, onMatch?: OnMatch): Promise<ScanOutcome> {
    const tally = new Tally(this.#count);
    const source = content instanceof Uint8Array ? [content] : content;
    const items = readInflated(counted(inflated(untilFailure(source, tally)), tally));
    for await (const item of items) {
      if (item.kind === 'damage') {
        tally.addDamage(item);
        continue;
      }
      tally.records += 1;
      const matching = this.#patterns.matching(item.text);
      if (matching.length === 0) continue;
      tally.addMatch(matching);
      onMatch?.(item.text, matching);
    }
    return tally.outcome();
  }
}

async function* counted(content: AsyncIterable<Buffer>, tally: Tally): AsyncGenerator<Buffer> {
  for await (const chunk of content) {
    tally.bytes += chunk.length;
    yield chunk;
  }
}
