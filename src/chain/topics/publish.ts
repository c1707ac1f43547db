import type { ChainContext } from '../context.ts';
import { post } from './post.ts';
import type { Publish } from './publication.ts';
import type { Protocol } from './subscription.ts';
import { findTopicByArn } from './topic.ts';

/** Makes the way into topics for everybody who has something to tell: alarms, and the Publish call. */
export const publisher =
  (ctx: ChainContext): Publish =>
  async (tx, publication) => {
    const topic = await findTopicByArn(tx.db, publication.topicArn);
    if (!topic) return { failure: 'Topic does not exist' };
    const receivers = await tx.db
      .selectFrom('subscriptions')
      .select(['id', 'protocol', 'endpoint'])
      .where('topic_id', '=', topic.id)
      .where('status', '=', 'confirmed')
      .execute();
    const messageId = ctx.ids.uuid();
    const message = {
      id: messageId,
      topic_arn: topic.arn,
      kind: 'Notification',
      subject: publication.subject ?? null,
      body: publication.message,
      structure: publication.structure ?? null,
      attributes: JSON.stringify(publication.attributes ?? {}),
      ring_id: publication.ringId ?? null,
    };
    const addressed = receivers.map((row) => ({ ...row, protocol: row.protocol as Protocol }));
    await post(ctx, tx, message, addressed);
    return { messageId };
  };
