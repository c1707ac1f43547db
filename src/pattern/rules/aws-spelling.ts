import { usualAt } from '../prover/cloudtrail-shape.ts';

/** Fields that AWS fills with names of services and regions, in small letters. */
const IN_SMALL_LETTERS: ReadonlySet<string> = new Set(['eventSource', 'awsRegion']);

/** Fields that AWS fills with words of its own, each written in one way: `DeleteTrail`, `AccessDenied`. */
const IN_WORDS: ReadonlySet<string> = new Set([
  ...['eventName', 'eventType', 'eventCategory', 'errorCode', 'userIdentity.type', 'userIdentity.invokedBy'],
  ...['additionalEventData.MFAUsed', 'responseElements.ConsoleLogin'],
]);

export const isWrittenByAws = (field: string): boolean => IN_SMALL_LETTERS.has(field) || IN_WORDS.has(field);

/**
 * Whether a text, given what stands between its stars, is known to be written by AWS as it stands here, or in a case that
 * is known too. `deletetrail` is not: of a word that was never seen only its own author knows the capital letters; nor is
 * `VPC`, which is `Vpc` in the names of calls.
 */
export function isAsAwsWrites(field: string, parts: readonly string[]): boolean {
  if (IN_SMALL_LETTERS.has(field)) return true;
  if (parts.length === 1 && usualOf(field, parts[0] ?? '') !== undefined) return true;
  return parts.every((part) => (isHost(part) ? part === part.toLowerCase() : isInCapitals(part)));
}

/** The text as AWS writes it. */
export function spellingOf(field: string, parts: readonly string[]): readonly string[] {
  if (IN_SMALL_LETTERS.has(field)) return parts.map((part) => part.toLowerCase());
  return parts.length === 1 ? parts.map((text) => usualOf(field, text) ?? text) : parts;
}

const usualOf = (field: string, text: string): string | undefined =>
  usualAt(field).texts.find((one) => one.toLowerCase() === text.toLowerCase());

const isHost = (text: string): boolean => /amazonaws\.com$/i.test(text);

/** The first letter is a capital, and so are not all of them. */
function isInCapitals(text: string): boolean {
  const letters = text.replaceAll(/[^A-Za-z]/g, '');
  return letters.length < 2 ? letters === letters.toUpperCase() : /^[A-Z].*[a-z]/.test(letters);
}
