import { invalidValue } from './refusals.ts';

/** Deeper than any input of these operations. */
const DEEPEST = 10;

/** Refuses NUL characters: no name on AWS holds one, and not every store can keep it. */
export function refuseNul(input: unknown, depth = 0): void {
  if (typeof input === 'string') {
    if (input.includes('\0')) throw invalidValue('Input must not contain the null character.');
    return;
  }
  if (typeof input !== 'object' || input === null || depth > DEEPEST) return;
  for (const [name, value] of Object.entries(input)) {
    refuseNul(name, depth + 1);
    refuseNul(value, depth + 1);
  }
}
