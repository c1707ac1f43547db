import { textAt, valueAt } from '../../trail/record.ts';

/** Is this log event a CloudTrail record, and not some other JSON object or plain text? */
export function isTrailRecord(object: unknown): boolean {
  if (textAt(object, 'eventName') === undefined) return false;
  return textAt(object, 'eventSource') !== undefined || typeof valueAt(object, 'userIdentity') === 'object';
}
