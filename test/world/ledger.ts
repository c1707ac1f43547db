import { expect } from 'vitest';
import type { World } from './world.ts';

/** A batch whose sender never heard whether it was taken. */
interface Doubt {
  readonly ids: readonly string[];
  readonly roots: number;
}

/**
 * What the outside knows to have been accepted, held against the store after every step. A batch in
 * doubt must be there whole or not at all.
 */
export class Ledger {
  events = 0;
  roots = 0;
  /** Publications answered with an id. */
  readonly published = new Set<string>();
  /** Every message there ever was. */
  readonly messages = new Set<string>();
  readonly #world: World;
  #doubts: Doubt[] = [];
  #seenHistory = 0;
  readonly #states = new Map<string, string>();
  readonly #entries = new Map<string, number>();

  constructor(world: World) {
    this.#world = world;
  }

  accepted(ids: readonly string[], roots: number): void {
    this.events += ids.length;
    this.roots += roots;
  }

  doubtful(ids: readonly string[], roots: number): void {
    this.#doubts.push({ ids, roots });
  }

  /** Looks up what became of batches in doubt, once the process lives again. */
  async settleDoubts(): Promise<void> {
    const { engine, caller } = this.#world;
    for (const { ids, roots } of this.#doubts.splice(0)) {
      let found = 0;
      for (const id of ids) {
        const page = await this.#world.call(() =>
          engine.handlers.logs?.FilterLogEvents?.(
            { logGroupName: 'CloudTrail/logs', filterPattern: `{ $.eventID = "${id}" }` },
            caller,
          ),
        );
        expect(page, 'a search must be answered').toBeDefined();
        found += page?.events?.length ?? 0;
      }
      expect([0, ids.length], 'a batch is stored whole or not at all').toContain(found);
      if (found > 0) this.accepted(ids, roots);
    }
  }

  /** The promises that must hold at any moment. */
  async check(): Promise<void> {
    if (this.#doubts.length > 0) await this.settleDoubts();
    const { read } = this.#world.store;
    const sum = async (query: Promise<{ total: number | null }>): Promise<number> => (await query).total ?? 0;

    const stored = await sum(
      read
        .selectFrom('log_chunks')
        .select(({ fn }) => fn.sum<number | null>('count').as('total'))
        .executeTakeFirstOrThrow(),
    );
    expect(stored, 'every accepted event is stored once').toBe(this.events);

    const root = read.selectFrom('metrics').select('id').where('name', '=', 'root-usage');
    const counted = await sum(
      read
        .selectFrom('datapoints')
        .select(({ fn }) => fn.sum<number | null>('sum').as('total'))
        .where('metric_id', 'in', root)
        .executeTakeFirstOrThrow(),
    );
    expect(counted, 'every root event is counted once').toBe(this.roots);

    const evidence = await sum(
      read
        .selectFrom('session_activity')
        .select(({ fn }) => fn.sum<number | null>('events').as('total'))
        .where('metric_id', 'in', root)
        .executeTakeFirstOrThrow(),
    );
    expect(evidence, 'every root event belongs to a sign-in session').toBe(this.roots);
    await this.#checkTransitions();
    await this.#checkOutbox();
  }

  /** Each transition goes on from where the one before ended, and each entry into ALARM has rung. */
  async #checkTransitions(): Promise<void> {
    const { read } = this.#world.store;
    // Only what is new since the last look: history is swept, and a month of it is long.
    const fresh = await read
      .selectFrom('alarm_history')
      .select(['id', 'alarm_name', 'data'])
      .where('type', '=', 'StateUpdate')
      .where('id', '>', this.#seenHistory)
      .orderBy('id')
      .execute();
    for (const { id, alarm_name, data } of fresh) {
      const { oldState, newState } = JSON.parse(data) as Record<string, { stateValue: string }>;
      const before = this.#states.get(alarm_name) ?? 'INSUFFICIENT_DATA';
      expect(oldState?.stateValue, `${alarm_name} goes on from where it was`).toBe(before);
      expect(newState?.stateValue).not.toBe(before);
      this.#states.set(alarm_name, newState?.stateValue ?? '');
      if (newState?.stateValue === 'ALARM') this.#entries.set(alarm_name, (this.#entries.get(alarm_name) ?? 0) + 1);
      this.#seenHistory = id;
    }
    const rings = await read
      .selectFrom('rings')
      .select(({ fn }) => ['alarm_name', fn.countAll<number>().as('count')])
      .where('kind', '=', 'transition')
      .where('new_state', '=', 'ALARM')
      .groupBy('alarm_name')
      .execute();
    expect(new Map(rings.map((row) => [row.alarm_name, row.count]))).toEqual(this.#entries);
    await this.#checkComposite();
    await this.#checkRepeats();
  }

  /** Nothing is under way between steps: a composite alarm is what its children make it. */
  async #checkComposite(): Promise<void> {
    const states = await this.#world.store.read.selectFrom('alarms').select(['name', 'state']).execute();
    const stateOf = (name: string) => states.find((alarm) => alarm.name === name)?.state;
    const isUp = [stateOf('as-printed'), stateOf('every-session')].includes('ALARM');
    expect(stateOf('composite'), 'the composite alarm follows its children').toBe(isUp ? 'ALARM' : 'OK');
  }

  /** Repeated rings come for none but the alarm that asks for them, and never two at once. */
  async #checkRepeats(): Promise<void> {
    const repeats = await this.#world.store.read
      .selectFrom('rings')
      .select(['alarm_name', 'at'])
      .where('kind', '=', 'repeat')
      .where('at', '>=', this.#world.clock.now() - 86_400_000)
      .orderBy('at')
      .execute();
    repeats.forEach(({ alarm_name, at }, i) => {
      expect(alarm_name).toBe('repeated');
      expect(at).toBeGreaterThan(repeats[i - 1]?.at ?? 0);
    });
  }

  /** Every message has one delivery for each of its subscribers, and every ring its message. */
  async #checkOutbox(): Promise<void> {
    const { read } = this.#world.store;
    // Delivered messages are forgotten after two weeks; what is older than this has been looked at before.
    const recent = this.#world.clock.now() - 7 * 86_400_000;
    const silent = await read
      .selectFrom('rings')
      .leftJoin('messages', 'messages.ring_id', 'rings.id')
      .select('rings.id')
      .where('rings.at', '>', recent)
      // What is silenced is told to nobody.
      .where('rings.silenced_by', 'is', null)
      .where('messages.id', 'is', null)
      .execute();
    expect(silent, 'no ring without its message').toEqual([]);
    const doubled = await read
      .selectFrom('deliveries')
      .select(['message_id', 'subscription_id'])
      .groupBy(['message_id', 'subscription_id'])
      .having(({ fn }) => fn.countAll<number>(), '>', 1)
      .execute();
    expect(doubled, 'one delivery for each message and subscriber').toEqual([]);
    const messages = await read.selectFrom('messages').select('id').where('published_at', '>', recent).execute();
    for (const { id } of messages) this.messages.add(id);
  }
}
