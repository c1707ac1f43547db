import type { Door } from '../collect/calls.ts';
import type { Pace } from '../collect/pace.ts';
import type { MakeCall } from './apply.ts';
import { callOf } from './step.ts';

type AnyCall = (name: string, region: string, input: object) => Promise<Readonly<Record<string, unknown>>>;

/** Makes the calls of a repair through a door of the SDK, at the rates that AWS allows. */
export function callsThrough(door: Door, pace: Pace): MakeCall {
  // The door's types list what an audit reads; underneath it takes every operation of its services.
  const call = door.call.bind(door) as unknown as AnyCall;
  return (step) => {
    const { account, region } = step.scope;
    return pace.run(`${account}/${region}/${callOf(step)}`, callOf(step), () => call(callOf(step), region, step.input));
  };
}
