import { FakeClock } from '../../src/base/fake-clock.ts';
import { noFaults } from '../../src/base/faults.ts';
import { seededIds } from '../../src/base/ids.ts';
import { type Log, silentLog } from '../../src/base/log.ts';
import { AlarmStage } from '../../src/chain/alarms/alarm-stage.ts';
import { findAlarm, putAlarm, setAlarmState } from '../../src/chain/alarms/alarms.ts';
import { type AlarmParameters, defineAlarm } from '../../src/chain/alarms/definition.ts';
import type { EvidenceFor, EvidenceQuery } from '../../src/chain/alarms/evidence.ts';
import { readHistory } from '../../src/chain/alarms/history.ts';
import type { AlarmState } from '../../src/chain/alarms/rule.ts';
import type { ChainContext } from '../../src/chain/context.ts';
import { createPutData, createRecordSamples } from '../../src/chain/metrics/record-samples.ts';
import { setOf } from '../../src/chain/metrics/statistic.ts';
import { Signals } from '../../src/chain/signals.ts';
import type { Publication, Publish } from '../../src/chain/topics/publication.ts';
import type { Store } from '../../src/store/store.ts';

export const SCOPE = { account: '111122223333', region: 'eu-west-1' };
export const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:security';
/** A whole hour, and five seconds into a minute no judgement may fall. */
export const START = Date.UTC(2026, 2, 4, 10);
const SECOND = 1_000;

export const ROOT: AlarmParameters = {
  AlarmName: 'root-used',
  Namespace: 'CISBenchmark',
  MetricName: 'RootUse',
  Statistic: 'Sum',
  Period: 300,
  EvaluationPeriods: 1,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  AlarmActions: [TOPIC],
};

/** The alarms' end of the chain on a store: data go in by hand, what is published is written down. */
export class AlarmsWorld {
  readonly clock = new FakeClock(START);
  readonly context: ChainContext;
  readonly published: Publication[] = [];
  readonly asked: EvidenceQuery[] = [];
  readonly errors: object[] = [];
  /** What publishing answers; a message id when undefined. */
  failure: string | undefined;
  /** Sessions that the evidence names, where a query does not name any. */
  sessions: string[] = [];
  readonly publish: Publish;
  readonly evidenceFor: EvidenceFor;
  #stage: AlarmStage;

  constructor(store: Store) {
    const log: Log = { ...silentLog, error: (fields) => void this.errors.push(fields) };
    this.context = {
      store,
      clock: this.clock,
      ids: seededIds(3),
      log,
      signals: new Signals(),
      reach: noFaults,
    };
    this.publish = async (_tx, publication) => {
      if (this.failure !== undefined) return { failure: this.failure };
      this.published.push(publication);
      return { messageId: `m${this.published.length}` };
    };
    this.evidenceFor = async (_db, query) => {
      this.asked.push(query);
      const sessions = [...(query.sessions ?? this.sessions)];
      return { headline: `Root of ${sessions.join(', ')}`, detail: { total: sessions.length }, text: 'who', sessions };
    };
    this.#stage = new AlarmStage(this.context, this);
    this.#stage.start();
  }

  get deps() {
    const { ids, signals } = this.context;
    return { ids, signals, publish: this.publish, evidenceFor: this.evidenceFor };
  }

  /** Ends the stage and starts another on the same store, as a restart does. */
  async restart(): Promise<void> {
    await this.#stage.stop();
    this.#stage = new AlarmStage(this.context, this);
    this.#stage.start();
    await this.#stage.idle();
  }

  /** Resolves once nothing is under way. */
  async settled(): Promise<void> {
    await this.#stage.idle();
  }

  async stop(): Promise<void> {
    await this.#stage.stop();
  }

  async put(parameters: AlarmParameters, tags: Record<string, string> = {}): Promise<void> {
    const definition = defineAlarm(parameters);
    const actionsEnabled = parameters.ActionsEnabled !== false;
    const now = this.clock.now();
    await this.context.store.write((tx) => putAlarm(tx, SCOPE, { definition, actionsEnabled, tags }, now));
    this.context.signals.raise('alarms');
    await this.#stage.idle();
  }

  async setState(state: AlarmState, reason = 'drill'): Promise<void> {
    const now = this.clock.now();
    const forced = { state, reason, reasonData: null };
    await this.context.store.write((tx) => setAlarmState(tx, this.deps, SCOPE, 'root-used', forced, now));
    await this.#stage.idle();
  }

  /** One sample as a metric filter counts it; now unless given. */
  async count(value = 1, at = this.clock.now(), name = 'RootUse'): Promise<number> {
    const sample = { scope: SCOPE, namespace: 'CISBenchmark', name, dimensions: [], at, value, unit: 'None' };
    const [id] = await this.context.store.write((tx) => createRecordSamples(this.context)(tx, [sample]));
    await this.#stage.idle();
    return id!;
  }

  /** One sample as PutMetricData brings it. */
  async putData(value: number, at = this.clock.now()): Promise<void> {
    const metric = { scope: SCOPE, namespace: 'CISBenchmark', name: 'RootUse', dimensions: [] };
    const datum = { ...metric, at, unit: 'None', samples: setOf(value), resolution: 60 };
    await this.context.store.write((tx) => createPutData(this.context)(tx, [datum]));
    await this.#stage.idle();
  }

  async run(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      await this.clock.advance(SECOND);
      await this.#stage.idle();
    }
  }

  async alarm() {
    const alarm = await findAlarm(this.context.store.read, SCOPE, 'root-used');
    if (!alarm) throw new Error('No alarm');
    return alarm;
  }

  /** Summaries of the history, oldest first. */
  async history(type?: string): Promise<string[]> {
    const rows = await readHistory(this.context.store.read, {
      scope: SCOPE,
      kinds: ['metric', 'composite'],
      type,
      order: 'asc',
      limit: 1_000,
    });
    return rows.map(({ summary }) => summary);
  }

  rings() {
    return this.context.store.read.selectFrom('rings').selectAll().orderBy('at').execute();
  }

  /** A filter that counts the constant `value`, so that data to come are known. */
  async filter(value: string, defaultValue?: number): Promise<void> {
    const { db } = { db: this.context.store };
    await db.write(async (tx) => {
      const { id } = await tx.db
        .insertInto('log_groups')
        .values({
          ...SCOPE,
          name: 'trail',
          class: 'STANDARD',
          created_at: START,
          retention_days: null,
          tags: '{}',
          kms_key: null,
          filters_revision: 1,
          stored_bytes: 0,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      const transformation = JSON.stringify({
        metricName: 'RootUse',
        metricNamespace: 'CISBenchmark',
        metricValue: value,
        ...(defaultValue !== undefined && { defaultValue }),
      });
      await tx.db
        .insertInto('metric_filters')
        .values({ group_id: id, name: 'root', pattern: '', transformation, options: '{}', created_at: START })
        .execute();
    });
  }

  /** Activity of a sign-in session in a metric, now. */
  async session(id: string, metricId: number): Promise<void> {
    const now = this.clock.now();
    const activity = { session_id: id, metric_id: metricId, events: 1, first_at: now, last_at: now, facts: '{}' };
    await this.context.store.write(async (tx) => {
      await tx.db.insertInto('session_activity').values(activity).execute();
    });
  }
}
