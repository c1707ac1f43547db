import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { ChatKind } from '../../src/chain/channels/chat/chat-kind.ts';
import { judgeDiscord } from './discord.ts';
import { judgeGoogleChat } from './google-chat.ts';
import { judgePagerduty } from './pagerduty.ts';
import { judgeSlack } from './slack.ts';
import { judgeTeams } from './teams.ts';
import type { Verdict } from './verdict.ts';

const accepted = (): Verdict => ({ faults: [], mentions: [], links: [] });

export const JUDGES: Readonly<Record<ChatKind, (body: unknown) => Verdict>> = {
  slack: judgeSlack,
  teams: judgeTeams,
  'google-chat': judgeGoogleChat,
  discord: judgeDiscord,
  pagerduty: judgePagerduty,
  json: accepted,
};

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly text?: string;
}

const json = (status: number, value: unknown): Answer => ({
  status,
  headers: { 'content-type': 'application/json' },
  text: JSON.stringify(value),
});

/** How each service says yes and no. */
const ANSWERS: Readonly<Record<ChatKind, { yes: Answer; no: (faults: readonly string[]) => Answer }>> = {
  slack: { yes: { status: 200, text: 'ok' }, no: () => ({ status: 400, text: 'invalid_payload' }) },
  teams: {
    yes: { status: 202 },
    no: (faults) => json(400, { error: { code: 'InvalidRequestContent', message: faults[0] } }),
  },
  'google-chat': {
    yes: json(200, { name: 'spaces/AAA/messages/BBB' }),
    no: (faults) => json(400, { error: { code: 400, status: 'INVALID_ARGUMENT', message: faults[0] } }),
  },
  discord: {
    yes: json(200, { id: '1' }),
    no: (faults) => json(400, { code: 50035, message: 'Invalid Form Body', errors: faults }),
  },
  pagerduty: {
    yes: json(202, { status: 'success', message: 'Event processed' }),
    no: (faults) => json(400, { status: 'invalid event', message: 'Event object is invalid', errors: faults }),
  },
  json: { yes: { status: 204 }, no: () => ({ status: 400 }) },
};

/** What the path and query of each service's addresses look like. */
const PATHS: Readonly<Record<ChatKind, string>> = {
  slack: '/services/T000/B000/XXXX',
  teams: '/workflows/0123/triggers/manual/paths/invoke?api-version=2016-06-01&sig=abc',
  'google-chat': '/v1/spaces/AAA/messages?key=k&token=t',
  discord: '/api/webhooks/123/token',
  pagerduty: `/v2/enqueue?routing_key=${'0123456789abcdef'.repeat(2)}`,
  json: '/hook',
};

export interface ChatRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
  readonly verdict: Verdict;
}

/**
 * A server that takes what the service takes, and refuses what its documentation says it refuses.
 * @param answer overrules it where it gives something
 */
export async function chatReceiver(kind: ChatKind, answer: (nth: number) => Answer | undefined = () => undefined) {
  const received: ChatRequest[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const part of request) text += part;
    const body: unknown = JSON.parse(text);
    const verdict = JUDGES[kind](body);
    received.push({ path: request.url ?? '', headers: request.headers, body, verdict });
    const { yes, no } = ANSWERS[kind];
    const said = answer(received.length) ?? (verdict.faults.length > 0 ? no(verdict.faults) : yes);
    response.writeHead(said.status, said.headers ?? { 'content-type': 'text/plain' }).end(said.text ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${PATHS[kind]}`, received };
}
