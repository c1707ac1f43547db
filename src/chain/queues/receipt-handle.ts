import { Refusal } from '../../base/refusal.ts';
import type { Queue } from './queue.ts';

/** What a receipt handle names: one receive of one message. */
export interface HandleParts {
  readonly rowId: number;
  readonly receipt: string;
}

export const receiptHandle = (queue: Queue, parts: HandleParts): string =>
  Buffer.from(`${queue.id}:${parts.rowId}:${parts.receipt}`).toString('base64');

/** @throws Refusal ReceiptHandleIsInvalid when it is none, or one of another queue */
export function readReceiptHandle(queue: Queue, handle: string): HandleParts {
  const text = handle.length > 1_024 ? '' : Buffer.from(handle, 'base64').toString('latin1');
  const [, queueId, rowId, receipt] = /^(\d{1,15}):(\d{1,15}):([0-9a-f]{32})$/.exec(text) ?? [];
  if (!receipt || Number(queueId) !== queue.id) {
    throw new Refusal('ReceiptHandleIsInvalid', `The input receipt handle "${handle}" is not a valid receipt handle.`);
  }
  return { rowId: Number(rowId), receipt };
}
