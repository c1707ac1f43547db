import { describe, expect, it } from 'vitest';
import { NoticeWorld, OWNER, ScriptedChannel, TOPIC } from '../../../test/chain/notice-world.ts';
import { eachStore, sqliteStore } from '../../../test/stores.ts';
import { confirmSubscription } from './confirm.ts';
import { findSubscription } from './subscription.ts';
import { describeSubscription } from './subscription-attributes.ts';
import { listSubscriptions, setSubscriptionAttribute, sweepSubscriptions } from './subscriptions.ts';
import { unsubscribe } from './unsubscribe.ts';

const DAY = 86_400_000;
const invalid = (text: string) => ({ code: 'InvalidParameterException', message: `Invalid parameter: ${text}` });
const HOOK = 'https://example.com/hook';

eachStore((open) => {
  describe('a subscription', () => {
    it('is sent a token, is confirmed by it, and stays so when it comes again', async () => {
      const world = new NoticeWorld(await open());
      await world.topic();
      const channel = new ScriptedChannel();
      world.start(channel);
      const asked = await world.ask('https', HOOK);
      await world.pass(0);
      const [sent] = channel.seen;
      expect(sent?.message).toMatchObject({ kind: 'SubscriptionConfirmation', token: asked.token });
      expect(asked.token).toMatch(/^[0-9a-f]{256}$/);
      await world.say('before');
      const confirm = () => confirmSubscription(world.ctx, { token: asked.token, topicArn: TOPIC, caller: undefined });
      expect(await confirm()).toMatchObject({ status: 'confirmed', id: asked.id });
      expect(await confirm()).toMatchObject({ status: 'confirmed', id: asked.id });
      await world.say('after');
      await world.pass(0);
      expect(channel.seen.slice(1).map(({ message }) => message.text)).toEqual(['after']);
      await world.worker?.stop();
    });

    it('is the same one when it is asked for again, and is asked again while it has not answered', async () => {
      const world = new NoticeWorld(await open());
      await world.topic();
      const first = await world.ask('https', HOOK, { RawMessageDelivery: 'true' });
      expect((await world.ask('https', HOOK)).id).toBe(first.id);
      expect(await world.deliveries()).toHaveLength(2);
      await confirmSubscription(world.ctx, { token: first.token, topicArn: TOPIC, caller: undefined });
      expect(await world.ask('https', HOOK, { RawMessageDelivery: 'true' })).toMatchObject({ id: first.id });
      expect(await world.deliveries()).toHaveLength(2);
      await expect(world.ask('https', HOOK, { RawMessageDelivery: 'false' })).rejects.toMatchObject(
        invalid('Attributes Reason: Subscription already exists with different attributes'),
      );
    });

    it('that was left by a link is restored by the link that this sends', async () => {
      const world = new NoticeWorld(await open());
      await world.topic();
      const channel = new ScriptedChannel();
      world.start(channel);
      const made = await world.subscribe('email', 'a@example.com');
      await world.pass(0);
      await world.say('in between');
      await unsubscribe(world.ctx, made.arn, undefined);
      await world.say('unheard');
      await world.pass(0);
      const goodbye = channel.seen.at(-1);
      expect(goodbye?.message).toMatchObject({ kind: 'UnsubscribeConfirmation' });
      expect(channel.texts()).not.toContain('unheard');
      await confirmSubscription(world.ctx, { token: goodbye!.message.token!, topicArn: TOPIC, caller: undefined });
      await world.say('back again');
      await world.pass(0);
      expect(channel.texts().at(-1)).toBe('back again');
      await world.worker?.stop();
    });

    it('that its owner ends is gone at once', async () => {
      const world = new NoticeWorld(await open());
      await world.topic();
      const made = await world.subscribe('https', HOOK);
      await unsubscribe(world.ctx, made.arn, OWNER);
      await unsubscribe(world.ctx, made.arn, OWNER);
      expect(await findSubscription(world.store.read, made.arn)).toBeUndefined();
      expect(await world.deliveries()).toEqual([]);
    });

    it('is forgotten when nobody confirms it, but not while its token is good', async () => {
      const world = new NoticeWorld(await open());
      await world.topic();
      const pending = await world.ask('https', HOOK);
      const confirmed = await world.subscribe('https', `${HOOK}/2`);
      await world.clock.advance(2 * DAY);
      await sweepSubscriptions(world.ctx);
      expect(await findSubscription(world.store.read, pending.arn)).toMatchObject({ status: 'pending' });
      await world.clock.advance(1);
      await sweepSubscriptions(world.ctx);
      expect(await findSubscription(world.store.read, pending.arn)).toBeUndefined();
      expect(await findSubscription(world.store.read, confirmed.arn)).toMatchObject({ status: 'confirmed' });
    });

    it('is listed by account and by topic, page by page', async () => {
      const world = new NoticeWorld(await open());
      await world.topic();
      for (let n = 0; n < 5; n += 1) await world.ask('https', `${HOOK}/${n}`);
      const first = await listSubscriptions(world.store.read, OWNER, { after: '', limit: 3 });
      const rest = await listSubscriptions(world.store.read, OWNER, { after: first[2]!.id, limit: 3 });
      const endpoints = [...first, ...rest].map(({ endpoint }) => endpoint.at(-1));
      expect(endpoints.sort()).toEqual(['0', '1', '2', '3', '4']);
      const other = { ...OWNER, region: 'us-east-1' };
      expect(await listSubscriptions(world.store.read, other, { after: '', limit: 3 })).toEqual([]);
    });
  });
});

describe('confirming', () => {
  const open = sqliteStore();
  const anonymous = { topicArn: TOPIC, caller: undefined };

  it('refuses what is no token, an unknown one, an old one, and a topic of elsewhere', async () => {
    const world = new NoticeWorld(await open());
    await world.topic();
    const { token } = await world.ask('https', HOOK);
    const confirm = (given: object) => confirmSubscription(world.ctx, { token, ...anonymous, ...given });
    await expect(confirm({ token: 'abc' })).rejects.toMatchObject({ message: 'Invalid token' });
    await expect(confirm({ token: token.replace(/.$/, (c) => (c === '0' ? '1' : '0')) })).rejects.toMatchObject(
      invalid('Token'),
    );
    await expect(confirm({ topicArn: 'nonsense' })).rejects.toMatchObject(invalid('Topic'));
    const elsewhere = TOPIC.replace('eu-west-1', 'us-east-1');
    await expect(confirm({ topicArn: elsewhere })).rejects.toMatchObject(invalid('Topic'));
    await world.clock.advance(2 * DAY + 1);
    await expect(confirm({})).rejects.toMatchObject(invalid('Token'));
  });

  it('lets the token decide, whatever topic of the region is named', async () => {
    const world = new NoticeWorld(await open());
    await world.topic();
    const { token, id } = await world.ask('https', HOOK);
    const confirmed = await confirmSubscription(world.ctx, { token, ...anonymous, topicArn: `${TOPIC}-other` });
    expect(confirmed.id).toBe(id);
  });

  it('can bind leaving to a signature, but only for a signed caller', async () => {
    const world = new NoticeWorld(await open());
    await world.topic();
    const { token } = await world.ask('https', HOOK);
    const bind = (caller: typeof OWNER | undefined) =>
      confirmSubscription(world.ctx, { token, topicArn: TOPIC, authenticateOnUnsubscribe: true, caller });
    await expect(bind(undefined)).rejects.toMatchObject({ code: 'AuthorizationErrorException' });
    const bound = await bind(OWNER);
    expect(bound.authenticated).toBe(true);
    await expect(unsubscribe(world.ctx, bound.arn, undefined)).rejects.toMatchObject({
      code: 'AuthorizationErrorException',
    });
    await unsubscribe(world.ctx, bound.arn, OWNER);
  });

  it('may not be repeated to bind what somebody confirmed without', async () => {
    const world = new NoticeWorld(await open());
    await world.topic();
    const { token } = await world.ask('https', HOOK);
    await confirmSubscription(world.ctx, { token, ...anonymous });
    await expect(
      confirmSubscription(world.ctx, { token, topicArn: TOPIC, authenticateOnUnsubscribe: true, caller: OWNER }),
    ).rejects.toMatchObject({ message: 'Subscription already confirmed' });
  });
});

describe('leaving', () => {
  const open = sqliteStore();

  it.each([
    ['randomstring', 'SubscriptionArn Reason: An ARN must have at least 6 elements, not 1'],
    ['arn:aws:sns:us-east-1:random', 'SubscriptionArn Reason: An ARN must have at least 6 elements, not 5'],
    ['arn:aws:sns:us-east-1:111111111111:random', 'SubscriptionId'],
    [`${TOPIC}:not-a-uuid`, 'SubscriptionId'],
  ])('is refused for the ARN %s', async (arn, text) => {
    const { ctx } = new NoticeWorld(await open());
    await expect(unsubscribe(ctx, arn, OWNER)).rejects.toMatchObject(invalid(text));
  });

  it('is not for other accounts', async () => {
    const world = new NoticeWorld(await open());
    await world.topic();
    const { arn } = await world.subscribe('https', HOOK);
    await expect(unsubscribe(world.ctx, arn, { ...OWNER, account: '999999999999' })).rejects.toMatchObject({
      message: 'This subscription may only be deleted by an authorized user.',
    });
  });

  it('is not possible by link for a queue', async () => {
    const world = new NoticeWorld(await open());
    await world.topic();
    const { arn } = await world.subscribe('sqs', 'arn:aws:sqs:eu-west-1:111122223333:jobs');
    await expect(unsubscribe(world.ctx, arn, undefined)).rejects.toMatchObject({ code: 'AuthorizationErrorException' });
  });
});

describe('an endpoint', () => {
  const open = sqliteStore();

  it.each([
    ['https', 'http://example.com', 'Endpoint must match the specified protocol'],
    ['http', 'https://example.com', 'Endpoint must match the specified protocol'],
    ['http', 'http://', 'Endpoint must match the specified protocol'],
    ['http', 'http://u:p@example.com', 'Please use HTTPS for subscriptions that contain inline credentials'],
    ['email', 'nobody', 'Email address'],
    ['email', 'a@example.com, b@example.com', 'Email address'],
    ['email', 'a@example.com\r\nBcc: b@example.com', 'Email address'],
    ['sqs', 'http://127.0.0.1:4780/111122223333/jobs', 'SQS endpoint ARN'],
    ['carrier-pigeon', 'coo', 'Amazon SNS does not support this protocol string: carrier-pigeon'],
    ['https', '', 'Endpoint'],
  ])('of %s is refused when it reads %j', async (protocol, endpoint, text) => {
    const world = new NoticeWorld(await open());
    await world.topic();
    await expect(world.ask(protocol, endpoint)).rejects.toMatchObject(invalid(text));
  });

  it.each(['sms', 'lambda', 'firehose', 'application'])('of %s is refused with a sentence', async (protocol) => {
    const world = new NoticeWorld(await open());
    await world.topic();
    await expect(world.ask(protocol, 'x')).rejects.toThrow(/Trailbell sends no|are not allowed here/);
  });
});

describe('the attributes of a subscription', () => {
  const open = sqliteStore();

  it.each([
    ['RawMessageDelivery', 'test-ValUe', 'RawMessageDelivery: Invalid value [test-ValUe]. Must be true or false.'],
    ['RawMessageDelivery', '', 'RawMessageDelivery: Invalid value []. Must be true or false.'],
    ['Colour', 'red', 'AttributeName'],
    ['SubscriptionPrincipal', 'me', 'AttributeName'],
    [
      'FilterPolicyScope',
      'x',
      'FilterPolicyScope: Invalid value [x]. Please use either MessageBody or MessageAttributes',
    ],
    ['FilterPolicy', '{"a":[]}', 'FilterPolicy: Empty arrays are not allowed'],
    [
      'FilterPolicy',
      '{"a":{"b":["c"]}}',
      'FilterPolicy: Filter policy scope MessageAttributes does not support nested filter policy',
    ],
    ['RedrivePolicy', '{"deadLetterTargetArn":"x"}', 'RedrivePolicy: deadLetterTargetArn is an invalid arn'],
    ['RedrivePolicy', 'null', 'RedrivePolicy: deadLetterTargetArn is an invalid arn'],
    [
      'DeliveryPolicy',
      '{"healthyRetryPolicy":{"numRetries":3}}',
      'DeliveryPolicy: healthyRetryPolicy.minDelayTarget must be specified',
    ],
  ])('do not take %s = %j', async (name, value, text) => {
    const world = new NoticeWorld(await open());
    await world.topic();
    const { arn } = await world.ask('https', HOOK);
    await expect(setSubscriptionAttribute(world.ctx, arn, name, value)).rejects.toMatchObject(invalid(text));
    const asked = world.ask('https', `${HOOK}/2`, { [name]: value });
    await expect(asked).rejects.toMatchObject(invalid(`Attributes Reason: ${text}`));
  });

  it('are answered as AWS answers them, without the password in the endpoint', async () => {
    const world = new NoticeWorld(await open());
    await world.topic();
    const redrive = '{"deadLetterTargetArn":"arn:aws:sqs:eu-west-1:111122223333:dead"}';
    const made = await world.ask('https', 'https://bell:secret@example.com/x', { RedrivePolicy: redrive });
    const { EffectiveDeliveryPolicy, ...plain } = describeSubscription(made, undefined);
    expect(plain).toEqual({
      ConfirmationWasAuthenticated: 'false',
      Endpoint: 'https://bell:****@example.com/x',
      Owner: OWNER.account,
      PendingConfirmation: 'true',
      Protocol: 'https',
      RawMessageDelivery: 'false',
      RedrivePolicy: redrive,
      SubscriptionArn: made.arn,
      SubscriptionPrincipal: 'arn:aws:iam::111122223333:root',
      TopicArn: TOPIC,
    });
    expect(JSON.parse(EffectiveDeliveryPolicy!)).toMatchObject({ sicklyRetryPolicy: null, guaranteed: false });
  });
});
