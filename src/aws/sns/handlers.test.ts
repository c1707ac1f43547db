import {
  AddPermissionCommand,
  ConfirmSubscriptionCommand,
  CreateTopicCommand,
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListSubscriptionsCommand,
  ListTagsForResourceCommand,
  ListTopicsCommand,
  PublishBatchCommand,
  PublishCommand,
  RemovePermissionCommand,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
  type SNSClient,
  SubscribeCommand,
  TagResourceCommand,
  UnsubscribeCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { noticeGateway, openLink, snsClient, sqsClient } from '../../../test/chain/notice-calls.ts';
import { NoticeWorld, ScriptedChannel, TOPIC } from '../../../test/chain/notice-world.ts';
import { sqliteStore } from '../../../test/stores.ts';
import { clientOf } from '../../../test/wire/sdk-clients.ts';
import { openNetwork } from '../../base/network.ts';
import { linksUnder } from '../../chain/channels/links.ts';
import { openChannels } from '../../chain/channels/registry.ts';
import { openSigner } from '../../chain/channels/signing/signer.ts';

const open = sqliteStore();
const HOOK = 'https://example.com/hook';

async function world() {
  const chain = new NoticeWorld(await open());
  const gateway = noticeGateway(chain);
  return { chain, gateway, sns: snsClient(gateway), sqs: sqsClient(gateway) };
}

/** Code and message of a refusal as the SDK shows them. */
const refusal = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'accepted',
    (error: Error & { Code?: string }) => `${error.name}: ${error.message}`,
  );

describe('SNS', () => {
  it('keeps a topic as it is asked to', async () => {
    const { sns } = await world();
    const Tags = [{ Key: 'team', Value: 'red' }];
    const made = await sns.send(new CreateTopicCommand({ Name: 'security', Attributes: { DisplayName: 'S' }, Tags }));
    expect(made.TopicArn).toBe(TOPIC);
    await sns.send(
      new SetTopicAttributesCommand({ TopicArn: TOPIC, AttributeName: 'DisplayName', AttributeValue: 'T' }),
    );
    const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn: TOPIC }));
    expect(Attributes).toMatchObject({ DisplayName: 'T', TopicArn: TOPIC, SubscriptionsConfirmed: '0' });
    await sns.send(new TagResourceCommand({ ResourceArn: TOPIC, Tags: [{ Key: 'a', Value: 'b' }] }));
    await sns.send(new UntagResourceCommand({ ResourceArn: TOPIC, TagKeys: ['team'] }));
    expect((await sns.send(new ListTagsForResourceCommand({ ResourceArn: TOPIC }))).Tags).toEqual([
      { Key: 'a', Value: 'b' },
    ]);
    expect((await sns.send(new ListTopicsCommand({}))).Topics).toEqual([{ TopicArn: TOPIC }]);
    await sns.send(new DeleteTopicCommand({ TopicArn: TOPIC }));
    expect((await sns.send(new ListTopicsCommand({}))).Topics).toEqual([]);
    expect(await refusal(sns.send(new GetTopicAttributesCommand({ TopicArn: TOPIC })))).toBe(
      'NotFoundException: Topic does not exist',
    );
  });

  it('lists a hundred to the page', async () => {
    const { sns } = await world();
    for (let n = 0; n < 101; n += 1) await sns.send(new CreateTopicCommand({ Name: `t${n}` }));
    const first = await sns.send(new ListTopicsCommand({}));
    const second = await sns.send(new ListTopicsCommand({ NextToken: first.NextToken }));
    expect([first.Topics?.length, second.Topics?.length, second.NextToken]).toEqual([100, 1, undefined]);
    expect(await refusal(sns.send(new ListTopicsCommand({ NextToken: 'x' })))).toContain('NextToken');
  });

  it('takes a subscription from asking to leaving', async () => {
    const { chain, sns, gateway } = await world();
    await sns.send(new CreateTopicCommand({ Name: 'security' }));
    const ask = { TopicArn: TOPIC, Protocol: 'https', Endpoint: HOOK };
    expect((await sns.send(new SubscribeCommand(ask))).SubscriptionArn).toBe('pending confirmation');
    const { SubscriptionArn } = await sns.send(new SubscribeCommand({ ...ask, ReturnSubscriptionArn: true }));
    expect(SubscriptionArn).toMatch(/^arn:aws:sns:eu-west-1:111122223333:security:[0-9a-f-]{36}$/);
    const listed = async () => (await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: TOPIC }))).Subscriptions;
    expect(await listed()).toMatchObject([
      { SubscriptionArn: 'PendingConfirmation', Endpoint: HOOK, Protocol: 'https' },
    ]);
    const { token } = await chain.store.read.selectFrom('subscriptions').select('token').executeTakeFirstOrThrow();
    const confirmed = await sns.send(new ConfirmSubscriptionCommand({ TopicArn: TOPIC, Token: token }));
    expect(confirmed.SubscriptionArn).toBe(SubscriptionArn);
    await sns.send(
      new SetSubscriptionAttributesCommand({
        SubscriptionArn,
        AttributeName: 'RawMessageDelivery',
        AttributeValue: 'true',
      }),
    );
    const { Attributes } = await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
    expect(Attributes).toMatchObject({
      RawMessageDelivery: 'true',
      PendingConfirmation: 'false',
      SubscriptionPrincipal: 'arn:aws:iam::111122223333:user/111122223333',
    });
    const left = await openLink(gateway, linksUnder(() => 'http://bell.example').unsubscribe(SubscriptionArn!));
    expect(left.status).toBe(200);
    expect(await listed()).toMatchObject([{ SubscriptionArn: 'Deleted' }]);
    await sns.send(new UnsubscribeCommand({ SubscriptionArn }));
    expect((await sns.send(new ListSubscriptionsCommand({}))).Subscriptions).toEqual([]);
  });

  it('confirms whoever opens the link in its message, in whatever region the topic is', async () => {
    const { chain, sns, gateway } = await world();
    await sns.send(new CreateTopicCommand({ Name: 'security' }));
    await sns.send(new SubscribeCommand({ TopicArn: TOPIC, Protocol: 'https', Endpoint: HOOK }));
    const channel = new ScriptedChannel();
    chain.start(channel);
    await chain.pass(0);
    const link = linksUnder(() => 'http://bell.example').subscribe(TOPIC, channel.seen[0]!.message.token!);
    const reply = await openLink(gateway, link);
    expect(reply.status).toBe(200);
    expect(reply.body).toMatch(/<ConfirmSubscriptionResult><SubscriptionArn>arn:aws:sns:eu-west-1:/);
    await chain.worker?.stop();
  });

  it('delivers to a queue, as a document and raw, through the real channels', async () => {
    const { chain, sns, sqs } = await world();
    await sns.send(new CreateTopicCommand({ Name: 'security' }));
    for (const [name, raw] of [
      ['plain', 'false'],
      ['raw', 'true'],
    ] as const) {
      await sqs.send(new CreateQueueCommand({ QueueName: name }));
      const Endpoint = `arn:aws:sqs:eu-west-1:111122223333:${name}`;
      const Attributes = { RawMessageDelivery: raw };
      const asked = await sns.send(new SubscribeCommand({ TopicArn: TOPIC, Protocol: 'sqs', Endpoint, Attributes }));
      expect(asked.SubscriptionArn).toContain(TOPIC);
    }
    const network = openNetwork({});
    const mail = { send: async () => undefined };
    const links = linksUnder(() => 'http://bell.example');
    const signer = await openSigner(chain.ctx);
    chain.start(openChannels(chain.ctx, { network, signer, links, mail, mailFrom: 'bell@example.net' }));
    const MessageAttributes = { attr1: { DataType: 'Number', StringValue: '99.12' } };
    const sent = await sns.send(
      new PublishCommand({ TopicArn: TOPIC, Message: 'Test msg', Subject: 'S', MessageAttributes }),
    );
    await chain.pass(0);
    const receive = async (name: string) => {
      const QueueUrl = `http://bell.example/111122223333/${name}`;
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ['All'] }));
      return Messages;
    };
    const [plain] = await receive('plain');
    expect(JSON.parse(plain!.Body!)).toMatchObject({
      Type: 'Notification',
      MessageId: sent.MessageId,
      Message: 'Test msg',
      Subject: 'S',
      MessageAttributes: { attr1: { Type: 'Number', Value: '99.12' } },
    });
    // The digest was recorded on AWS for this attribute.
    expect(await receive('raw')).toMatchObject([
      { Body: 'Test msg', MessageAttributes, MD5OfMessageAttributes: 'd302007e9aa062660afc85fd0a482472' },
    ]);
    await chain.worker?.stop();
    await network.close();
  });

  it('brings a batch for a FIFO topic to a FIFO queue in order, unsigned, and only what passes the filter', async () => {
    const { chain, sns, sqs } = await world();
    const { QueueUrl } = await sqs.send(
      new CreateQueueCommand({ QueueName: 'a.fifo', Attributes: { FifoQueue: 'true' } }),
    );
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'o.fifo', Attributes: { FifoTopic: 'true' } }));
    const Endpoint = 'arn:aws:sqs:eu-west-1:111122223333:a.fifo';
    const Attributes = { FilterPolicy: '{"kind":[{"prefix":"or"}]}', FilterPolicyScope: 'MessageBody' };
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint, Attributes }));
    const kinds = ['order', 'other', 'orphan', 'lost'];
    const sent = await sns.send(
      new PublishBatchCommand({
        TopicArn,
        PublishBatchRequestEntries: kinds.map((kind, n) => ({
          Id: kind,
          Message: JSON.stringify({ kind }),
          MessageGroupId: 'g',
          ...(n < 3 ? { MessageDeduplicationId: kind } : {}),
        })),
      }),
    );
    expect(sent.Failed).toMatchObject([{ Id: 'lost', Code: 'InvalidParameter' }]);
    const network = openNetwork({});
    const signer = await openSigner(chain.ctx);
    const links = linksUnder(() => 'http://bell.example');
    const mail = { send: async () => undefined };
    chain.start(openChannels(chain.ctx, { network, signer, links, mail, mailFrom: 'a@example.com' }));
    await chain.pass(0);
    const received = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All'] }),
    );
    const documents = received.Messages?.map(({ Body }) => JSON.parse(Body!) as Record<string, string>);
    expect(documents?.map(({ Message }) => Message)).toEqual(['{"kind":"order"}', '{"kind":"orphan"}']);
    expect(Object.keys(documents![0]!)).toEqual([
      'Type',
      'MessageId',
      'SequenceNumber',
      'TopicArn',
      'Message',
      'Timestamp',
      'UnsubscribeURL',
    ]);
    expect(documents![0]!.SequenceNumber).toBe(sent.Successful?.[0]?.SequenceNumber);
    expect(received.Messages?.[1]?.Attributes).toMatchObject({ MessageGroupId: 'g', MessageDeduplicationId: 'orphan' });
    await chain.worker?.stop();
    await network.close();
  });

  it('lets another account publish and subscribe as long as a permission says so', async () => {
    const { gateway, sns } = await world();
    await sns.send(new CreateTopicCommand({ Name: 'security' }));
    const accessKeyId = '444455556666';
    const other = clientOf('sns', 'query', gateway, { accessKeyId, secretAccessKey: 's' }) as unknown as SNSClient;
    const publish = () => refusal(other.send(new PublishCommand({ TopicArn: TOPIC, Message: 'hello' })));
    const Endpoint = 'a@example.com';
    const ask = () => refusal(other.send(new SubscribeCommand({ TopicArn: TOPIC, Protocol: 'email', Endpoint })));
    const closed = /^AuthorizationErrorException: .* because no resource-based policy allows the SNS:/;
    expect([await publish(), await ask()]).toEqual([expect.stringMatching(closed), expect.stringMatching(closed)]);
    const permission = { TopicArn: TOPIC, Label: 'friends', AWSAccountId: [accessKeyId] };
    const add = (ActionName: string[]) => refusal(sns.send(new AddPermissionCommand({ ...permission, ActionName })));
    expect(await add(['Fly'])).toContain('Policy statement action out of service scope!');
    expect(await add(['Publish', 'Subscribe'])).toBe('accepted');
    expect(await add(['Publish'])).toContain('Statement already exists');
    expect([await publish(), await ask()]).toEqual(['accepted', 'accepted']);
    const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn: TOPIC }));
    expect(JSON.parse(Attributes!.Policy!).Statement[1]).toEqual({
      Sid: 'friends',
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::444455556666:root' },
      Action: ['SNS:Publish', 'SNS:Subscribe'],
      Resource: TOPIC,
    });
    await sns.send(new RemovePermissionCommand({ TopicArn: TOPIC, Label: 'friends' }));
    expect(await publish()).toMatch(closed);
    expect(await refusal(sns.send(new PublishCommand({ TopicArn: TOPIC, Message: 'own' })))).toBe('accepted');
  });

  it('lets another account manage a topic action by action, and its owner always', async () => {
    const { gateway, sns } = await world();
    await sns.send(new CreateTopicCommand({ Name: 'security' }));
    const accessKeyId = '444455556666';
    const other = clientOf('sns', 'query', gateway, { accessKeyId, secretAccessKey: 's' }) as unknown as SNSClient;
    const permission = { TopicArn: TOPIC, Label: 'mine', AWSAccountId: [accessKeyId], ActionName: ['Publish'] };
    const display = { TopicArn: TOPIC, AttributeName: 'DisplayName', AttributeValue: 'Bell' };
    const acts: Record<string, (client: SNSClient) => Promise<unknown>> = {
      GetTopicAttributes: (client) => client.send(new GetTopicAttributesCommand({ TopicArn: TOPIC })),
      SetTopicAttributes: (client) => client.send(new SetTopicAttributesCommand(display)),
      ListSubscriptionsByTopic: (client) => client.send(new ListSubscriptionsByTopicCommand({ TopicArn: TOPIC })),
      AddPermission: (client) => client.send(new AddPermissionCommand(permission)),
      RemovePermission: (client) => client.send(new RemovePermissionCommand({ TopicArn: TOPIC, Label: 'mine' })),
      DeleteTopic: (client) => client.send(new DeleteTopicCommand({ TopicArn: TOPIC })),
    };
    for (const [action, act] of Object.entries(acts)) {
      expect(await refusal(act(other))).toContain(`because no resource-based policy allows the SNS:${action} action`);
      const Label = `lets-${action}`;
      await sns.send(new AddPermissionCommand({ ...permission, Label, ActionName: [action] }));
      expect(await refusal(act(other)), action).toBe('accepted');
      if (action === 'DeleteTopic') break;
      await sns.send(new RemovePermissionCommand({ TopicArn: TOPIC, Label }));
      expect(await refusal(act(other))).toContain(`because no resource-based policy allows the SNS:${action} action`);
    }
    expect(await refusal(sns.send(new GetTopicAttributesCommand({ TopicArn: TOPIC })))).toContain(
      'Topic does not exist',
    );
    await sns.send(new CreateTopicCommand({ Name: 'security' }));
    const Statement = [{ Effect: 'Deny', Principal: '*', Action: 'sns:*', Resource: TOPIC }];
    const set = (AttributeValue: string) =>
      sns.send(new SetTopicAttributesCommand({ TopicArn: TOPIC, AttributeName: 'Policy', AttributeValue }));
    await set(JSON.stringify({ Statement }));
    expect(await refusal(sns.send(new PublishCommand({ TopicArn: TOPIC, Message: 'x' })))).toContain('explicit deny');
    expect(await refusal(set(''))).toBe('accepted');
  });

  it('publishes a batch, entry by entry', async () => {
    const { chain, sns } = await world();
    await sns.send(new CreateTopicCommand({ Name: 'security' }));
    const batch = (entries: { Id: string; Message: string; Subject?: string }[]) =>
      sns.send(new PublishBatchCommand({ TopicArn: TOPIC, PublishBatchRequestEntries: entries }));
    const result = await batch([
      { Id: 'a', Message: 'one' },
      { Id: 'b', Message: '' },
      { Id: 'c', Message: 'three', Subject: '\n' },
    ]);
    expect(result.Successful?.map(({ Id }) => Id)).toEqual(['a']);
    expect(result.Failed).toEqual([
      { Id: 'b', Code: 'InvalidParameter', Message: 'Invalid parameter: Empty message', SenderFault: true },
      { Id: 'c', Code: 'InvalidParameter', Message: 'Invalid parameter: Subject', SenderFault: true },
    ]);
    const kept = await chain.store.read.selectFrom('messages').select('body').execute();
    expect(kept).toEqual([{ body: 'one' }]);
    const refused = [
      [
        [
          { Id: 'a', Message: 'x' },
          { Id: 'a', Message: 'y' },
        ],
        'Two or more batch entries in the request have the same Id.',
      ],
      [
        [{ Id: 'a.b', Message: 'x' }],
        'The Id of a batch entry in the batch request contains an impermissible character: a.b',
      ],
      [
        Array.from({ length: 11 }, (_, n) => ({ Id: `${n}`, Message: 'x' })),
        'The batch request contains more entries than permissible.',
      ],
      [
        Array.from({ length: 3 }, (_, n) => ({ Id: `${n}`, Message: 'x'.repeat(100_000) })),
        'The length of all the messages put together is more than the limit.',
      ],
    ] as const;
    for (const [entries, text] of refused) expect(await refusal(batch([...entries]))).toContain(text);
  });

  it.each([
    ['an unknown topic', { TopicArn: `${TOPIC}-none`, Message: 'x' }, 'NotFoundException: Topic does not exist'],
    [
      'another region',
      { TopicArn: TOPIC.replace('eu-west', 'us-west'), Message: 'x' },
      'InvalidParameterException: Invalid parameter: TopicArn',
    ],
    ['no topic', { Message: 'x' }, 'Invalid parameter: TopicArn or TargetArn'],
    ['a telephone', { PhoneNumber: '+123', Message: 'x' }, 'sends no text messages'],
    ['nothing to say', { TopicArn: TOPIC, Message: '' }, 'Invalid parameter: Empty message'],
    [
      'a deduplication id',
      { TopicArn: TOPIC, Message: 'x', MessageDeduplicationId: '1' },
      'not valid for this topic type',
    ],
  ])('does not publish to %s', async (_case, input, text) => {
    const { sns } = await world();
    await sns.send(new CreateTopicCommand({ Name: 'security' }));
    expect(await refusal(sns.send(new PublishCommand(input)))).toContain(text);
  });
});
