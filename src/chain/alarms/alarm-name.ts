import { Refusal } from '../../base/refusal.ts';

/**
 * AWS documents that names have no ASCII control characters; mails have them in their subjects.
 * @throws Refusal ValidationError
 */
export function checkAlarmName(name: unknown): void {
  if (typeof name === 'string' && [...name].some((character) => character < ' ' || character === '\x7f'))
    throw new Refusal('ValidationError', 'AlarmName must not contain ASCII control characters');
}
