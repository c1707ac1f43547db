import type { Tx } from '../../store/writer.ts';
import type { ChainContext } from '../context.ts';
import { admit, contentId } from '../fifo/admit.ts';
import { ringRefusal } from './access/permitted-topic.ts';
import { Filters } from './filter/filters.ts';
import { mailGroup, placeMails } from './mail-windows.ts';
import { GROUP_REQUIRED, isFifoTopic, type Ordering, sequenceOf } from './ordering.ts';
import { post, type Receiver } from './post.ts';
import type { Publication, Publish } from './publication.ts';
import type { Protocol } from './subscription.ts';
import { findTopicByArn, type Topic } from './topic.ts';

/** Makes the way into topics for everybody who has something to tell: alarms, and the Publish call. */
export function publisher(ctx: ChainContext): Publish {
  const filters = new Filters();
  return async (tx, publication) => {
    const topic = await findTopicByArn(tx.db, publication.topicArn);
    if (!topic) return { failure: 'Topic does not exist' };
    const failure = publication.source && ringRefusal(topic, publication.source);
    if (failure !== undefined) return { failure };
    const messageId = ctx.ids.uuid();
    const fifo = isFifoTopic(topic);
    if (fifo && publication.ordering?.groupId === undefined) return { failure: GROUP_REQUIRED };
    const ordering = fifo ? await enter(ctx, tx, topic, publication, messageId) : plainOrdering(publication);
    if (ordering?.repeats) return { messageId: ordering.repeats, sequenceNumber: ordering.value.sequenceNumber ?? '' };
    const receivers = await tx.db
      .selectFrom('subscriptions')
      .select(['id', 'protocol', 'endpoint', 'attributes'])
      .where('topic_id', '=', topic.id)
      .where('status', '=', 'confirmed')
      .execute();
    const message = {
      id: messageId,
      topic_arn: topic.arn,
      kind: 'Notification',
      subject: publication.subject ?? null,
      body: publication.message,
      structure: publication.structure ?? null,
      attributes: JSON.stringify(publication.attributes ?? {}),
      ring_id: publication.ringId ?? null,
      ordering: ordering ? JSON.stringify(ordering.value) : null,
    };
    const passes = filters.judge({ ...publication, attributes: publication.attributes ?? {} });
    const addressed = receivers
      .map((row) => ({ ...row, protocol: row.protocol as Protocol }))
      .filter(({ attributes }) => passes(attributes));
    await post(
      ctx,
      tx,
      message,
      await timed(ctx, tx, publication, addressed, fifo ? ordering?.value.groupId : undefined),
    );
    const sequenceNumber = ordering?.value.sequenceNumber;
    return { messageId, ...(sequenceNumber === undefined ? {} : { sequenceNumber }) };
  };
}

/** Mails of which many come at once wait for each other, to be one. */
async function timed(
  ctx: ChainContext,
  tx: Tx,
  { ringId, source }: Publication,
  receivers: readonly Receiver[],
  groupId: string | undefined,
): Promise<Receiver[]> {
  const mails = receivers.filter(({ protocol }) => protocol === 'email').map(({ id }) => id);
  const about = ringId === undefined ? '' : (source?.arn ?? '');
  const kind = ringId === undefined ? 'message' : 'ring';
  const held = await placeMails(tx, mails, { kind, about }, ctx.clock.now());
  return receivers.map((receiver) => {
    const dueAt = held.get(receiver.id);
    return { ...receiver, groupId: dueAt === undefined ? groupId : mailGroup(about), dueAt };
  });
}

interface Placed {
  readonly value: Ordering;
  /** The id of the earlier message that this one repeats. */
  readonly repeats?: string;
}

/** A standard topic only hands the group on. */
const plainOrdering = ({ ordering }: Publication): Placed | undefined =>
  ordering?.groupId === undefined ? undefined : { value: { groupId: ordering.groupId } };

/** Gives a message its place in a FIFO topic. */
async function enter(ctx: ChainContext, tx: Tx, topic: Topic, publication: Publication, messageId: string) {
  const groupId = publication.ordering?.groupId ?? '';
  const deduplicationId = publication.ordering?.deduplicationId ?? contentId(publication.message);
  const perGroup = topic.attributes.FifoThroughputScope === 'MessageGroup';
  const applicant = { owner: sequenceOf(topic), groupId, deduplicationId, perGroup, messageId };
  const entered = await admit(tx, applicant, ctx.clock.now());
  const value = { groupId, deduplicationId, sequenceNumber: entered.sequenceNumber };
  const placed: Placed = { value, ...(entered.repeats ? { repeats: entered.messageId } : {}) };
  return placed;
}
