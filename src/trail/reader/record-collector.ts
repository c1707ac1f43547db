import { ReadRecord } from '../read-record.ts';
import { accountIn, timeOf } from '../record.ts';
import type { TrailItem } from '../record-item.ts';
import { type Engine, loadEngine } from '../scanner/engine.ts';
import { installGuards } from '../scanner/install-guards.ts';
import { KeyTree } from '../scanner/key-tree.ts';
import { ODD, type Offsets, offsetOf, type RecordTaker } from '../scanner/record-taker.ts';
import type { OnMatch, Tally } from '../scanner/scan-outcome.ts';
import { SlicedValues } from '../scanner/sliced-values.ts';
import { ENVELOPE_MARKS, unwrap } from '../unwrap.ts';

/** What everybody asks of a record. The first four are marks of records, and enough of them. */
const FIELDS = [
  ['eventTime'],
  ['awsRegion'],
  ['eventSource'],
  ['eventName'],
  ['recipientAccountId'],
  ['userIdentity', 'accountId'],
] as const;
const [TIME, REGION, SOURCE, , RECIPIENT, ACCOUNT] = [0, 1, 2, 3, 4, 5] as const;
const MARKS = 4;

/** All records are candidates. */
const EVERY = 1;

/** Gathers all records that an engine comes upon, and parses only those that are unusual. */
export class RecordCollector implements RecordTaker {
  readonly engine: Engine;
  readonly #values: SlicedValues;
  #items: TrailItem[] = [];

  constructor(kind: 'simd' | 'scalar') {
    this.engine = loadEngine(kind);
    const tree = new KeyTree();
    for (const path of FIELDS.slice(0, MARKS)) tree.add(path, 'record mark');
    for (const name of ENVELOPE_MARKS) tree.add([name], 'envelope mark');
    const keys = FIELDS.map((path) => tree.add(path)?.number ?? 0);
    installGuards(this.engine, tree, [{ bit: EVERY, clues: undefined }]);
    this.#values = new SlicedValues(this.engine, keys);
  }

  /** What was gathered since it was last asked. */
  taken(): TrailItem[] {
    const items = this.#items;
    this.#items = [];
    return items;
  }

  judgeCandidates(_tally: Tally, _onMatch: OnMatch | undefined, offsets: Offsets): void {
    const { run, words, bytes, candidatesStart } = this.engine;
    const count = run.candidateCount.value;
    const size = run.candidateSize() >> 2;
    let candidate = candidatesStart >> 2;
    for (let i = 0; i < count; i += 1, candidate += size) {
      if ((words[candidate + 2] as number) >>> ODD) {
        const [start, end] = [words[candidate] as number, words[candidate + 1] as number];
        const text = bytes.toString('utf8', start, end);
        for (const item of unwrap(text, offsetOf(this.engine, start, offsets))) this.#items.push(item);
      } else this.#items.push(this.#record(candidate));
    }
  }

  judgeItems(items: Iterable<TrailItem>): void {
    for (const item of items) this.#items.push(withoutEnd(item));
  }

  #record(candidate: number): ReadRecord {
    const values = this.#values;
    values.use(candidate);
    const account = this.#text(RECIPIENT) ?? this.#text(ACCOUNT);
    const time = timeOf(this.#text(TIME));
    return new ReadRecord(values.text, time, accountIn(account), this.#text(REGION) ?? '', this.#text(SOURCE) ?? '');
  }

  #text(slot: number): string | undefined {
    const value = this.#values.one(slot);
    return typeof value === 'string' ? value : undefined;
  }
}

/** Places are those of a piece that was cut out. */
const withoutEnd = (item: TrailItem): TrailItem =>
  item.kind === 'record' && item.end !== undefined
    ? new ReadRecord(item.text, item.time, item.recipient, item.region, item.source)
    : item;
