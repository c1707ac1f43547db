import { createHash } from 'node:crypto';
import { invalid } from './invalid.ts';

const DIGITS = 16;

/** Ties a token to the call it was made for. */
export const fingerprint = (...inputs: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, DIGITS);

export const invalidToken = (): Error => invalid('The specified nextToken is invalid.');

/**
 * An opaque token for the next page: where the last one ended, and a fingerprint of that and of the
 * inputs that must stay the same. It guards against mistakes, and it grants nothing: whoever makes
 * one up sees only what the call shows anyway.
 */
export function writePageToken(inputs: unknown, place: readonly string[]): string {
  return Buffer.from(JSON.stringify([fingerprint(inputs, place), ...place])).toString('base64url');
}

/**
 * The place in a token of `size` parts; undefined when no token is given. Refuses, as AWS does,
 * whatever was not given out for these inputs.
 */
export function readPageToken(token: string | undefined, inputs: unknown, size: number): string[] | undefined {
  if (token === undefined) return undefined;
  const [mark, ...place] = partsOf(token);
  if (place.length !== size || mark !== fingerprint(inputs, place)) throw invalidToken();
  return place;
}

function partsOf(token: string): string[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (Array.isArray(parts) && parts.every((part) => typeof part === 'string' && !part.includes('\0'))) return parts;
  } catch {
    // No JSON: refused below like any other foreign token.
  }
  throw invalidToken();
}

/** A page of `limit`, and the token for the rest, from one item more than the page holds. */
export function cutPage<Item>(
  items: readonly Item[],
  limit: number,
  tokenAfter: (last: Item) => string,
): { readonly page: readonly Item[]; readonly token: { readonly nextToken?: string } } {
  const page = items.slice(0, limit);
  const last = page.at(-1);
  return { page, token: items.length > limit && last !== undefined ? { nextToken: tokenAfter(last) } : {} };
}
