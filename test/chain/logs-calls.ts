import { logsHandlers } from '../../src/aws/logs/logs-handlers.ts';
import { Gateway } from '../../src/aws/wire/gateway.ts';
import { seededIds } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import type { Store } from '../../src/store/store.ts';
import { LogsWorld, SCOPE } from './logs-world.ts';

/** An answer as a client sees it: the JSON, or `{ code, message }` of an error. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into any answer.
type Answer = any;

export interface Calls {
  readonly world: LogsWorld;
  /** Calls an operation over JSON 1.1, without a socket. */
  call(operation: string, input: object): Promise<Answer>;
  /** Calls an operation that must fail, and gives `code: message`. */
  refusal(operation: string, input: object): Promise<string>;
}

/** CloudWatch Logs behind the gateway, on a store. */
export function callsOn(store: Store): Calls {
  const world = new LogsWorld(store);
  const gateway = new Gateway({
    handlers: { logs: logsHandlers({ store, clock: world.clock, acceptEvents: world.accept }) },
    clock: world.clock,
    ids: seededIds(3),
    log: silentLog,
    defaults: SCOPE,
  });
  const send = async (operation: string, input: object): Promise<{ status: number; answer: Answer }> => {
    const reply = await gateway.handle({
      method: 'POST',
      url: '/',
      headers: { 'x-amz-target': `Logs_20140328.${operation}`, 'content-type': 'application/x-amz-json-1.1' },
      body: Buffer.from(JSON.stringify(input)),
    });
    const text = String(reply.body);
    return { status: reply.status, answer: text === '' ? {} : JSON.parse(text) };
  };
  return {
    world,
    async call(operation, input) {
      const { status, answer } = await send(operation, input);
      if (status !== 200) throw new Error(`${operation}: ${status} ${JSON.stringify(answer)}`);
      return answer;
    },
    async refusal(operation, input) {
      const { status, answer } = await send(operation, input);
      if (status !== 400) throw new Error(`${operation} was answered with ${status}: ${JSON.stringify(answer)}`);
      return `${String(answer.__type).replace(/^.*#/, '')}: ${answer.message}`;
    },
  };
}
