import { invalid } from './invalid.ts';

/** Deeper than any input of these operations. */
const DEEPEST = 8;

/**
 * Refuses NUL characters in names, patterns, tags and tokens: no name on AWS holds one, and not every
 * store can keep it. Messages of log events are kept as bytes and not looked at.
 */
export function refuseNul(input: unknown, depth = 0): void {
  if (typeof input === 'string') {
    if (input.includes('\0')) throw invalid('Input must not contain the null character.');
    return;
  }
  if (typeof input !== 'object' || input === null || depth > DEEPEST) return;
  for (const [name, value] of Object.entries(input)) {
    if (name === 'logEvents' || name === 'logEventMessages') continue;
    refuseNul(name, depth + 1);
    refuseNul(value, depth + 1);
  }
}
