import { Refusal } from '../../base/refusal.ts';
import { invalidParameter } from './refusals.ts';

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

const MOST_TAGS = 50;
/** Letters, digits, blanks and `_.:/=+-@`, as AWS allows. */
const ALPHABET = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** Lays tags over others. @throws Refusal InvalidParameter, TagLimitExceeded */
export function mergeTags(current: Readonly<Record<string, string>>, tags: readonly Tag[]): Record<string, string> {
  if (new Set(tags.map((tag) => tag.Key)).size < tags.length)
    throw invalidParameter('Duplicated keys are not allowed.');
  const merged = new Map(Object.entries(current));
  for (const { Key, Value } of tags) {
    if (Key.toLowerCase().startsWith('aws:')) throw invalidParameter('Tag keys must not start with aws:');
    if (!ALPHABET.test(Key) || !ALPHABET.test(Value)) throw invalidParameter('Tags Reason: invalid characters');
    merged.set(Key, Value);
  }
  if (merged.size > MOST_TAGS) {
    throw new Refusal('TagLimitExceededException', 'Could not complete request: tag quota of per resource exceeded');
  }
  return Object.fromEntries(merged);
}
