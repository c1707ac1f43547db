import { FakeClock } from '../../src/base/fake-clock.ts';
import { noFaults } from '../../src/base/faults.ts';
import { seededIds } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import type { Channels, Outcome, Outgoing } from '../../src/chain/channels/channel.ts';
import type { ChainContext } from '../../src/chain/context.ts';
import { type Deliveries, startDeliveries } from '../../src/chain/deliveries/worker.ts';
import { Signals } from '../../src/chain/signals.ts';
import { confirmSubscription } from '../../src/chain/topics/confirm.ts';
import type { Publication } from '../../src/chain/topics/publication.ts';
import { publisher } from '../../src/chain/topics/publish.ts';
import { subscribe } from '../../src/chain/topics/subscribe.ts';
import { createTopic } from '../../src/chain/topics/topics.ts';
import type { Store } from '../../src/store/store.ts';

export const NOON = Date.UTC(2026, 2, 4, 12);
export const OWNER = { account: '111122223333', region: 'eu-west-1' };
export const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:security';

/** The notification end of the chain on a store, with a clock that moves only when told to. */
export class NoticeWorld {
  readonly store: Store;
  readonly clock = new FakeClock(NOON);
  readonly ctx: ChainContext;
  readonly logged: string[] = [];
  readonly publish;
  worker: Deliveries | undefined;

  constructor(store: Store, context: Partial<ChainContext> = {}) {
    this.store = store;
    this.ctx = {
      store,
      clock: this.clock,
      ids: seededIds(11),
      log: { ...silentLog, error: (_fields, message) => this.logged.push(message) },
      signals: new Signals(),
      reach: noFaults,
      ...context,
    };
    this.publish = publisher(this.ctx);
  }

  async topic(attributes: Record<string, string> = {}, tags: Record<string, string> = {}): Promise<string> {
    const list = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    return (await createTopic(this.ctx, { ...OWNER, name: 'security', attributes, tags: list })).arn;
  }

  /** Subscribes, and confirms without a message. */
  async subscribe(protocol: string, endpoint: string, attributes: Record<string, string> = {}) {
    const made = await this.ask(protocol, endpoint, attributes);
    if (made.status === 'confirmed') return made;
    return confirmSubscription(this.ctx, { token: made.token, topicArn: TOPIC, caller: OWNER });
  }

  /** Subscribes without confirming. */
  ask(protocol: string, endpoint: string, attributes: Record<string, string> = {}) {
    const principal = 'arn:aws:iam::111122223333:root';
    return subscribe(this.ctx, OWNER, { topicArn: TOPIC, protocol, endpoint, attributes, principal });
  }

  async say(message: string, more: Partial<Publication> = {}): Promise<string> {
    const published = await this.store.write((tx) => this.publish(tx, { topicArn: TOPIC, message, ...more }));
    if ('failure' in published) throw new Error(published.failure);
    return published.messageId;
  }

  deliveries() {
    return this.store.read.selectFrom('deliveries').selectAll().orderBy('id').execute();
  }

  start(channels: Channels): Deliveries {
    this.worker = startDeliveries(this.ctx, channels);
    return this.worker;
  }

  /** Lets time pass, and whatever it brings come to an end. */
  async pass(milliseconds: number): Promise<void> {
    await this.clock.advance(milliseconds);
    await this.worker?.idle();
  }
}

/** A channel that does as it is told and writes down what it was given. */
export class ScriptedChannel implements Channels {
  readonly seen: Outgoing[] = [];
  answer: (outgoing: Outgoing) => Outcome | Promise<Outcome> = () => ({ result: 'delivered' });

  async deliver(outgoing: Outgoing): Promise<Outcome> {
    this.seen.push(outgoing);
    return this.answer(outgoing);
  }

  async deadLetter({ message }: Outgoing) {
    return { body: `dead: ${message.text}`, attributes: {}, system: {} };
  }

  texts(): string[] {
    return this.seen.map(({ message }) => message.text);
  }
}

export const failing = (reason: 'server-error' | 'timeout' = 'server-error'): Outcome => ({
  result: 'retry',
  reason,
  text: 'The endpoint answered 500',
});
