import type { NetworkReply } from '../../../base/network.ts';
import type { Login } from './digest.ts';

/** Answers that ask for another try although they are of the client-error kind. */
const LATER = new Set([408, 425, 429]);

/** Whether a status is a plea for patience rather than a no. */
export const asksForPatience = (status: number): boolean => LATER.has(status);

/** A longer wait than this is no plea but a way to be left alone for ever. */
const LONGEST_WAIT = 3_600_000;

/**
 * Milliseconds that an answer asks to wait, by `Retry-After` in seconds or as a date (RFC 9110), at most an hour.
 * @param now milliseconds, to reckon a date from
 */
export function waitAskedFor({ status, headers }: NetworkReply, now: number): number | undefined {
  if (status !== 503 && !asksForPatience(status)) return undefined;
  const text = headers['retry-after'] ?? '';
  const wait = /^\d{1,9}(\.\d{1,9})?$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isFinite(wait) && wait > 0 ? Math.min(Math.ceil(wait), LONGEST_WAIT) : undefined;
}

/** The first line of a plain answer, for whoever has to find out. */
export function excerpt({ headers, body }: NetworkReply): string {
  if (
    headers['content-encoding'] !== undefined ||
    !/^(text|application\/json)/.test(headers['content-type'] ?? 'text')
  ) {
    return '';
  }
  const line = Buffer.from(body)
    .toString('utf8')
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 200);
  return line === '' ? '' : `: ${line}`;
}

/** Splits user and password off an address, as the header that shows them to the receiver. */
export function splitCredentials(endpoint: string): {
  url: string;
  credentials: Record<string, string>;
  login?: Login;
} {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (!url || (url.username === '' && url.password === '')) return { url: endpoint, credentials: {} };
  const login = { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  url.username = '';
  url.password = '';
  const pair = Buffer.from(`${login.user}:${login.password}`).toString('base64');
  return { url: url.href, credentials: { Authorization: `Basic ${pair}` }, login };
}
