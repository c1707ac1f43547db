import { isIP } from 'node:net';
import type { WireReply, WireRequest } from './request.ts';

export interface BrowserGuardOptions {
  /** Hosts of the public URLs, such as `bell.example.com` or `bell.example.com:8443`. */
  readonly publicHosts: readonly string[];
  /** The host that the server listens on. */
  readonly bindHost?: string;
}

/**
 * Keeps web pages from using this server through a visitor's browser. A page of another site shows
 * by its Origin, a name that was re-pointed to this machine (DNS rebinding) by its Host. Gives the
 * reply that refuses the request, or undefined when it may pass.
 */
export function guardBrowser(headers: WireRequest['headers'], options: BrowserGuardOptions): WireReply | undefined {
  const host = single(headers.host);
  if (host !== undefined && !isServed(host, options)) {
    return forbidden(
      `The host name '${shown(host)}' is not served here. Use a loopback address, or start the server with --public-url set to the address that clients use.`,
    );
  }
  const origin = single(headers.origin);
  if (origin !== undefined && !isOwnOrigin(origin, host, options)) {
    return forbidden(`Pages of '${shown(origin)}' may not use this server.`);
  }
  return undefined;
}

function isServed(host: string, { publicHosts, bindHost }: BrowserGuardOptions): boolean {
  const name = hostnameOf(host);
  if (name === undefined) return false;
  if (isLoopback(name) || publicHosts.some((served) => hostnameOf(served) === name)) return true;
  const bound = bindHost === undefined ? undefined : hostnameOf(isIP(bindHost) === 6 ? `[${bindHost}]` : bindHost);
  // An address in figures cannot be re-pointed, so it is safe where every interface is served.
  const anyInterface = bound === '0.0.0.0' || bound === '::';
  return bound === name || (anyInterface && isIP(name) !== 0);
}

/** A page is ours when it came from the host that it now calls, or from a public address. */
function isOwnOrigin(origin: string, host: string | undefined, { publicHosts }: BrowserGuardOptions): boolean {
  const [, rest] = /^https?:\/\/([^/]+)$/i.exec(origin) ?? [];
  if (rest === undefined) return false;
  const same = (other: string): boolean => other.toLowerCase() === rest.toLowerCase();
  return (host !== undefined && same(host)) || publicHosts.some(same);
}

/** `localhost`, everything below it, 127.0.0.0/8 and ::1, the last two in every spelling. */
function isLoopback(name: string): boolean {
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  if (isIP(name) === 4) return name.startsWith('127.');
  return name === '::1' || /^::ffff:7f[0-9a-f]{2}:/.test(name);
}

/** The host name without port and brackets, in the spelling that URLs reduce it to. */
function hostnameOf(host: string): string | undefined {
  if (!/^(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:\d{1,5})?$/i.test(host)) return undefined;
  const url = `http://${host}`;
  if (!URL.canParse(url)) return undefined;
  return new URL(url).hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

const single = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value.join(',') : value;

const shown = (text: string): string => text.slice(0, 200);

const forbidden = (message: string): WireReply => ({
  status: 403,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ __type: 'AccessDeniedException', message }),
});
