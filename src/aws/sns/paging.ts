import { invalidParameter } from '../../chain/topics/refusals.ts';

/** SNS lists come in pages of a hundred. */
export const PAGE = 100;

/** A token names the last item of a page; nothing in it is secret. */
export const nextToken = (last: string): string => Buffer.from(`1:${last}`).toString('base64url');

/** @throws Refusal InvalidParameter for what is no token of ours */
export function readToken(token: string | undefined): string | undefined {
  if (token === undefined) return undefined;
  const text = token.length > 512 ? '' : Buffer.from(token, 'base64url').toString('utf8');
  if (!text.startsWith('1:')) throw invalidParameter('NextToken');
  return text.slice(2);
}

/** Cuts a list that was asked for one item more than fits, and says how it goes on. */
export function cutPage<T>(items: readonly T[], key: (item: T) => string): { page: T[]; token?: string } {
  const page = items.slice(0, PAGE);
  const last = page.at(-1);
  return items.length > PAGE && last !== undefined ? { page, token: nextToken(key(last)) } : { page };
}
