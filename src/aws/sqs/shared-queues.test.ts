import {
  AddPermissionCommand,
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueueTagsCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  RemovePermissionCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { noticeGateway, sqsClient } from '../../../test/chain/notice-calls.ts';
import { NoticeWorld } from '../../../test/chain/notice-world.ts';
import { sqliteStore } from '../../../test/stores.ts';

const open = sqliteStore();
const OTHER = '444455556666';
const ARN = 'arn:aws:sqs:eu-west-1:111122223333:jobs';

async function world(protocol: 'json1.0' | 'query') {
  const gateway = noticeGateway(new NoticeWorld(await open()));
  const [owner, other] = [sqsClient(gateway, protocol), sqsClient(gateway, protocol, OTHER)];
  const { QueueUrl = '' } = await owner.send(new CreateQueueCommand({ QueueName: 'jobs' }));
  return { owner, other, QueueUrl };
}

const refusal = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'accepted',
    (error: Error) => `${error.name}: ${error.message}`.replace('DeniedException', 'Denied'),
  );
const denied = (action: string, why = `because no resource-based policy allows the sqs:${action} action`) =>
  `AccessDenied: User: arn:aws:iam::${OTHER}:user/${OTHER} is not authorized to perform: sqs:${action} on resource: ${ARN} ${why}`;

/** Everything that a policy can open. */
const shared = (client: SQSClient, QueueUrl: string): Record<string, () => Promise<unknown>> => ({
  sendmessage: () => client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' })),
  receivemessage: () => client.send(new ReceiveMessageCommand({ QueueUrl })),
  getqueueattributes: () => client.send(new GetQueueAttributesCommand({ QueueUrl })),
  getqueueurl: () => client.send(new GetQueueUrlCommand({ QueueName: 'jobs', QueueOwnerAWSAccountId: '111122223333' })),
  purgequeue: () => client.send(new PurgeQueueCommand({ QueueUrl })),
});

describe.each(['json1.0', 'query'] as const)('a queue over %s', (protocol) => {
  it("is its owner's alone until he lets others in, action by action", async () => {
    const { owner, other, QueueUrl } = await world(protocol);
    for (const [action, act] of Object.entries(shared(other, QueueUrl)))
      expect(await refusal(act()), action).toBe(denied(action));
    const permission = { QueueUrl, Label: 'let-in', AWSAccountIds: [OTHER], Actions: ['SendMessage'] };
    await owner.send(new AddPermissionCommand(permission));
    expect(await refusal(other.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' })))).toBe('accepted');
    const Entries = [{ Id: 'a', MessageBody: 'batch' }];
    const sent = await other.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    expect(sent.Successful).toHaveLength(1);
    expect(await refusal(other.send(new ReceiveMessageCommand({ QueueUrl })))).toBe(denied('receivemessage'));
    const { Messages } = await owner.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['SenderId'] }),
    );
    expect(Messages?.map(({ Body, Attributes }) => [Body, Attributes?.SenderId])).toEqual([
      ['hello', OTHER],
      ['batch', OTHER],
    ]);
    const ReceiptHandle = Messages?.[0]?.ReceiptHandle;
    const change = { QueueUrl, ReceiptHandle, VisibilityTimeout: 0 };
    expect(await refusal(other.send(new ChangeMessageVisibilityCommand(change)))).toBe(
      denied('changemessagevisibility'),
    );
    await owner.send(new RemovePermissionCommand({ QueueUrl, Label: 'let-in' }));
    expect(await refusal(other.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' })))).toBe(
      denied('sendmessage'),
    );
  });

  it('can be opened whole, but what belongs to the owner stays his', async () => {
    const { owner, other, QueueUrl } = await world(protocol);
    const all = { QueueUrl, Label: 'all', AWSAccountIds: [OTHER], Actions: ['*'] };
    await owner.send(new AddPermissionCommand(all));
    for (const [action, act] of Object.entries(shared(other, QueueUrl)))
      expect(await refusal(act()), action).toBe('accepted');
    const Entries = [{ Id: 'a', ReceiptHandle: 'x' }];
    expect(await refusal(other.send(new DeleteMessageBatchCommand({ QueueUrl, Entries })))).toBe('accepted');
    for (const act of [
      other.send(new DeleteQueueCommand({ QueueUrl })),
      other.send(new ListQueueTagsCommand({ QueueUrl })),
      other.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { DelaySeconds: '1' } })),
      other.send(new AddPermissionCommand({ ...all, Label: 'more' })),
    ])
      expect(await refusal(act)).toMatch(/^QueueDoesNotExist/);
  });

  it('denies what its policy denies, to its owner too, who can always change the policy', async () => {
    const { owner, QueueUrl } = await world(protocol);
    const Statement = [{ Effect: 'Deny', Principal: '*', Action: 'sqs:SendMessage', Resource: ARN }];
    const set = (Policy: string) => owner.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
    await set(JSON.stringify({ Version: '2012-10-17', Statement }));
    const send = () => refusal(owner.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' })));
    expect(await send()).toContain('with an explicit deny in a resource-based policy');
    await set('');
    expect(await send()).toBe('accepted');
  });

  it.each([
    [{ Label: 'no blanks' }, 'Value no blanks for parameter Label is invalid.'],
    [{ Label: 'taken' }, 'Value taken for parameter Label is invalid. Reason: Already exists.'],
    [{ AWSAccountIds: ['1234'] }, 'Value 1234 for parameter PrincipalId is invalid. Reason: Unable to verify.'],
    [{ Actions: ['Fly'] }, 'Value SQS:Fly for parameter ActionName is invalid.'],
  ])('refuses the permission %j', async (change, text) => {
    const { owner, QueueUrl } = await world(protocol);
    const permission = { QueueUrl, Label: 'taken', AWSAccountIds: [OTHER], Actions: ['SendMessage'] };
    await owner.send(new AddPermissionCommand(permission));
    const wish = { ...permission, Label: 'new', ...change };
    expect(await refusal(owner.send(new AddPermissionCommand(wish)))).toContain(text);
    expect(await refusal(owner.send(new RemovePermissionCommand({ QueueUrl, Label: 'unknown' })))).toContain(
      "Value unknown for parameter Label is invalid. Reason: can't find label.",
    );
  });

  it('does not take what is no policy', async () => {
    const { owner, QueueUrl } = await world(protocol);
    for (const Policy of ['no json', '[]', '{"Statement":[{"Effect":"Allow"}]}', '{"Version":"1999","Statement":[]}'])
      expect(await refusal(owner.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } })))).toContain(
        'Invalid value for the parameter Policy.',
      );
  });
});
