import { Counter, Gauge, type Registry } from 'prom-client';
import { type IntakeState, labelOf } from '../../intake/fetch/intake-state.ts';
import { isSetAside } from '../../intake/object-marks.ts';
import type { Store } from '../../store/store.ts';

/** How intakes fare, for Prometheus: what they read, how far they are behind, and what stops them. */
export function addIntakeGauges(
  registry: Registry,
  store: Pick<Store, 'read'>,
  states: () => readonly IntakeState[],
): void {
  const gauge = (
    name: string,
    help: string,
    labelNames: string[],
    read: (gauge: Gauge, state: IntakeState) => void,
  ): Gauge =>
    new Gauge({
      name,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset();
        for (const state of states()) read(this, state);
      },
    });
  new Counter({
    name: 'trailbell_intake_objects_total',
    help: 'Objects or messages since the start',
    labelNames: ['intake', 'outcome'],
    registers: [registry],
    collect() {
      this.reset();
      for (const state of states()) {
        this.inc({ intake: labelOf(state), outcome: 'read' }, state.objects.read);
        this.inc({ intake: labelOf(state), outcome: 'set_aside' }, state.objects.setAside);
      }
    },
  });
  gauge('trailbell_intake_waiting_objects', 'Objects that are known and not read', ['intake'], (g, state) =>
    g.set({ intake: labelOf(state) }, state.objects.waiting),
  );
  gauge(
    'trailbell_intake_newest_event_timestamp_seconds',
    'When the newest event that an intake brought happened',
    ['intake'],
    (g, state) => {
      if (state.newestEventAt !== null) g.set({ intake: labelOf(state) }, state.newestEventAt / 1_000);
    },
  );
  gauge(
    'trailbell_intake_oldest_unread_timestamp_seconds',
    'When the oldest object that is known and not read was delivered; missing where there is none',
    ['intake'],
    (g, state) => {
      if (state.oldestUnreadAt !== null) g.set({ intake: labelOf(state) }, state.oldestUnreadAt / 1_000);
    },
  );
  gauge('trailbell_intake_lagging', 'Whether an intake is further behind than it may', ['intake'], (g, state) =>
    g.set({ intake: labelOf(state) }, state.isLagging ? 1 : 0),
  );
  gauge('trailbell_intake_failing', 'Intakes that cannot read, by why; 1 each', ['intake', 'kind'], (g, state) => {
    if (state.trouble) g.set({ intake: labelOf(state), kind: state.trouble.kind }, 1);
  });
  new Gauge({
    name: 'trailbell_intake_set_aside_objects',
    help: 'Files and objects that are damaged or could not be read, by where they come from',
    labelNames: ['source'],
    registers: [registry],
    async collect() {
      this.reset();
      const rows = await store.read
        .selectFrom('intake_objects')
        .select(({ fn }) => ['source', fn.countAll<number>().as('count')])
        .where(isSetAside)
        .groupBy('source')
        .execute();
      for (const { source, count } of rows) this.set({ source }, count);
    },
  });
}
