import type { Protocol } from './subscription.ts';

/** The text of a message where no protocol is asked for. */
export const defaultText = (body: string, structure: 'json' | undefined): string =>
  structure === 'json' ? String((JSON.parse(body) as Record<string, unknown>).default) : body;

/** The text of a message for one protocol: of one text per protocol, its own or the default. */
export function textFor(body: string, structure: string | null | undefined, protocol: Protocol): string {
  if (structure !== 'json') return body;
  const texts = JSON.parse(body) as Record<string, unknown>;
  const own = Object.hasOwn(texts, protocol) ? texts[protocol] : undefined;
  return typeof own === 'string' ? own : String(texts.default);
}
