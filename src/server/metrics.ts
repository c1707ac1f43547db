import { Hono } from 'hono';
import { Counter, Gauge, Registry } from 'prom-client';
import type { AttemptCounters } from '../chain/deliveries/attempt-counters.ts';
import type { HealthSettings } from '../chain/health/chain-states.ts';
import type { ForwardState } from '../forward/forward-states.ts';
import type { IntakeState } from '../intake/fetch/intake-state.ts';
import type { IntakeStats } from '../intake/intake-counters.ts';
import type { Store } from '../store/store.ts';
import { addChainGauges } from './chain-gauges.ts';
import { addForwardMetrics } from './forward-metrics.ts';
import { addIntakeGauges } from './intakes/intake-gauges.ts';
import type { OwnChains } from './own-chains/own-chains.ts';

export interface MetricsSettings {
  readonly store: Store;
  readonly health: () => HealthSettings;
  readonly own: OwnChains;
  readonly attempts: AttemptCounters;
  readonly forwards: () => Promise<readonly ForwardState[]>;
  /** By the name of the intake. */
  readonly intakes: () => Readonly<Record<string, IntakeStats>>;
  /** Of the doors for pushed records: requests by the status of their answers. */
  readonly pushAnswers: () => ReadonlyMap<number, number>;
  /** AWS calls whose bodies there was no room for. */
  readonly callsWithoutRoom: () => number;
  /** Connections of syslog senders that were not taken, by why. */
  readonly syslogTurnedAway: () => Readonly<Record<string, number>>;
  /** Of the intakes that fetch. */
  readonly states: () => readonly IntakeState[];
}

/** `GET /metrics` for Prometheus. Figures are read from the store when they are asked for. */
export function metricsPage(settings: MetricsSettings): Hono {
  const { store, health, own, attempts, forwards, intakes, pushAnswers, callsWithoutRoom, syslogTurnedAway, states } =
    settings;
  const registry = new Registry();
  const gauge = (name: string, help: string, labelNames: string[], read: (gauge: Gauge) => Promise<void>) =>
    new Gauge({
      name,
      help,
      labelNames,
      registers: [registry],
      async collect() {
        this.reset();
        await read(this);
      },
    });

  addChainGauges(registry, store, health, own);
  addForwardMetrics(registry, forwards);
  addIntakeGauges(registry, store, states);
  gauge('trailbell_alarms', 'Alarms by state', ['state'], async (g) => {
    const rows = await store.read
      .selectFrom('alarms')
      .select(({ fn }) => ['state', fn.countAll<number>().as('count')])
      .groupBy('state')
      .execute();
    for (const { state, count } of rows) g.set({ state }, count);
  });
  gauge('trailbell_deliveries', 'Deliveries by status and last failure', ['status', 'reason'], async (g) => {
    const rows = await store.read
      .selectFrom('deliveries')
      .select(({ fn }) => ['status', 'reason', fn.countAll<number>().as('count')])
      .groupBy(['status', 'reason'])
      .execute();
    for (const { status, reason, count } of rows) g.set({ status, reason: reason ?? '' }, count);
  });
  gauge('trailbell_rings', 'Rings kept, by alarm', ['alarm'], async (g) => {
    const rows = await store.read
      .selectFrom('rings')
      .select(({ fn }) => ['alarm_name', fn.countAll<number>().as('count')])
      .groupBy('alarm_name')
      .execute();
    for (const { alarm_name, count } of rows) g.set({ alarm: alarm_name }, count);
  });
  gauge(
    'trailbell_failing_endpoints',
    'Subscriptions whose last delivery failed',
    ['protocol', 'reason'],
    async (g) => {
      const rows = await store.read
        .selectFrom('subscriptions')
        .select(({ fn }) => ['protocol', 'failing_reason', fn.countAll<number>().as('count')])
        .where('failing_since', 'is not', null)
        .groupBy(['protocol', 'failing_reason'])
        .execute();
      for (const { protocol, failing_reason, count } of rows) g.set({ protocol, reason: failing_reason ?? '' }, count);
    },
  );
  new Counter({
    name: 'trailbell_delivery_attempts_total',
    help: 'Attempts to deliver since the start, by how they ended and why',
    labelNames: ['protocol', 'result', 'reason'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { protocol, result, reason, count } of attempts.list()) this.inc({ protocol, result, reason }, count);
    },
  });
  new Counter({
    name: 'trailbell_intake_records_total',
    help: 'Records since the start: records = stored + duplicates + filtered + refused + failed, and what is under way',
    labelNames: ['intake', 'outcome'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [intake, stats] of Object.entries(intakes())) {
        const { records, stored, duplicates, filtered, refused, failed } = stats;
        for (const [outcome, count] of Object.entries({ records, stored, duplicates, filtered, refused, failed })) {
          this.inc({ intake, outcome }, count);
        }
      }
    },
  });
  new Counter({
    name: 'trailbell_push_requests_total',
    help: 'Requests that pushed records since the start, by the status of their answers; 503: there was no room',
    labelNames: ['status'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [status, count] of pushAnswers()) this.inc({ status }, count);
    },
  });
  new Counter({
    name: 'trailbell_calls_without_room_total',
    help: 'AWS calls since the start that were answered 503, as there was no room for their bodies',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(callsWithoutRoom());
    },
  });
  new Counter({
    name: 'trailbell_syslog_turned_away_total',
    help: 'Connections of syslog senders since the start that were not taken: network, full, tls',
    labelNames: ['reason'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [reason, count] of Object.entries(syslogTurnedAway())) this.inc({ reason }, count);
    },
  });
  return new Hono().get('/metrics', async (c) =>
    c.body(await registry.metrics(), 200, { 'content-type': registry.contentType }),
  );
}
