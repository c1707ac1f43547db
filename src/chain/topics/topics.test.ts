import { describe, expect, it } from 'vitest';
import { NoticeWorld, OWNER, TOPIC } from '../../../test/chain/notice-world.ts';
import { eachStore, sqliteStore } from '../../../test/stores.ts';
import { needTopic } from './topic.ts';
import { describeTopic } from './topic-attributes.ts';
import { createTopic, deleteTopic, listTopics, setTopicAttribute, tagTopic } from './topics.ts';

const invalid = (text: string) => ({ code: 'InvalidParameterException', message: `Invalid parameter: ${text}` });

eachStore((open) => {
  describe('a topic', () => {
    it('is created once under a name, and refused when it would differ', async () => {
      const { ctx } = new NoticeWorld(await open());
      const create = (attributes = {}, tags: { Key: string; Value: string }[] = []) =>
        createTopic(ctx, { ...OWNER, name: 'security', attributes, tags });
      const first = await create({ DisplayName: 'Security' }, [{ Key: 'team', Value: 'red' }]);
      expect(first.arn).toBe(TOPIC);
      expect((await create()).id).toBe(first.id);
      expect((await create({ DisplayName: 'Security', FifoTopic: 'false' })).id).toBe(first.id);
      await expect(create({ DisplayName: 'Other' })).rejects.toMatchObject(
        invalid('Attributes Reason: Topic already exists with different attributes'),
      );
      await expect(create({ SignatureVersion: '2' })).rejects.toMatchObject(
        invalid('Attributes Reason: Topic already exists with different attributes'),
      );
      await expect(create({}, [{ Key: 'team', Value: 'blue' }])).rejects.toMatchObject(
        invalid('Tags Reason: Topic already exists with different tags'),
      );
    });

    it('vanishes with its subscriptions and what was on the way, and again without an error', async () => {
      const world = new NoticeWorld(await open());
      await world.topic();
      await world.subscribe('https', 'https://example.com/a');
      await world.say('too late');
      await deleteTopic(world.ctx, OWNER, TOPIC);
      await deleteTopic(world.ctx, OWNER, TOPIC);
      expect(await world.deliveries()).toEqual([]);
      expect(await world.store.read.selectFrom('subscriptions').selectAll().execute()).toEqual([]);
      await expect(needTopic(world.store.read, OWNER, TOPIC)).rejects.toMatchObject({
        code: 'NotFoundException',
        message: 'Topic does not exist',
      });
    });

    it('is listed to its own account and region, page by page', async () => {
      const { ctx } = new NoticeWorld(await open());
      for (const name of ['a', 'b', 'c']) await createTopic(ctx, { ...OWNER, name });
      await createTopic(ctx, { ...OWNER, region: 'us-east-1', name: 'd' });
      const page = await listTopics(ctx.store.read, OWNER, 0, 2);
      const rest = await listTopics(ctx.store.read, OWNER, page[1]!.id, 2);
      expect([...page, ...rest].map(({ arn }) => arn.slice(-2))).toEqual([':a', ':b', ':c']);
    });

    it('counts its subscriptions', async () => {
      const world = new NoticeWorld(await open());
      await world.topic();
      await world.subscribe('https', 'https://example.com/a');
      await world.ask('email', 'a@example.com');
      const topic = await needTopic(world.store.read, OWNER, TOPIC);
      expect(await describeTopic(world.store.read, topic)).toMatchObject({
        SubscriptionsConfirmed: '1',
        SubscriptionsPending: '1',
        SubscriptionsDeleted: '0',
      });
    });
  });
});

describe('a topic', () => {
  const open = sqliteStore();

  it.each(['', 'a.b', 'x'.repeat(257), 'a b', 'a.fifo', 'ä'])('cannot be named %j', async (name) => {
    const { ctx } = new NoticeWorld(await open());
    await expect(createTopic(ctx, { ...OWNER, name })).rejects.toMatchObject(invalid('Topic Name'));
  });

  it('says that it is FIFO in its name and at its creation', async () => {
    const { ctx } = new NoticeWorld(await open());
    const create = (name: string, attributes: Record<string, string>) =>
      createTopic(ctx, { ...OWNER, name, attributes });
    await expect(create('a', { FifoTopic: 'true' })).rejects.toThrow('Fifo Topic names must end with .fifo');
    await expect(create('a', { ContentBasedDeduplication: 'true' })).rejects.toMatchObject(
      invalid('Attributes Reason: Content-based deduplication can only be set for FIFO topics'),
    );
    const topic = await create('a.fifo', { FifoTopic: 'true' });
    expect((await create('a.fifo', { FifoTopic: 'true', ContentBasedDeduplication: 'false' })).id).toBe(topic.id);
    await setTopicAttribute(ctx, OWNER, topic.arn, 'ContentBasedDeduplication', 'true');
    expect(await describeTopic(ctx.store.read, await needTopic(ctx.store.read, OWNER, topic.arn))).toMatchObject({
      FifoTopic: 'true',
      ContentBasedDeduplication: 'true',
    });
  });

  it('answers every attribute that AWS answers for a new one', async () => {
    const { ctx } = new NoticeWorld(await open());
    const topic = await createTopic(ctx, { ...OWNER, name: 'security' });
    const { Policy, EffectiveDeliveryPolicy, ...plain } = await describeTopic(ctx.store.read, topic);
    expect(plain).toEqual({
      DisplayName: '',
      Owner: OWNER.account,
      SubscriptionsConfirmed: '0',
      SubscriptionsDeleted: '0',
      SubscriptionsPending: '0',
      TopicArn: TOPIC,
    });
    // Recorded on AWS.
    expect(JSON.parse(EffectiveDeliveryPolicy!)).toEqual({
      http: {
        defaultHealthyRetryPolicy: {
          minDelayTarget: 20,
          maxDelayTarget: 20,
          numRetries: 3,
          numMaxDelayRetries: 0,
          numNoDelayRetries: 0,
          numMinDelayRetries: 0,
          backoffFunction: 'linear',
        },
        disableSubscriptionOverrides: false,
        defaultRequestPolicy: { headerContentType: 'text/plain; charset=UTF-8' },
      },
    });
    expect(JSON.parse(Policy!)).toMatchObject({ Version: '2008-10-17', Id: '__default_policy_ID' });
  });

  it('takes a delivery policy, merges it into the effective one, and lets it go again', async () => {
    const world = new NoticeWorld(await open());
    await world.topic();
    const effective = async () => {
      const topic = await needTopic(world.store.read, OWNER, TOPIC);
      const all = await describeTopic(world.store.read, topic);
      return { own: all.DeliveryPolicy, http: JSON.parse(all.EffectiveDeliveryPolicy!).http };
    };
    const policy = '{"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":5,"maxDelayTarget":6,"numRetries":1}}}';
    await setTopicAttribute(world.ctx, OWNER, TOPIC, 'DeliveryPolicy', policy);
    expect(await effective()).toMatchObject({
      own: policy,
      http: {
        defaultHealthyRetryPolicy: { minDelayTarget: 5, maxDelayTarget: 6, numRetries: 1, numMaxDelayRetries: 0 },
      },
    });
    await setTopicAttribute(world.ctx, OWNER, TOPIC, 'DeliveryPolicy', '');
    expect(await effective()).toMatchObject({ own: undefined, http: { defaultHealthyRetryPolicy: { numRetries: 3 } } });
  });

  it.each([
    ['Colour', 'red', 'AttributeName'],
    ['FifoTopic', 'false', 'AttributeName'],
    ['SignatureVersion', '3', 'SignatureVersion: Invalid value [3]. Must be one of 1, 2.'],
    ['Policy', 'no json', 'Policy: Error: null'],
    ['DeliveryPolicy', '[]', 'DeliveryPolicy: Not a JSON object'],
  ])('refuses %s = %s', async (name, value, text) => {
    const world = new NoticeWorld(await open());
    await world.topic();
    await expect(setTopicAttribute(world.ctx, OWNER, TOPIC, name, value)).rejects.toMatchObject(invalid(text));
  });

  it.each([
    ['nonsense', 'TopicArn Reason: An ARN must have at least 6 elements, not 1'],
    ['arn:aws:sns:eu-west-1:security', 'TopicArn Reason: An ARN must have at least 6 elements, not 5'],
    ['arn:aws:sns:us-east-1:111122223333:security', 'TopicArn'],
    ['arn:aws:sqs:eu-west-1:111122223333:security', 'TopicArn'],
  ])('is not found by the ARN %s', async (arn, text) => {
    const world = new NoticeWorld(await open());
    await world.topic();
    await expect(needTopic(world.store.read, OWNER, arn)).rejects.toMatchObject(invalid(text));
  });

  it('is not for other accounts', async () => {
    const world = new NoticeWorld(await open());
    await world.topic();
    const other = { ...OWNER, account: '999999999999' };
    await expect(needTopic(world.store.read, other, TOPIC)).rejects.toMatchObject({
      code: 'AuthorizationErrorException',
    });
  });

  it('carries up to fifty tags', async () => {
    const world = new NoticeWorld(await open());
    await world.topic();
    const tags = Array.from({ length: 50 }, (_, n) => ({ Key: `trailbell:${n}`, Value: 'x' }));
    await tagTopic(world.ctx, OWNER, TOPIC, { set: tags });
    await expect(tagTopic(world.ctx, OWNER, TOPIC, { set: [{ Key: 'one more', Value: '' }] })).rejects.toMatchObject({
      code: 'TagLimitExceededException',
    });
    await tagTopic(world.ctx, OWNER, TOPIC, { remove: tags.slice(1).map((tag) => tag.Key) });
    expect((await needTopic(world.store.read, OWNER, TOPIC)).tags).toEqual({ 'trailbell:0': 'x' });
    const twice = [
      { Key: 'a', Value: '1' },
      { Key: 'a', Value: '2' },
    ];
    await expect(tagTopic(world.ctx, OWNER, TOPIC, { set: twice })).rejects.toMatchObject(
      invalid('Duplicated keys are not allowed.'),
    );
    await expect(
      tagTopic(world.ctx, OWNER, 'arn:aws:sns:eu-west-1:111122223333:none', { set: [] }),
    ).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  });
});
