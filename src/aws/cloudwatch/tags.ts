import { Refusal } from '../../base/refusal.ts';
import { validationError } from './refusals.ts';

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export type Tags = Readonly<Record<string, string>>;

const MOST_TAGS = 50;
const LONGEST_KEY = 128;
const LONGEST_VALUE = 256;

/** @throws Refusal AccessDenied, as recorded on AWS, for keys that are AWS's own. */
export function checkTagKeys(tags: readonly Tag[]): void {
  for (const { Key } of tags)
    if (/^aws:/i.test(Key))
      throw new Refusal('AccessDenied', 'The provided tag keys must not start with any case of "aws:"', {
        status: 403,
      });
  for (const { Key, Value } of tags) {
    if (Key.length > LONGEST_KEY) throw validationError(tooLong(Key, 'key', LONGEST_KEY));
    if (Value.length > LONGEST_VALUE) throw validationError(tooLong(Value, 'value', LONGEST_VALUE));
  }
}

/** The tags after `added` are put on; a key given twice has its last value. */
export function mergedTags(present: Tags, added: readonly Tag[]): Tags {
  const merged = new Map(Object.entries(present));
  for (const { Key, Value } of added) merged.set(Key, Value);
  if (merged.size > MOST_TAGS) throw validationError('The resultant tag set must not have more than 50 user tags.');
  // From a map, so that a key such as __proto__ is a key like any other.
  return Object.fromEntries(merged);
}

const tooLong = (value: string, member: string, longest: number): string =>
  `1 validation error detected: Value '${value}' at 'tags.1.member.${member}' failed to satisfy constraint: Member must have length less than or equal to ${longest}`;
