import type { Scope } from '../../base/scope.ts';
import { type Asking, actingScope } from '../../chain/topics/access/permitted-topic.ts';
import type { Call } from '../wire/handlers.ts';
import { principalOf } from '../wire/principal.ts';
import type { SnsDeps } from './deps.ts';

/** A call as the policy of a topic sees it. */
export const asking = (call: Call, action: Asking['action']): Asking => ({
  scope: call.scope,
  principalArn: principalOf(call),
  action,
  secure: call.secure,
});

/** The scope in which a call acts on a topic, another account's too where its policy lets the caller. */
export const scopeFor = (
  { store }: SnsDeps['chain'],
  call: Call,
  action: Asking['action'],
  topicArn: string,
): Promise<Scope> => actingScope(store.read, asking(call, action), topicArn);
