import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { type Calls, callsOn } from '../../../test/chain/logs-calls.ts';
import { NOON, SCOPE } from '../../../test/chain/logs-world.ts';
import { eachStore } from '../../../test/stores.ts';
import { createQueue, deleteQueue } from '../../chain/queues/manage.ts';
import { receiveFromQueue } from '../../chain/queues/receive.ts';
import type { Store } from '../../store/store.ts';

const QUEUE = `arn:aws:sqs:${SCOPE.region}:${SCOPE.account}:siem`;
const ROOT = '{"userIdentity":{"type":"Root"}}';

const filter = (filterName: string, more: object = {}) => ({
  logGroupName: 'g',
  filterName,
  filterPattern: '{ $.userIdentity.type = "Root" }',
  destinationArn: QUEUE,
  ...more,
});

interface Started extends Calls {
  put(...messages: string[]): Promise<void>;
  /** What the queue holds, unpacked; taken out. */
  take(): Promise<{ data: { logEvents: { message: string }[]; [member: string]: unknown }; size: number }[]>;
}

async function started(store: Store, attributes: Record<string, string> = {}): Promise<Started> {
  const calls = callsOn(store);
  const { context } = calls.world;
  await calls.call('CreateLogGroup', { logGroupName: 'g' });
  await calls.call('CreateLogStream', { logGroupName: 'g', logStreamName: 's' });
  await createQueue(context, { ...SCOPE, name: 'siem', attributes });
  return {
    ...calls,
    async put(...messages) {
      const logEvents = messages.map((message) => ({ timestamp: NOON, message }));
      await calls.call('PutLogEvents', { logGroupName: 'g', logStreamName: 's', logEvents });
    },
    async take() {
      const all: Awaited<ReturnType<Started['take']>> = [];
      const wish = { most: 10, signal: new AbortController().signal };
      for (;;) {
        const some = await receiveFromQueue(context, SCOPE, 'siem', wish);
        if (some.length === 0) return all;
        for (const { body } of some) {
          const { awslogs } = JSON.parse(body);
          const text = gunzipSync(Buffer.from(awslogs.data, 'base64')).toString('utf8');
          all.push({ data: JSON.parse(text), size: body.length });
        }
      }
    },
  };
}

eachStore((open) => {
  it('hands matching events to a queue as AWS hands them to a function', async () => {
    const { call, put, take } = await started(await open());
    await call('PutSubscriptionFilter', filter('root'));
    await put('{"userIdentity":{"type":"IAMUser"}}', ROOT, 'ünd \ud800');
    const { events } = await call('FilterLogEvents', { logGroupName: 'g', filterPattern: 'Root' });
    expect(await take()).toEqual([
      {
        size: expect.any(Number),
        data: {
          messageType: 'DATA_MESSAGE',
          owner: SCOPE.account,
          logGroup: 'g',
          logStream: 's',
          subscriptionFilters: ['root'],
          logEvents: [{ id: events[0].eventId, timestamp: NOON, message: ROOT }],
        },
      },
    ]);
    await put('nothing here');
    expect(await take()).toEqual([]);
  });

  it('extracts the fields of a space-delimited pattern and the system fields asked for', async () => {
    const { call, put, take } = await started(await open());
    await call('PutSubscriptionFilter', filter('fields', { filterPattern: '[ip, ..., size > 10]' }));
    await call(
      'PutSubscriptionFilter',
      filter('system', { filterPattern: '', emitSystemFields: ['@aws.account', '@aws.region', '@source.log'] }),
    );
    await put('1.2.3.4 [a b] 50');
    const fields = (await take()).map(({ data }) => [data.subscriptionFilters, data.logEvents[0]]);
    const event = { id: expect.stringMatching(/^\d{56}$/), timestamp: NOON, message: '1.2.3.4 [a b] 50' };
    expect(fields).toEqual([
      [['fields'], { ...event, extractedFields: { ip: '1.2.3.4', '2': 'a b', size: '50' } }],
      [
        ['system'],
        {
          ...event,
          extractedFields: { '@aws.account': SCOPE.account, '@aws.region': SCOPE.region, '@source.log': 'g' },
        },
      ],
    ]);
  });

  it('forwards for the accounts and regions that are wanted only', async () => {
    const { call, put, take } = await started(await open());
    await call('PutSubscriptionFilter', filter('here', { fieldSelectionCriteria: `@aws.region = "${SCOPE.region}"` }));
    await call('PutSubscriptionFilter', filter('not', { fieldSelectionCriteria: `@aws.region != "${SCOPE.region}"` }));
    await put(ROOT);
    expect((await take()).map(({ data }) => data.subscriptionFilters)).toEqual([['here']]);
  });

  it('is described as it was put, page by page, and replaced under its name', async () => {
    const { call, refusal } = await started(await open());
    await call('PutSubscriptionFilter', filter('b'));
    await call(
      'PutSubscriptionFilter',
      filter('a', {
        filterPattern: ' ',
        roleArn: 'arn:aws:iam::111122223333:role/logs',
        distribution: 'Random',
        applyOnTransformedLogs: true,
        fieldSelectionCriteria: '@aws.region = "eu-west-1"',
        emitSystemFields: ['@aws.account'],
      }),
    );
    const first = await call('DescribeSubscriptionFilters', { logGroupName: 'g', limit: 1 });
    expect(first.subscriptionFilters).toEqual([
      {
        filterName: 'a',
        logGroupName: 'g',
        filterPattern: ' ',
        destinationArn: QUEUE,
        roleArn: 'arn:aws:iam::111122223333:role/logs',
        distribution: 'Random',
        applyOnTransformedLogs: true,
        creationTime: NOON,
        fieldSelectionCriteria: '@aws.region = "eu-west-1"',
        emitSystemFields: ['@aws.account'],
      },
    ]);
    const { nextToken } = first;
    expect(await call('DescribeSubscriptionFilters', { logGroupName: 'g', limit: 1, nextToken })).toEqual({
      subscriptionFilters: [
        {
          filterName: 'b',
          logGroupName: 'g',
          filterPattern: '{ $.userIdentity.type = "Root" }',
          destinationArn: QUEUE,
          distribution: 'ByLogStream',
          applyOnTransformedLogs: false,
          creationTime: NOON,
        },
      ],
    });
    await call('PutSubscriptionFilter', filter('b', { filterPattern: 'x' }));
    const described = await call('DescribeSubscriptionFilters', { logGroupName: 'g', filterNamePrefix: 'b' });
    expect(described.subscriptionFilters.map((each: { filterPattern: string }) => each.filterPattern)).toEqual(['x']);
    await call('DeleteSubscriptionFilter', { logGroupName: 'g', filterName: 'b' });
    expect(await refusal('DeleteSubscriptionFilter', { logGroupName: 'g', filterName: 'b' })).toBe(
      'ResourceNotFoundException: The specified subscription filter does not exist.',
    );
  });

  it('goes with its log group, and forwards nothing once it is deleted', async () => {
    const { call, put, take } = await started(await open());
    await call('PutSubscriptionFilter', filter('f'));
    await call('DeleteSubscriptionFilter', { logGroupName: 'g', filterName: 'f' });
    await put(ROOT);
    await call('PutSubscriptionFilter', filter('f'));
    await call('DeleteLogGroup', { logGroupName: 'g' });
    await call('CreateLogGroup', { logGroupName: 'g' });
    await call('CreateLogStream', { logGroupName: 'g', logStreamName: 's' });
    await put(ROOT);
    expect(await call('DescribeSubscriptionFilters', { logGroupName: 'g' })).toEqual({ subscriptionFilters: [] });
    expect(await take()).toEqual([]);
  });

  it('cuts what a message of the queue cannot hold, and never keeps events from being accepted', async () => {
    const calls = await started(await open(), { MaximumMessageSize: '2048' });
    const { call, put, take, world } = calls;
    await call('PutSubscriptionFilter', filter('all', { filterPattern: '' }));
    const some = Array.from({ length: 40 }, (_, index) => `${index} ${randomBytes(60).toString('base64')}`);
    const tooLarge = randomBytes(4000).toString('base64');
    await put(...some.slice(0, 20), tooLarge, ...some.slice(20));
    const messages = await take();
    expect(messages.length).toBeGreaterThan(1);
    expect(Math.max(...messages.map(({ size }) => size))).toBeLessThanOrEqual(2048);
    expect(messages.flatMap(({ data }) => data.logEvents.map(({ message }) => message))).toEqual(some);
    await deleteQueue(world.context, SCOPE, 'siem');
    await put('one more');
    expect((await call('FilterLogEvents', { logGroupName: 'g' })).events).toHaveLength(42);
  });

  it('is in the queue if and only if its events are accepted', async () => {
    const { call, take, world } = await started(await open());
    await call('PutSubscriptionFilter', filter('f'));
    const batch = {
      scope: SCOPE,
      group: 'g',
      stream: 's',
      door: 'aws',
      events: [{ at: NOON, message: ROOT }],
    } as const;
    const failing = world.store.write(async (tx) => {
      await world.accept(tx, batch);
      throw new Error('fails after acceptance');
    });
    await expect(failing).rejects.toThrow('fails after acceptance');
    expect(await take()).toEqual([]);
    await world.store.write((tx) => world.accept(tx, batch));
    expect(await take()).toHaveLength(1);
  });

  it('refuses what AWS refuses, and destinations that are not served', async () => {
    const { call, refusal, world } = await started(await open());
    const put = (more: object) => refusal('PutSubscriptionFilter', filter('f', more));
    const invalid = 'InvalidParameterException: ';
    expect(await put({ filterPattern: '{ userIdentity = 1 }' })).toBe(`${invalid}Invalid filter pattern`);
    expect(await put({ logGroupName: 'x' })).toBe('ResourceNotFoundException: The specified log group does not exist.');
    expect(await put({ destinationArn: 'arn:aws:lambda:eu-west-1:111122223333:function:f' })).toBe(
      `${invalid}PutSubscriptionFilter operation cannot work with destinationArn for vendor lambda. Trailbell delivers to its own SQS queues: give the ARN of one.`,
    );
    expect(await put({ destinationArn: 'queue' })).toBe(`${invalid}destinationArn is not an ARN.`);
    for (const elsewhere of [`${QUEUE}-other`, QUEUE.replace('1111', '2222'), QUEUE.replace('west', 'east')])
      expect(await put({ destinationArn: elsewhere })).toContain('Could not deliver test message');
    await createQueue(world.context, { ...SCOPE, name: 'siem.fifo', attributes: { FifoQueue: 'true' } });
    expect(await put({ destinationArn: `${QUEUE}.fifo` })).toContain('must not be a FIFO queue');
    expect(await put({ emitSystemFields: ['@message'] })).toBe(`${invalid}Invalid system field: @message`);
    expect(await put({ fieldSelectionCriteria: 'region = 1' })).toBe(`${invalid}Invalid field selection criteria`);
    expect(await put({ distribution: 'Fair' })).toContain('Member must satisfy enum value set: [Random, ByLogStream]');
    await call('CreateLogGroup', { logGroupName: 'ia', logGroupClass: 'INFREQUENT_ACCESS' });
    expect(await put({ logGroupName: 'ia' })).toContain('InvalidOperationException');
  });

  it('keeps the quotas of two filters, and of five patterns with regular expressions beside metric filters', async () => {
    const { call, refusal } = await started(await open());
    const limit = 'LimitExceededException: Resource limit exceeded.';
    const metricFilter = (filterName: string) => ({
      logGroupName: 'g',
      filterName,
      filterPattern: '%x%',
      metricTransformations: [{ metricName: 'm', metricNamespace: 'n', metricValue: '1' }],
    });
    for (const name of ['1', '2', '3', '4']) await call('PutMetricFilter', metricFilter(name));
    await call('PutSubscriptionFilter', filter('one', { filterPattern: '{ $.a = %x% }' }));
    expect(await refusal('PutMetricFilter', metricFilter('5'))).toBe(limit);
    expect(await refusal('PutSubscriptionFilter', filter('two', { filterPattern: '[a = %x%]' }))).toBe(limit);
    await call('PutSubscriptionFilter', filter('one', { filterPattern: '[a = %y%]' }));
    await call('PutSubscriptionFilter', filter('two'));
    expect(await refusal('PutSubscriptionFilter', filter('three'))).toBe(limit);
  });
});
