import { createHash } from 'node:crypto';
import type { Finding } from '../finding.ts';

/** The same for the same control of the same account in every run, so that receivers update rather than pile up. */
export const findingKey = ({ benchmark, control, account }: Finding): string =>
  `cis-${benchmark}/${control}/${account}`;

/** A UUID (version 5's form) that follows from `text` alone: the same report has the same ids. */
export function uuidFrom(text: string): string {
  const bytes = createHash('sha1').update(`trailbell ${text}`).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
