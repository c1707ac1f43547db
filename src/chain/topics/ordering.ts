import { isFifoId } from '../fifo/admit.ts';
import { invalidParameter } from './refusals.ts';
import type { Topic } from './topic.ts';

/** What a publisher says of a message's place among others. */
export interface GivenOrdering {
  readonly groupId?: string | undefined;
  readonly deduplicationId?: string | undefined;
}

/** A message's place among others, as it is stored and delivered. */
export interface Ordering {
  readonly groupId: string;
  /** Of FIFO topics, as is the next. */
  readonly deduplicationId?: string;
  readonly sequenceNumber?: string;
}

/** Whether the topic keeps order and drops repeats. */
export const isFifoTopic = ({ attributes }: Pick<Topic, 'attributes'>): boolean => attributes.FifoTopic === 'true';

/** The name of a topic's sequence of messages. */
export const sequenceOf = ({ id }: Topic): string => `topic:${id}`;

/** @throws Refusal InvalidParameter for what the kind of topic does not take, or lacks */
export function checkOrdering(topic: Topic, { groupId, deduplicationId }: GivenOrdering): void {
  if (groupId !== undefined && !isFifoId(groupId)) throw invalidParameter('MessageGroupId');
  if (!isFifoTopic(topic)) {
    if (deduplicationId === undefined) return;
    throw invalidParameter(
      'MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type',
    );
  }
  if (groupId === undefined) throw invalidParameter(GROUP_REQUIRED);
  if (deduplicationId !== undefined && !isFifoId(deduplicationId)) throw invalidParameter('MessageDeduplicationId');
  if (deduplicationId === undefined && topic.attributes.ContentBasedDeduplication !== 'true') {
    throw invalidParameter(
      'The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    );
  }
}

export const GROUP_REQUIRED = 'The MessageGroupId parameter is required for FIFO topics';
