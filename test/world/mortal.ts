import type { FaultPoint } from '../../src/base/faults.ts';
import type { Network } from '../../src/base/network.ts';
import type { MailTransport } from '../../src/chain/channels/email/mail.ts';
import type { Store } from '../../src/store/store.ts';

/** Thrown where a dying process would simply not go on. */
export class Death extends Error {}

/** One life of the simulated process: until it dies, at a chosen pass of a chosen point. */
export class Life {
  dead = false;
  /** Resolves when it ends. */
  readonly end: Promise<void>;
  #ended!: () => void;
  #plan: { point: FaultPoint; left: number } | undefined;

  constructor() {
    this.end = new Promise((resolve) => {
      this.#ended = resolve;
    });
  }

  /** Dies at the n-th coming pass of `point`. */
  plan(point: FaultPoint, passes: number): void {
    this.#plan = { point, left: passes };
  }

  kill(): void {
    this.dead = true;
    this.#ended();
  }

  readonly reach = (point: FaultPoint): void => {
    if (this.dead) throw new Death();
    if (this.#plan?.point !== point) return;
    this.#plan.left -= 1;
    if (this.#plan.left > 0) return;
    this.kill();
    // Before the commit, dying takes the work back; after it, what was done stays and nobody hears of it.
    if (point === 'before-commit') throw new Death();
  };
}

const never = <T>(): Promise<T> => new Promise(() => undefined);

/** A store that does nothing more for a process that has died. */
export function mortalStore(store: Store, life: Life): Store {
  return {
    dialect: store.dialect,
    read: store.read,
    close: () => store.close(),
    durable: () => (life.dead ? never() : store.durable()),
    async write(work) {
      if (life.dead) return never();
      try {
        const value = await store.write((tx) => {
          if (life.dead) throw new Death();
          return work({ db: tx.db, onCommit: (action) => tx.onCommit(() => life.dead || action()) });
        });
        return life.dead ? await never() : value;
      } catch (error) {
        return life.dead ? never() : Promise.reject(error);
      }
    },
  };
}

/** A network that a dead process no longer hears from; what it had sent has arrived. */
export function mortalNetwork(network: Network, life: Life): Network {
  return {
    close: () => network.close(),
    async request(request) {
      if (life.dead) return never();
      try {
        const reply = await network.request(request);
        return life.dead ? await never() : reply;
      } catch (error) {
        return life.dead ? never() : Promise.reject(error);
      }
    },
  };
}

export function mortalMail(mail: MailTransport, life: Life): MailTransport {
  return { send: (letter) => (life.dead ? never() : mail.send(letter).then(() => (life.dead ? never() : undefined))) };
}
