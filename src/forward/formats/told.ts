import { isTrailRecord } from '../../chain/matches/trail-record.ts';
import { type Happening, happeningOf } from '../../trail/happening.ts';
import { accountPhrase, principalPhrase } from '../../trail/principal.ts';
import type { EventItem } from '../item.ts';

/** What a CloudTrail record tells, and the record; undefined for any other log event. */
export interface Told {
  readonly record: Readonly<Record<string, unknown>>;
  readonly happening: Happening;
  /** `root of 1111-2222-3333 signed in to the console from 203.0.113.7: success`. */
  readonly sentence: string;
}

export function toldBy({ view }: EventItem): Told | undefined {
  const record = view.object;
  if (!record || !isTrailRecord(record)) return undefined;
  const happening = happeningOf(record);
  const { principal, account, action, sourceAddress, result } = happening;
  const who =
    account === '' ? principalPhrase(principal) : `${principalPhrase(principal)} of ${accountPhrase(account)}`;
  const from = sourceAddress === undefined ? '' : ` from ${sourceAddress}`;
  return { record, happening, sentence: `${who}: ${action}${from}: ${result}` };
}
