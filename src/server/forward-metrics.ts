import { Counter, Gauge, type Registry } from 'prom-client';
import type { ForwardState } from '../forward/forward-states.ts';

/** What forwards have done and what waits for them, for Prometheus. Read when it is asked for. */
export function addForwardMetrics(registry: Registry, states: () => Promise<readonly ForwardState[]>): void {
  let reading: Promise<readonly ForwardState[]> | undefined;
  /** One look at the store for all series, which are asked for at the same time. */
  const once = (): Promise<readonly ForwardState[]> => {
    reading ??= states().finally(() => {
      reading = undefined;
    });
    return reading;
  };
  new Counter({
    name: 'trailbell_forward_records_total',
    help: 'Records by what became of them; together with those that wait, all there were since the forward began',
    labelNames: ['forward', 'outcome'],
    registers: [registry],
    async collect() {
      const all = await once();
      this.reset();
      for (const { name: forward, sent, refused, leftOut, lost } of all)
        for (const [outcome, count] of Object.entries({ sent, refused, left_out: leftOut, lost }))
          this.inc({ forward, outcome }, count);
    },
  });
  const gauges: readonly [string, string, (state: ForwardState) => number][] = [
    ['trailbell_forward_waiting', 'Records that wait to be sent', ({ waiting }) => waiting],
    ['trailbell_forward_lag_seconds', 'Age of the oldest record that waits', ({ lag }) => lag / 1_000],
    ['trailbell_forward_failing', '1 while the last attempt to send failed', ({ failing }) => (failing ? 1 : 0)],
    ['trailbell_forward_set_aside', 'Refused records that are set aside', ({ setAside }) => setAside],
  ];
  for (const [name, help, read] of gauges)
    new Gauge({
      name,
      help,
      labelNames: ['forward'],
      registers: [registry],
      async collect() {
        const all = await once();
        this.reset();
        for (const state of all) this.set({ forward: state.name }, read(state));
      },
    });
}
