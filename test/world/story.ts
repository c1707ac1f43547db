import { expect } from 'vitest';
import type { FaultPoint } from '../../src/base/faults.ts';
import { ANSWER_TOPICS, Answers, ASKING_ALARM } from './answers.ts';
import { Ledger } from './ledger.ts';
import type { Mood } from './receivers.ts';
import { GROUP, SCOPE, STREAM, type World } from './world.ts';

const TOPIC = `arn:aws:sns:${SCOPE.region}:${SCOPE.account}:bell`;
/** Nobody listens here: what is told costs no deliveries. */
const SHELF = `arn:aws:sns:${SCOPE.region}:${SCOPE.account}:shelf`;
const MAILBOX = 'ops@example.com';
const MINUTE = 60_000;
const FAULTS: FaultPoint[] = ['before-commit', 'between-commit-and-reply', 'between-delivery-and-record'];
const MOODS: Mood[] = ['well', 'well', 'well', 'broken', 'silent', 'lossy'];

/** What happens in the world: senders, receivers, deaths, and the passing of time. */
export class Story {
  readonly ledger: Ledger;
  readonly answers: Answers;
  readonly #world: World;
  #serial = 0;

  constructor(world: World) {
    this.#world = world;
    this.ledger = new Ledger(world);
    this.answers = new Answers(world);
  }

  /** The chain as a user would build it. */
  async open(): Promise<void> {
    const { logs, cloudwatch, sns } = this.#world.engine.handlers;
    const call = this.#world.caller;
    const done = async (operation: () => unknown) => {
      const answered = await this.#world.call(async () => {
        await operation();
        return true;
      });
      expect(answered).toBe(true);
    };
    await done(() => logs?.CreateLogGroup?.({ logGroupName: GROUP }, call));
    await done(() => logs?.CreateLogStream?.({ logGroupName: GROUP, logStreamName: STREAM }, call));
    for (const topic of [{ Name: 'bell' }, { Name: 'shelf' }, ...ANSWER_TOPICS])
      await done(() => sns?.CreateTopic?.(topic, call));
    const pattern =
      '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }';
    await done(() =>
      logs?.PutMetricFilter?.(
        {
          logGroupName: GROUP,
          filterName: 'root-usage',
          filterPattern: pattern,
          metricTransformations: [{ metricName: 'root-usage', metricNamespace: 'CISBenchmark', metricValue: '1' }],
        },
        call,
      ),
    );
    for (const [name, treatment, topic, tags] of [
      ['as-printed', undefined, TOPIC, {}],
      ['every-session', 'notBreaching', TOPIC, { 'trailbell:ring': 'every-session' }],
      ['repeated', 'notBreaching', SHELF, { 'trailbell:repeat': '20m' }],
      [ASKING_ALARM.name, 'notBreaching', SHELF, ASKING_ALARM.tags],
    ] as const) {
      await done(() =>
        cloudwatch?.PutMetricAlarm?.(
          {
            AlarmName: name,
            MetricName: 'root-usage',
            Namespace: 'CISBenchmark',
            Statistic: 'Sum',
            Period: 300,
            EvaluationPeriods: 1,
            Threshold: 1,
            ComparisonOperator: 'GreaterThanOrEqualToThreshold',
            AlarmActions: [topic],
            ...(treatment ? { TreatMissingData: treatment } : {}),
            Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
          },
          call,
        ),
      );
    }
    await done(() =>
      cloudwatch?.PutCompositeAlarm?.(
        {
          AlarmName: 'composite',
          AlarmRule: 'ALARM("as-printed") OR ALARM(every-session)',
          AlarmActions: [SHELF],
        },
        call,
      ),
    );
    for (const { url } of this.#world.webhooks) {
      await done(() => sns?.Subscribe?.({ TopicArn: TOPIC, Protocol: 'https', Endpoint: url }, call));
    }
    await this.#world.clock.advance(MINUTE);
    for (const webhook of this.#world.webhooks) {
      const token = new URL(webhook.invitations[0] ?? '').searchParams.get('Token') ?? '';
      await done(() => sns?.ConfirmSubscription?.({ TopicArn: TOPIC, Token: token }, call));
    }
    await done(() => sns?.Subscribe?.({ TopicArn: TOPIC, Protocol: 'email', Endpoint: MAILBOX }, call));
    await this.#world.clock.advance(MINUTE);
    const [invitation] = this.#world.postbox.mails.values();
    const [, token = ''] = /token=([0-9a-f]+)/.exec(invitation?.text ?? '') ?? [];
    await done(() => sns?.ConfirmSubscription?.({ TopicArn: TOPIC, Token: token }, call));
  }

  /** One thing happens, then some time passes, and the process is brought back if it died. */
  async step(): Promise<void> {
    const world = this.#world;
    const deed = world.pick(100);
    if (deed < 45) await this.#send();
    else if (deed < 55) await this.#publish();
    else if (deed < 65) for (const webhook of world.webhooks) webhook.mood = MOODS[world.pick(MOODS.length)] ?? 'well';
    else if (deed < 70) world.planDeath(FAULTS[world.pick(FAULTS.length)] ?? 'before-commit', 1 + world.pick(4));
    else if (deed < 72) await world.dieAndBoot();
    else if (deed < 78) await this.answers.acknowledge();
    else if (deed < 80) await this.answers.silence();
    else await world.clock.advance(world.pick(150) * MINUTE);
    await world.clock.advance(world.pick(8 * MINUTE));
    await world.revive();
    // A planned death that never came is called off.
    world.planDeath('before-commit', Number.POSITIVE_INFINITY);
  }

  async #send(): Promise<void> {
    const world = this.#world;
    const now = world.clock.now();
    const count = 1 + world.pick(6);
    const ids: string[] = [];
    let roots = 0;
    const logEvents = Array.from({ length: count }, (_, i) => {
      this.#serial += 1;
      const id = `event-${this.#serial}`;
      ids.push(id);
      const root = world.chance(0.12);
      if (root) roots += 1;
      // Mostly minutes late, as CloudTrail is; now and then older than an hour.
      const late = world.chance(0.05) ? 90 * MINUTE : world.pick(12 * MINUTE);
      const timestamp = now - late + i;
      return { timestamp, message: this.#record(id, timestamp, root) };
    }).sort((a, b) => a.timestamp - b.timestamp);
    const answer = await world.call(() =>
      world.engine.handlers.logs?.PutLogEvents?.(
        { logGroupName: GROUP, logStreamName: STREAM, logEvents },
        world.caller,
      ),
    );
    if (answer) this.ledger.accepted(ids, roots);
    else this.ledger.doubtful(ids, roots);
  }

  /** Now and then so many at once that mails of them are grouped. */
  async #publish(): Promise<void> {
    const world = this.#world;
    const count = world.chance(0.05) ? 13 : 1;
    for (let n = 0; n < count && !world.life.dead; n += 1) {
      const answer = await world.call(() =>
        world.engine.handlers.sns?.Publish?.({ TopicArn: TOPIC, Message: 'by hand' }, world.caller),
      );
      if (answer?.MessageId) this.ledger.published.add(answer.MessageId);
    }
  }

  #record(id: string, at: number, root: boolean): string {
    const time = new Date(at).toISOString();
    // A new person every two hours, so that sessions come and go.
    const created = new Date(Math.floor(at / (120 * MINUTE)) * 120 * MINUTE).toISOString();
    const userIdentity = root
      ? { type: 'Root', accountId: '111122223333', sessionContext: { attributes: { creationDate: created } } }
      : { type: 'IAMUser', userName: 'Root', accountId: '111122223333' };
    return JSON.stringify({
      eventVersion: '1.11',
      eventTime: `${time.slice(0, 19)}Z`,
      eventName: 'DescribeInstances',
      eventSource: 'ec2.amazonaws.com',
      eventType: 'AwsApiCall',
      awsRegion: 'us-east-1',
      sourceIPAddress: '203.0.113.7',
      eventID: id,
      recipientAccountId: '111122223333',
      userIdentity,
    });
  }

  /** Everybody is well again and there is time: now nothing may be waiting any more. */
  async end(): Promise<void> {
    const world = this.#world;
    for (const webhook of world.webhooks) webhook.mood = 'well';
    await world.clock.advance(26 * 60 * MINUTE);
    await this.ledger.check();
    const { read } = world.store;
    const waiting = await read.selectFrom('deliveries').select('id').where('status', '=', 'waiting').execute();
    expect(waiting, 'nothing waits for ever').toEqual([]);
    const finished = await read
      .selectFrom('deliveries')
      .innerJoin('messages', 'messages.id', 'deliveries.message_id')
      .select(['message_id', 'endpoint', 'status'])
      .where('kind', '=', 'Notification')
      .execute();
    for (const { url, received } of world.webhooks) {
      const own = finished.filter(({ endpoint }) => endpoint === url);
      const dead = new Set(own.filter(({ status }) => status === 'dead').map((row) => row.message_id));
      for (const { message_id, status } of own) {
        if (status === 'delivered')
          expect(received.has(message_id), `${message_id} is marked delivered, and was`).toBe(true);
      }
      for (const id of received.keys()) expect(this.ledger.messages, 'a repeat comes under the same id').toContain(id);
      for (const id of this.ledger.published) {
        expect(received.has(id) || dead.has(id), `${id} was accepted, and is not lost`).toBe(true);
      }
    }
    await this.#checkMails();
  }

  /** Every delivery to the mailbox is named by a mail, alone or with others. */
  async #checkMails(): Promise<void> {
    const { mails } = this.#world.postbox;
    const named = new Set(
      [...mails.values()].flatMap(({ headers }) => headers['X-Trailbell-Delivery']?.split(', ') ?? []),
    );
    const rows = await this.#world.store.read
      .selectFrom('deliveries')
      .select(['uuid', 'status'])
      .where('endpoint', '=', MAILBOX)
      .execute();
    for (const { uuid, status } of rows) expect([status, named.has(uuid)], uuid).toEqual(['delivered', true]);
    expect(
      [...mails.values()].some(({ subject }) => /^\d+ (rings|messages): /.test(subject)),
      'mails were grouped',
    ).toBe(true);
  }
}
