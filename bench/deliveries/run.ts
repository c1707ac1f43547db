import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BenchEngine, cpuSeconds, own, sns, startEngine } from './engine.ts';
import { BREAKAGES, openReceiver, type Receiver } from './receivers.ts';

export interface RunSettings {
  readonly rings: number;
  readonly subscriptions: number;
  /** Rings a second that are published, whatever becomes of them. */
  readonly rate: number;
  /** Whether every tenth receiver is broken until all rings are published. */
  readonly broken: boolean;
  /** Milliseconds from one `kill -9` to the next. */
  readonly killEvery: number | undefined;
  /** Resolves when rings may be published: with those of the run beside it. */
  readonly begin?: () => Promise<void>;
  /** Is told now and then how many rings are published. */
  readonly onProgress?: (published: number) => void;
}

/** A ring at a receiver that is well. */
export interface Sample {
  /** Milliseconds from the first ring of the run to this one. */
  readonly at: number;
  /** From the call that published it to its arrival. */
  readonly latency: number;
}

export interface RunResult {
  /** Of receivers that are well in every run. */
  readonly samples: readonly Sample[];
  readonly accepted: number;
  /** Calls whose answer was lost with the process. */
  readonly doubtful: number;
  readonly lost: number;
  /** Rings that came under more than one id. */
  readonly renamed: number;
  /** Arrivals beyond the first, under the same id. */
  readonly repeated: number;
  readonly kills: number;
  /** Seconds of CPU of the engine until all was published; of its last life, where it was killed. */
  readonly cpu: number | undefined;
  /** Seconds that publishing took, and that the rest took to arrive once all receivers were well. */
  readonly published: number;
  readonly healed: number;
}

const TICK = 20;
const PROGRESS = 10_000;
/** Calls under way at once where the engine is killed: a client that waits for answers sends no more. */
const AT_ONCE = 32;
const isPatient = (number: number): boolean => number % 10 === 9;

/** One engine, many receivers, one ring after the other at a fixed rate; then all is counted. */
export async function run(settings: RunSettings): Promise<RunResult> {
  const dataDir = await mkdtemp(join(tmpdir(), 'trailbell-bench-'));
  let engine = await startEngine(dataDir);
  try {
    const samples: Sample[] = [];
    let began = 0;
    const arrived = new Map<string, Receiver>();
    const invitations: string[] = [];
    const receivers: Receiver[] = [];
    for (let number = 0; number < settings.subscriptions; number += 1) {
      const receiver = await openReceiver(
        number,
        ({ receiver: at, serial, latency }) => {
          arrived.set(serial, at);
          if (!isPatient(at.number)) samples.push({ at: performance.now() - latency - began, latency });
        },
        (url) => invitations.push(url),
      );
      receivers.push(receiver);
    }
    await subscribeAll(engine, receivers, invitations);
    if (settings.broken) {
      for (const receiver of receivers.filter(({ number }) => isPatient(number))) {
        receiver.breakage = BREAKAGES[Math.floor(receiver.number / 10) % BREAKAGES.length];
      }
    }

    const accepted = new Set<string>();
    let doubtful = 0;
    let kills = 0;
    let over = false;
    /** Resolves once an engine is there: nobody calls one that is known to be down. */
    let up: Promise<unknown> = Promise.resolve();
    const publish = async (serial: number): Promise<void> => {
      const TopicArn = topicOf(serial % settings.subscriptions);
      await up;
      try {
        await sns(engine, { Action: 'Publish', TopicArn, Message: `${serial} ${performance.now()}` });
        accepted.add(String(serial));
      } catch {
        doubtful += 1;
      }
    };
    await settings.begin?.();
    const killing = (async () => {
      while (settings.killEvery !== undefined && !over) {
        await pause(settings.killEvery);
        if (over) return;
        engine.process.kill('SIGKILL');
        const next = engine.gone.then(() => startEngine(dataDir));
        up = next;
        engine = await next;
        kills += 1;
      }
    })();
    began = performance.now();
    let toldAt = began;
    const calls = new Set<Promise<void>>();
    const most = settings.killEvery === undefined ? Number.POSITIVE_INFINITY : AT_ONCE;
    for (let serial = 0; serial < settings.rings; ) {
      const due = Math.min(settings.rings, Math.floor(((performance.now() - began) / 1_000) * settings.rate));
      for (; serial < due && calls.size < most; serial += 1) {
        const call = publish(serial).then(() => void calls.delete(call));
        calls.add(call);
      }
      if (performance.now() - toldAt > PROGRESS) {
        toldAt = performance.now();
        settings.onProgress?.(serial);
      }
      await pause(TICK);
    }
    await Promise.all(calls);
    over = true;
    await killing;
    const published = (performance.now() - began) / 1_000;
    const measured = samples.slice();
    const cpu = await cpuSeconds(engine);

    const healing = performance.now();
    for (const receiver of receivers) receiver.breakage = undefined;
    await requeueAll(engine);
    await until(240_000, () => arrivedAll(accepted, arrived));
    const healed = (performance.now() - healing) / 1_000;
    return {
      samples: measured,
      accepted: accepted.size,
      doubtful,
      lost: [...accepted].filter((serial) => !arrived.has(serial)).length,
      ...repeats(receivers),
      kills,
      cpu,
      published,
      healed,
    };
  } finally {
    engine.process.kill('SIGKILL');
    await engine.gone;
    await rm(dataDir, { recursive: true, force: true });
  }
}

const topicOf = (number: number): string => `arn:aws:sns:us-east-1:000000000000:bell-${number}`;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const arrivedAll = (accepted: ReadonlySet<string>, arrived: ReadonlyMap<string, unknown>): boolean => {
  for (const serial of accepted) if (!arrived.has(serial)) return false;
  return true;
};

async function subscribeAll(engine: BenchEngine, receivers: readonly Receiver[], invitations: readonly string[]) {
  for (const { number, url } of receivers) {
    await sns(engine, { Action: 'CreateTopic', Name: `bell-${number}` });
    await sns(engine, { Action: 'Subscribe', TopicArn: topicOf(number), Protocol: 'http', Endpoint: url });
  }
  if (!(await until(60_000, () => invitations.length >= receivers.length))) {
    throw new Error(`only ${invitations.length} of ${receivers.length} receivers were invited`);
  }
  for (const url of invitations) {
    const { searchParams } = new URL(url);
    await sns(engine, Object.fromEntries(searchParams));
  }
}

/** What was given up meanwhile is tried again, as somebody would on the console. */
async function requeueAll(engine: BenchEngine): Promise<void> {
  for (;;) {
    const status = await own<{ deliveries: { givenUp: { subscriptionId: string }[] } }>(engine, '/api/v1/status');
    if (status.deliveries.givenUp.length === 0) return;
    for (const { subscriptionId } of status.deliveries.givenUp) {
      await own(engine, '/console/deliveries/requeue', { subscription: subscriptionId });
    }
  }
}

function repeats(receivers: readonly Receiver[]): { renamed: number; repeated: number } {
  let repeated = 0;
  const ids = new Map<string, number>();
  for (const { arrivals } of receivers) {
    for (const { serial, times } of arrivals.values()) {
      repeated += times - 1;
      ids.set(serial, (ids.get(serial) ?? 0) + 1);
    }
  }
  return { renamed: [...ids.values()].filter((count) => count > 1).length, repeated };
}

async function until(patience: number, isSo: () => boolean): Promise<boolean> {
  const end = performance.now() + patience;
  while (!isSo()) {
    if (performance.now() > end) return false;
    await pause(50);
  }
  return true;
}
