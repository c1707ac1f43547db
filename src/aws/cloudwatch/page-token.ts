import { Refusal } from '../../base/refusal.ts';

/** An opaque token for the next page: where the last one ended. It grants nothing. */
export const writeToken = (place: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(place)).toString('base64url');

/**
 * The place in a token; undefined when no token is given. `kinds` are the types of its parts.
 * @throws Refusal InvalidNextToken
 */
export function readToken(
  token: string | undefined,
  kinds: readonly ('string' | 'number')[],
): (string | number)[] | undefined {
  if (token === undefined) return undefined;
  try {
    const place: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (Array.isArray(place) && place.length === kinds.length && place.every((part, i) => isPart(part, kinds[i])))
      return place;
  } catch {
    // No JSON: refused below like any other foreign token.
  }
  throw new Refusal('InvalidNextToken', 'Invalid NextToken');
}

const isPart = (part: unknown, kind: 'string' | 'number' | undefined): boolean =>
  typeof part === kind && (kind === 'string' ? !(part as string).includes('\0') : Number.isSafeInteger(part));
