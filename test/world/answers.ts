import { expect } from 'vitest';
import { acknowledge } from '../../src/chain/answers/acknowledge.ts';
import { createSilence, endSilence } from '../../src/chain/answers/silences.ts';
import { SCOPE, type World } from './world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ASKING = 'asking';
/** Kinds of rings that somebody is to acknowledge. */
const KINDS = ['transition', 'session', 'delayed'];
const STEPS = [
  { topic: 'on-call', after: 15 * MINUTE },
  { topic: 'second-line', after: 45 * MINUTE },
] as const;
const EVERY = 6 * HOUR;
/** Between what is due and what is looked at. */
const SLACK = 2 * MINUTE;

const arnOf = (topic: string): string => `arn:aws:sns:${SCOPE.region}:${SCOPE.account}:${topic}`;

/** The alarm whose rings people answer, as PutMetricAlarm takes it. */
export const ASKING_ALARM = {
  name: ASKING,
  tags: {
    'trailbell:ring': 'every-session',
    'trailbell:escalate-1': '15m on-call',
    'trailbell:escalate-2': '45m second-line',
  },
} as const;

/** Topics that nobody has subscribed to: what they are told costs no deliveries, and is seen in the rings. */
export const ANSWER_TOPICS: readonly { Name: string; Tags?: { Key: string; Value: string }[] }[] = [
  ...STEPS.map(({ topic }) => ({ Name: topic })),
  { Name: 'beat', Tags: [{ Key: 'trailbell:heartbeat', Value: '6h' }] },
];

interface Told {
  readonly at: number;
  readonly kind: string;
  readonly acknowledgedAt: number | null;
  readonly silenced: boolean;
  readonly topics: readonly string[];
}

/** What people of the world do about rings, and what must be true of escalations, silences and heartbeats. */
export class Answers {
  acknowledged = 0;
  escalated = 0;
  silenced = 0;
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** Somebody takes the newest ring on. */
  async acknowledge(): Promise<void> {
    const world = this.#world;
    const ring = await world.store.read
      .selectFrom('rings')
      .select('id')
      .where('alarm_name', '=', ASKING)
      .where('kind', 'in', KINDS)
      .where('acknowledged_at', 'is', null)
      .orderBy('at', 'desc')
      .limit(1)
      .executeTakeFirst();
    if (!ring) return;
    const done = await world.call(() => acknowledge(world.engine.context, ring.id, 'ann'));
    if (!done) return;
    const row = await world.store.read
      .selectFrom('rings')
      .select(['acknowledged_at', 'acknowledged_by'])
      .where('id', '=', ring.id)
      .executeTakeFirstOrThrow();
    expect(row, 'an acknowledgement that was answered is kept').toEqual({
      acknowledged_at: done.at,
      acknowledged_by: done.by,
    });
    this.acknowledged += 1;
  }

  /** Somebody wants to hear nothing for a while, or has thought better of it. */
  async silence(): Promise<void> {
    const world = this.#world;
    const { context } = world.engine;
    const running = await world.store.read
      .selectFrom('silences')
      .select('id')
      .where('ends_at', '>', world.clock.now())
      .executeTakeFirst();
    if (running) await world.call(() => endSilence(context, running.id));
    else {
      const until = `${1 + world.pick(5)}h`;
      const wish = { matcher: { alarm: 'ask*' }, reason: 'moving house', owner: 'ops', until };
      const made = await world.call(() => createSilence(context, wish));
      if (made !== undefined) expect(made).toMatchObject({ owner: 'ops' });
    }
  }

  /** What must be true at any moment in which nothing is under way, of the last day. */
  async check(): Promise<void> {
    const now = this.#world.clock.now();
    const told = await this.#told(now - 24 * HOUR);
    const asking = told.filter(({ kind }) => KINDS.includes(kind));
    const escalations = told.filter(({ kind }) => kind === 'escalation');
    await this.#checkSilences(told);
    for (const { topic, after } of STEPS) this.#checkStep(asking, escalations, arnOf(topic), after, now);
    await this.#checkHeartbeat(now);
    this.escalated = Math.max(this.escalated, escalations.length);
  }

  async #told(since: number): Promise<Told[]> {
    const rows = await this.#world.store.read
      .selectFrom('rings')
      .selectAll()
      .where('alarm_name', '=', ASKING)
      .where('at', '>=', since)
      .orderBy('at')
      .execute();
    return rows.map((row) => ({
      at: row.at,
      kind: row.kind,
      acknowledgedAt: row.acknowledged_at,
      silenced: row.silenced_by !== null,
      topics: (JSON.parse(row.published) as { arn: string }[]).map(({ arn }) => arn),
    }));
  }

  /** Rings within a silence are told to nobody, and all others to somebody. */
  async #checkSilences(told: readonly Told[]): Promise<void> {
    const silences = await this.#world.store.read.selectFrom('silences').selectAll().execute();
    for (const { at, silenced, topics } of told) {
      // Within one millisecond either may have come first.
      if (silences.some(({ created_at, ends_at }) => at === created_at || at === ends_at)) continue;
      const isQuiet = silences.some(({ created_at, ends_at }) => at > created_at && at < ends_at);
      expect(silenced, 'what is silenced, and only that, is told to nobody').toBe(isQuiet);
      expect(topics.length > 0).toBe(!isQuiet);
      if (silenced) this.silenced += 1;
    }
  }

  /** What nobody acknowledges in time is told to the next topic, and what somebody does is not. */
  #checkStep(asking: readonly Told[], escalations: readonly Told[], topic: string, after: number, now: number): void {
    // An escalation that is silenced itself names no topic.
    const ours = escalations.filter(({ silenced, topics }) => silenced || topics.includes(topic));
    for (const { at, acknowledgedAt, silenced } of asking) {
      const due = this.#world.awakeAt(at + after);
      if (silenced || due + SLACK > now || (acknowledgedAt !== null && acknowledgedAt <= due + SLACK)) continue;
      const isTold = ours.some((escalation) => escalation.at >= at && escalation.at <= due + SLACK);
      expect(isTold, `the ring of ${new Date(at).toISOString()} is told to ${topic}`).toBe(true);
    }
    for (const { at, silenced } of ours) {
      if (silenced || at - after - SLACK < now - 24 * HOUR) continue;
      const isWanted = asking.some(
        (ring) => ring.at + after <= at && (ring.acknowledgedAt === null || ring.acknowledgedAt >= at),
      );
      expect(isWanted, `somebody is told at ${new Date(at).toISOString()} of what nobody acknowledged`).toBe(true);
    }
  }

  async #checkHeartbeat(now: number): Promise<void> {
    const beats = await this.#world.store.read
      .selectFrom('messages')
      .select('published_at')
      .where('topic_arn', '=', arnOf('beat'))
      .where('published_at', '>=', now - 24 * HOUR)
      .orderBy('published_at')
      .execute();
    const times = [...beats.map(({ published_at }) => published_at), now];
    for (const [index, at] of times.entries()) {
      if (index > 0)
        expect(at, 'heartbeats come as often as was asked').toBeLessThanOrEqual(
          this.#world.awakeAt(times[index - 1]! + EVERY) + SLACK,
        );
    }
    expect(beats.length, 'and no oftener').toBeLessThanOrEqual(5);
    expect(beats.length).toBeGreaterThan(0);
  }
}
