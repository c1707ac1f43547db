import { parseArn } from '../../base/scope.ts';
import type { Tx } from '../../store/writer.ts';
import type { ChainContext } from '../context.ts';
import type { AcceptEvents } from '../logs/accept-events.ts';
import { md5Of } from '../queues/checksums.ts';
import { type Protocol, shownEndpoint } from '../topics/subscription.ts';
import type { Loaded } from './load.ts';
import type { Verdict } from './record.ts';

/** Writes down how a delivery ended, where its topic asks for it, in the transaction that records the end. */
export type NoteStatus = (tx: Tx, loaded: Loaded, verdict: Verdict) => Promise<void>;

/** What AWS calls a protocol in the names of feedback attributes; mails have none. */
const FAMILIES: Readonly<Partial<Record<Protocol, string>>> = {
  http: 'HTTP',
  https: 'HTTP',
  sqs: 'SQS',
  lambda: 'Lambda',
  firehose: 'Firehose',
};

/** Whether a topic asks for anything to be written. */
export const isLogged = (feedback: Readonly<Record<string, string>>): boolean =>
  Object.values(FAMILIES).some(
    (family) => feedback[`${family}SuccessFeedbackRoleArn`] || feedback[`${family}FailureFeedbackRoleArn`],
  );

/** Delivery status logs as AWS writes them, in our own log groups `sns/<region>/<account>/<topic>` and `…/Failure`. */
export function statusLog(ctx: ChainContext, acceptEvents: AcceptEvents): NoteStatus {
  return async (tx, loaded, verdict) => {
    const topic = parseArn(loaded.outgoing.topic.arn);
    if (verdict.result === 'later' || !topic || !isWanted(ctx, loaded, verdict.result === 'delivered')) return;
    const now = ctx.clock.now();
    const name = `sns/${topic.region}/${topic.account}/${topic.resource}`;
    await acceptEvents(tx, {
      scope: topic,
      group: verdict.result === 'delivered' ? name : `${name}/Failure`,
      stream: new Date(now).toISOString().slice(0, 10),
      events: [{ at: now, message: JSON.stringify(lineOf(loaded, verdict, now)) }],
      door: 'own',
    });
  };
}

/** Failures are all written, of successes the share that the topic names. */
function isWanted(ctx: ChainContext, { outgoing, feedback }: Loaded, success: boolean): boolean {
  const family = FAMILIES[outgoing.subscription.protocol];
  if (!family || outgoing.message.kind !== 'Notification') return false;
  if (!success) return Boolean(feedback[`${family}FailureFeedbackRoleArn`]);
  if (!feedback[`${family}SuccessFeedbackRoleArn`]) return false;
  return ctx.ids.fraction() * 100 < Number(feedback[`${family}SuccessFeedbackSampleRate`] ?? 100);
}

function lineOf({ row, outgoing }: Loaded, verdict: Exclude<Verdict, { result: 'later' }>, now: number) {
  const { message, topic, subscription } = outgoing;
  const delivered = verdict.result === 'delivered';
  const words = delivered ? verdict.protest?.text : verdict.text;
  return {
    notification: {
      messageMD5Sum: md5Of(message.text),
      messageId: message.id,
      topicArn: topic.arn,
      timestamp: new Date(message.publishedAt).toISOString().replace('T', ' ').slice(0, -1),
    },
    delivery: {
      deliveryId: row.uuid,
      destination: shownEndpoint(subscription.endpoint),
      providerResponse: words ?? 'OK',
      dwellTimeMs: now - row.created_at,
      // Where nobody answered there is none.
      ...(verdict.status === undefined ? {} : { statusCode: verdict.status }),
      attempts: row.attempts + 1,
    },
    status: delivered ? 'SUCCESS' : 'FAILURE',
  };
}
