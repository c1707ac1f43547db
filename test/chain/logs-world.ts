import { FakeClock } from '../../src/base/fake-clock.ts';
import { noFaults } from '../../src/base/faults.ts';
import { seededIds } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import type { Scope } from '../../src/base/scope.ts';
import type { ChainContext } from '../../src/chain/context.ts';
import { type AcceptEvents, createAcceptEvents, type LogBatch } from '../../src/chain/logs/accept-events.ts';
import { type EventQuery, EventReader, type StoredEvent } from '../../src/chain/logs/event-reader.ts';
import { createForwardEvents } from '../../src/chain/logs/forward-events.ts';
import { createLogGroup, getLogGroup } from '../../src/chain/logs/log-groups.ts';
import { createLogStream } from '../../src/chain/logs/log-streams.ts';
import type { MetricFilterOptions, MetricTransformation } from '../../src/chain/logs/metric-filter.ts';
import { putMetricFilter } from '../../src/chain/logs/metric-filters.ts';
import type { MetricSample, RecordSamples } from '../../src/chain/logs/next-stages.ts';
import type { CountedBatch } from '../../src/chain/matches/counted-event.ts';
import { createRecordMatches } from '../../src/chain/matches/record-matches.ts';
import { createRecordSamples } from '../../src/chain/metrics/record-samples.ts';
import { Signals } from '../../src/chain/signals.ts';
import type { Store } from '../../src/store/store.ts';

export const NOON = Date.UTC(2026, 2, 1, 12);
export const MINUTE = 60_000;
export const SCOPE: Scope = { account: '111122223333', region: 'eu-west-1' };
export const GROUP = 'CloudTrail/logs';
export const STREAM = 'one';

/** Logs and matches on a store. */
export class LogsWorld {
  readonly store: Store;
  readonly clock = new FakeClock(NOON);
  readonly context: ChainContext;
  readonly samples: MetricSample[] = [];
  readonly batches: CountedBatch[] = [];
  readonly accept: AcceptEvents;
  readonly recordSamples: RecordSamples;
  /** The group that the short forms below act on. */
  group = GROUP;
  readonly #metrics = new Map<string, number>();

  /** With `real` metrics the samples reach datapoints; otherwise they are written down only. */
  constructor(store: Store, metrics: 'real' | 'noted' = 'noted') {
    this.store = store;
    const base = { clock: this.clock, ids: seededIds(7), log: silentLog, signals: new Signals(), reach: noFaults };
    this.context = { store, ...base };
    const real = createRecordSamples(this.context);
    this.recordSamples = async (tx, samples) => {
      this.samples.push(...samples);
      return metrics === 'real' ? real(tx, samples) : samples.map((sample) => this.#metricOf(sample));
    };
    const recordMatches = createRecordMatches(this.context);
    this.accept = createAcceptEvents(this.context, {
      forwardEvents: createForwardEvents(this.context),
      recordSamples: this.recordSamples,
      recordMatches: async (tx, batch) => {
        this.batches.push(batch);
        await recordMatches(tx, batch);
      },
    });
  }

  #metricOf({ scope, namespace, name, dimensions }: MetricSample): number {
    const key = JSON.stringify([scope, namespace, name, dimensions]);
    const id = this.#metrics.get(key) ?? this.#metrics.size + 1;
    this.#metrics.set(key, id);
    return id;
  }

  /** Makes the usual group with its usual stream. */
  async makeGroup(): Promise<void> {
    await this.store.write(async (tx) => {
      const group = await createLogGroup(tx, SCOPE, { name: this.group }, this.clock.now());
      await createLogStream(tx, group, STREAM, this.clock.now());
    });
  }

  async putFilter(
    name: string,
    pattern: string,
    transformation: Partial<MetricTransformation> = {},
    options: MetricFilterOptions = { applyOnTransformedLogs: false },
  ): Promise<void> {
    const whole = { metricName: name, metricNamespace: 'Test', metricValue: '1', ...transformation };
    const draft = { name, pattern, transformation: whole, options };
    await this.store.write(async (tx) =>
      putMetricFilter(tx, await getLogGroup(tx.db, SCOPE, this.group), draft, this.clock.now()),
    );
  }

  /** Accepts messages that happened at one time; now unless given. */
  put(messages: readonly string[], { at = this.clock.now(), ...rest }: { at?: number } & Partial<LogBatch> = {}) {
    const events = messages.map((message) => ({ at, message }));
    const batch: LogBatch = { scope: SCOPE, group: this.group, stream: STREAM, door: 'aws', events, ...rest };
    return this.store.write((tx) => this.accept(tx, batch));
  }

  /** Reads the usual group to the end. */
  async readAll(query: Partial<EventQuery> = {}): Promise<StoredEvent[]> {
    const group = await getLogGroup(this.store.read, SCOPE, this.group);
    const all = { groupId: group.id, from: 0, until: Number.MAX_SAFE_INTEGER, direction: 'forward' as const };
    const reader = new EventReader(this.store.read, { ...all, ...query });
    const events: StoredEvent[] = [];
    for (let event = await reader.next(); event; event = await reader.next()) events.push(event);
    return events;
  }
}
