import type { ChainContext } from '../context.ts';
import { Filters } from './filter/filters.ts';
import { post } from './post.ts';
import type { Publish } from './publication.ts';
import type { Protocol } from './subscription.ts';
import { findTopicByArn } from './topic.ts';

/** Makes the way into topics for everybody who has something to tell: alarms, and the Publish call. */
export function publisher(ctx: ChainContext): Publish {
  const filters = new Filters();
  return async (tx, publication) => {
    const topic = await findTopicByArn(tx.db, publication.topicArn);
    if (!topic) return { failure: 'Topic does not exist' };
    const receivers = await tx.db
      .selectFrom('subscriptions')
      .select(['id', 'protocol', 'endpoint', 'attributes'])
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
    const passes = filters.judge({ ...publication, attributes: publication.attributes ?? {} });
    const addressed = receivers
      .map((row) => ({ ...row, protocol: row.protocol as Protocol }))
      .filter(({ attributes, protocol }) => passes(attributes, protocol));
    await post(ctx, tx, message, addressed);
    return { messageId };
  };
}
