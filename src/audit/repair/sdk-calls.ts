import type { Door } from '../collect/calls.ts';
import type { Pace } from '../collect/pace.ts';
import type { MakeCall } from './apply.ts';
import { callOf } from './step.ts';

type AnyCall = (name: string, region: string, input: object) => Promise<Readonly<Record<string, unknown>>>;

/**
 * Makes the calls of a repair through a door of the SDK, at the rates that AWS allows. A chain may lie in
 * another account than the one audited: what belongs there is refused, for the keys are not of that account.
 */
export function callsThrough(door: Door, pace: Pace, caller: string): MakeCall {
  // The door's types list what an audit reads; underneath it takes every operation of its services.
  const call = door.call.bind(door) as unknown as AnyCall;
  return async (step) => {
    const { account, region } = step.scope;
    if (account !== caller) throw new OtherAccountError(account);
    return pace.run(`${account}/${region}/${callOf(step)}`, callOf(step), () => call(callOf(step), region, step.input));
  };
}

/** The step is for another account than the caller's. */
export class OtherAccountError extends Error {
  override readonly name = 'OtherAccount';

  constructor(account: string) {
    super(`it belongs to account ${account}: run the repair with keys of that account`);
  }
}
