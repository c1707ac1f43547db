import type { NetworkReply } from '../../../base/network.ts';
import { fieldsIn } from '../../formats/protobuf.ts';
import type { Outcome } from '../../receiver.ts';
import { pageInstead } from '../http/judge-answer.ts';

/**
 * Judges an answer of the success kind. A receiver may reject some records without saying which, and must not be asked
 * again by itself (OTLP, "Partial Success"). Then all of the batch is set aside, for people to look at and to send again
 * one by one.
 */
export function judgeSuccess(reply: NetworkReply, count: number): Outcome {
  const page = pageInstead(reply);
  if (page) return page;
  const { rejected, says } = isProtobuf(reply) ? partInProtobuf(reply.body) : partInJson(reply.body);
  if (!(rejected > 0)) return { result: 'sent' };
  const text = `The receiver rejected ${rejected} of ${count} records and does not say which: ${says}`.slice(0, 500);
  const trouble = { reason: 'partly-rejected', text };
  return {
    result: 'sent',
    // Of which none was taken nothing arrives twice.
    isFinal: rejected < count,
    refused: Array.from({ length: count }, (_, index) => ({ index, ...trouble })),
  };
}

/** What an error of a receiver says in protobuf: the message of a google.rpc.Status. */
export function statusMessage(reply: NetworkReply): string {
  return isProtobuf(reply) ? textOf(fieldsIn(reply.body)?.get(2)).slice(0, 200) : '';
}

const isProtobuf = ({ headers }: NetworkReply): boolean =>
  /^application\/x-protobuf/i.test(headers['content-type'] ?? '');

interface Part {
  readonly rejected: number;
  readonly says: string;
}

const ALL_TAKEN: Part = { rejected: 0, says: '' };

interface JsonAnswer {
  readonly partialSuccess?: { readonly rejectedLogRecords?: string | number; readonly errorMessage?: string } | null;
}

function partInJson(body: Uint8Array): Part {
  try {
    const answer = JSON.parse(Buffer.from(body).toString('utf8') || '{}') as JsonAnswer | null;
    const { rejectedLogRecords = 0, errorMessage = '' } = answer?.partialSuccess ?? {};
    return { rejected: Number(rejectedLogRecords), says: String(errorMessage) };
  } catch {
    // Any other answer of the success kind says that it has them.
    return ALL_TAKEN;
  }
}

/** ExportLogsServiceResponse: partial_success is its field 1, and has rejected_log_records and error_message. */
function partInProtobuf(body: Uint8Array): Part {
  const part = fieldsIn(body)?.get(1);
  const fields = part instanceof Uint8Array ? fieldsIn(part) : undefined;
  const rejected = fields?.get(1);
  return typeof rejected === 'number' ? { rejected, says: textOf(fields?.get(2)) } : ALL_TAKEN;
}

const textOf = (field: number | Uint8Array | undefined): string =>
  field instanceof Uint8Array
    ? Buffer.from(field)
        .toString('utf8')
        .replace(/\p{Cc}+/gu, ' ')
    : '';
