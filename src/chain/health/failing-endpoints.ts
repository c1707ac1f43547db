import { type Failing, shownEndpoint } from '../topics/subscription.ts';

/** A confirmed subscription, as far as its health goes. */
export interface Reached {
  readonly protocol: string;
  readonly endpoint: string;
  readonly failing?: Failing;
}

/** An endpoint that was not reached for so long is called unreachable; before, it may be restarting. */
const PATIENCE = 5 * 60_000;

/** Whether an endpoint counts as one that cannot be delivered to: something was given up, or nothing came through for a while. */
export const cannotDeliver = ({ failing }: Reached, now: number): boolean =>
  failing !== undefined && (failing.givenUp > 0 || now - failing.since >= PATIENCE);

/** `cannot deliver to https://… since 2026-03-04T12:00:00Z: The endpoint answered 404 (rejected); 3 given up` */
export function failingSentence({ protocol, endpoint, failing }: Reached): string {
  if (!failing) return '';
  const { since, reason, text, givenUp } = failing;
  const to = protocol.startsWith('http') || protocol === 'sqs' ? shownEndpoint(endpoint) : `${protocol} ${endpoint}`;
  const start = new Date(since).toISOString().replace(/\.\d+Z$/, 'Z');
  const end = givenUp > 0 ? `; ${givenUp} given up` : '; it is tried again';
  return `cannot deliver to ${to} since ${start}: ${text} (${reason})${end}`;
}
