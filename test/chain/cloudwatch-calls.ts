import { cloudWatchHandlers } from '../../src/aws/cloudwatch/cloudwatch-handlers.ts';
import { Gateway } from '../../src/aws/wire/gateway.ts';
import type { Protocol } from '../../src/aws/wire/service.ts';
import { seededIds } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import type { Store } from '../../src/store/store.ts';
import { clientOf, commandOf } from '../wire/sdk-clients.ts';
import { AlarmsWorld, SCOPE } from './alarms-world.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look into any answer.
type Answer = any;

/** CloudWatch behind the gateway, on a store, called with the SDK's own client. */
export function cloudWatchOn(store: Store, protocol: Protocol) {
  const world = new AlarmsWorld(store);
  const gateway = new Gateway({
    handlers: { cloudwatch: cloudWatchHandlers(world.context, world) },
    clock: world.clock,
    ids: seededIds(5),
    log: silentLog,
    defaults: SCOPE,
  });
  const client = clientOf('cloudwatch', protocol, gateway);
  return {
    world,
    gateway,
    /** An answer without what the client adds. */
    async call(operation: string, input: object = {}): Promise<Answer> {
      const { $metadata: _, ...answer } = await client.send(commandOf('cloudwatch', operation, input));
      await world.settled();
      return answer;
    },
    /** Calls an operation that must fail, and gives `status name: message`. */
    async refusal(operation: string, input: object): Promise<string> {
      try {
        await client.send(commandOf('cloudwatch', operation, input));
      } catch (error) {
        const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
        return `${$metadata?.httpStatusCode} ${name}: ${message}`;
      }
      throw new Error(`${operation} was answered`);
    },
  };
}
