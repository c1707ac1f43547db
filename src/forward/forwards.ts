import type { ChainContext } from '../chain/context.ts';
import { type ForwardState, stateOf } from './forward-states.ts';
import { type ForwardPlan, ForwardRunner } from './runner.ts';

/** All forwards of an engine. */
export class Forwards {
  readonly #context: ChainContext;
  readonly #runners: ReadonlyMap<string, ForwardRunner>;

  constructor(context: ChainContext, plans: readonly ForwardPlan[]) {
    this.#context = context;
    this.#runners = new Map(plans.map((plan) => [plan.name, new ForwardRunner(context, plan)]));
  }

  /** Takes every forward up where it was. One that the settings do not name any more keeps its place and holds nothing. */
  async start(): Promise<void> {
    const { store } = this.#context;
    const idle = await store.read.selectFrom('forwards').select('name').where('active', '=', 1).execute();
    const gone = idle.map(({ name }) => name).filter((name) => !this.#runners.has(name));
    if (gone.length > 0)
      await store.write(({ db }) => db.updateTable('forwards').set({ active: 0 }).where('name', 'in', gone).execute());
    for (const runner of this.#runners.values()) await runner.start();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#runners.values()].map((runner) => runner.stop()));
  }

  async idle(): Promise<void> {
    await Promise.all([...this.#runners.values()].map((runner) => runner.idle()));
  }

  find(name: string): ForwardRunner | undefined {
    return this.#runners.get(name);
  }

  async states(): Promise<ForwardState[]> {
    if (this.#runners.size === 0) return [];
    const { store, clock } = this.#context;
    const rows = await store.read.selectFrom('forwards').selectAll().execute();
    const counts = await store.read
      .selectFrom('forward_refusals')
      .select(({ fn }) => ['forward', fn.countAll<number>().as('count')])
      .groupBy('forward')
      .execute();
    const setAside = new Map(counts.map(({ forward, count }) => [forward, count]));
    const states: ForwardState[] = [];
    for (const row of rows) {
      const runner = this.#runners.get(row.name);
      if (runner) states.push(await stateOf(runner.plan, row, setAside.get(row.name) ?? 0, clock.now()));
    }
    return states.sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}
