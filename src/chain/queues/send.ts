import { Refusal } from '../../base/refusal.ts';
import type { Scope } from '../../base/scope.ts';
import type { ChainContext } from '../context.ts';
import { isFifoId } from '../fifo/admit.ts';
import { md5Of, md5OfAttributes } from './checksums.ts';
import { type Enqueued, enqueue, type QueuePost } from './enqueue.ts';
import { attributesSize } from './message-attributes.ts';
import { isFifo, needQueue, type Queue, queueSetting } from './queue.ts';
import { invalidParameter, invalidValue, missingParameter } from './refusals.ts';

/** What a sender gets back, to compare with what it meant to send. */
export interface Receipt extends Enqueued {
  readonly bodyMd5: string;
  readonly attributesMd5: string | undefined;
  readonly systemMd5: string | undefined;
}

/** @throws Refusal when the queue is missing or the message breaks a rule of SendMessage */
export function sendToQueue(ctx: ChainContext, scope: Scope, name: string, post: QueuePost): Promise<Receipt> {
  return ctx.store.write(async (tx) => {
    const queue = await needQueue(tx.db, scope, name);
    checkPost(queue, post);
    const entered = await enqueue(ctx, tx, queue, post);
    const trace = post.system.AWSTraceHeader;
    return {
      ...entered,
      bodyMd5: md5Of(post.body),
      attributesMd5: md5OfAttributes(post.attributes),
      systemMd5: trace ? md5OfAttributes({ AWSTraceHeader: { type: 'String', value: trace } }) : undefined,
    };
  });
}

export const postSize = (post: QueuePost): number => Buffer.byteLength(post.body) + attributesSize(post.attributes);

function checkPost(queue: Queue, post: QueuePost): void {
  if (post.body === '') throw missingParameter('MessageBody');
  const most = queueSetting(queue, 'MaximumMessageSize');
  if (postSize(post) > most) {
    throw invalidValue(`One or more parameters are invalid. Reason: Message must be shorter than ${most} bytes.`);
  }
  if (!isXmlText(post.body)) {
    throw new Refusal(
      'InvalidMessageContents',
      'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF',
    );
  }
  const delay = post.delaySeconds ?? 0;
  if (delay < 0 || delay > 900) {
    throw invalidParameter(delay, 'DelaySeconds', 'DelaySeconds must be >= 0 and <= 900.');
  }
  for (const name of ['MessageGroupId', 'MessageDeduplicationId']) {
    const id = post.system[name];
    if (id === undefined || isFifoId(id)) continue;
    const rule = `${name} can only include alphanumeric and punctuation characters. 1 to 128 in length.`;
    throw invalidParameter(id, name, rule);
  }
  checkOrdering(queue, post);
}

const OTHER_TYPE = 'The request include parameter that is not valid for this queue type';

function checkOrdering(queue: Queue, { system, delaySeconds }: QueuePost): void {
  const { MessageGroupId: group, MessageDeduplicationId: deduplication } = system;
  if (!isFifo(queue)) {
    if (deduplication !== undefined) throw invalidParameter(deduplication, 'MessageDeduplicationId', OTHER_TYPE);
    return;
  }
  if (group === undefined) throw missingParameter('MessageGroupId');
  if (deduplication === undefined && queue.attributes.ContentBasedDeduplication !== 'true') {
    throw invalidValue(
      'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    );
  }
  if (delaySeconds !== undefined && delaySeconds > 0) throw invalidParameter(delaySeconds, 'DelaySeconds', OTHER_TYPE);
}

const isXmlText = (text: string): boolean => !/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\p{Surrogate}]/u.test(text);
