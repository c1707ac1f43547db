import { parseArn } from '../../base/scope.ts';
import { UNDELIVERABLE } from '../../chain/topics/subscription-attributes.ts';
import type { AccountStateInput } from '../state.ts';
import { documentOf } from './document-of.ts';
import { keyPolicyLetsCloudWatch } from './key-policy.ts';
import type { WatchedDoor } from './watched-door.ts';

type List<Name extends keyof AccountStateInput> = NonNullable<AccountStateInput[Name]>;
type TopicInput = List<'topics'>[number];
type SubscriptionInput = List<'subscriptions'>[number];

export interface TopicFacts {
  readonly topics: List<'topics'>;
  readonly subscriptions: List<'subscriptions'>;
  /** True where something about the topic was denied. */
  readonly isDenied: boolean;
}

const NOTHING: TopicFacts = { topics: [], subscriptions: [], isDenied: false };

/** A topic, its key and its subscribers. Nothing where there is no such topic. */
export async function readTopic(door: WatchedDoor, TopicArn: string): Promise<TopicFacts> {
  const place = parseArn(TopicArn);
  if (place?.service !== 'sns') return NOTHING;
  const { account, region } = place;
  const attributes = await door.ask('sns:GetTopicAttributes', region, { TopicArn }, account);
  if (attributes.kind === 'missing' || attributes.kind === 'unserved') return NOTHING;
  const isRead = attributes.kind === 'answer';
  const { Policy, KmsMasterKeyId } = (isRead && attributes.output.Attributes) || {};
  const [key, listed] = await Promise.all([
    KmsMasterKeyId ? readKey(door, KmsMasterKeyId, region, account) : undefined,
    door.askAll(
      'sns:ListSubscriptionsByTopic',
      region,
      { TopicArn },
      { items: ({ Subscriptions }) => Subscriptions, next: ({ NextToken }) => NextToken, token: 'NextToken' },
      account,
    ),
  ]);
  const topic: TopicInput = {
    account,
    TopicArn,
    ...(Policy && documentOf(Policy) && { Policy: documentOf(Policy) }),
    ...(KmsMasterKeyId && { KmsMasterKeyId }),
    ...(key !== undefined && { kmsKeyPolicyAllowsCloudWatch: key }),
  };
  const subscriptions: SubscriptionInput[] = [];
  if (listed.kind === 'answer') {
    for (const { SubscriptionArn = '', Protocol = '', Endpoint } of listed.output) {
      subscriptions.push({ TopicArn, SubscriptionArn, Protocol, ...(Endpoint && { Endpoint }) });
    }
    await readFilterPolicies(door, subscriptions, region, account);
  }
  return { topics: [topic], subscriptions, isDenied: !isRead || listed.kind !== 'answer' };
}

/**
 * Asks for filter policies until a confirmed subscription without one, and that can be delivered to, is
 * found: that one gets every message, and topics may have thousands.
 */
async function readFilterPolicies(
  door: WatchedDoor,
  subscriptions: readonly SubscriptionInput[],
  region: string,
  owner: string,
): Promise<void> {
  for (const subscription of subscriptions) {
    const { SubscriptionArn } = subscription;
    if (!SubscriptionArn.startsWith('arn:')) continue;
    const outcome = await door.ask('sns:GetSubscriptionAttributes', region, { SubscriptionArn }, owner);
    // An endpoint that does not serve this has no filter policies; one that denies it denies all.
    if (outcome.kind !== 'answer') return;
    const { FilterPolicy, FilterPolicyScope } = outcome.output.Attributes ?? {};
    const undeliverable = outcome.output.Attributes?.[UNDELIVERABLE];
    if (undeliverable) subscription.undeliverable = undeliverable;
    if (!FilterPolicy && !undeliverable) return;
    if (!FilterPolicy) continue;
    // What cannot be read is taken for a policy that lets nothing through, never for none.
    subscription.FilterPolicy = documentOf(FilterPolicy) ?? { unreadable: [] };
    if (FilterPolicyScope) subscription.FilterPolicyScope = FilterPolicyScope;
  }
}

/** Whether CloudWatch may use the topic's key; undefined where it was not told. */
async function readKey(door: WatchedDoor, id: string, region: string, owner: string): Promise<boolean | undefined> {
  // AWS's own key for SNS has a policy that nobody can change, and CloudWatch is not in it.
  if (/(^|[:/])alias\/aws\/sns$/.test(id)) return false;
  const described = await door.ask('kms:DescribeKey', region, { KeyId: id }, owner);
  if (described.kind === 'missing') return false;
  if (described.kind !== 'answer') return undefined;
  const { Arn, KeyManager, KeyState } = described.output.KeyMetadata ?? {};
  if (KeyManager === 'AWS') return false;
  if (KeyState !== undefined && KeyState !== 'Enabled') return false;
  const policy = await door.ask('kms:GetKeyPolicy', region, { KeyId: Arn ?? id, PolicyName: 'default' }, owner);
  if (policy.kind !== 'answer' || policy.output.Policy === undefined) return undefined;
  return keyPolicyLetsCloudWatch(policy.output.Policy, owner);
}
