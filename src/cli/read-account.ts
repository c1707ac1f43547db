import type { Pace } from '../audit/collect/pace.ts';
import { scenarioOf } from '../audit/collect/scenario-of.ts';
import { collectFleet } from '../audit/fleet/collect-fleet.ts';
import { OWN_PREFIX, OWN_TOPIC } from '../audit/repair/own-names.ts';
import type { Scenario } from '../audit/state.ts';
import { systemClock } from '../base/clock.ts';
import type { Caller } from './audit-caller.ts';
import { CommandError, EXIT } from './terminal.ts';

/** The state of the caller's own account, with what a repair has made there. @throws CommandError */
export async function readAccount(caller: Caller, pace: Pace): Promise<Scenario> {
  const { account, region, endpoint, door } = caller;
  const [reading] = await collectFleet(
    [{ account, role: null }],
    { region, withSecurityHub: false, alsoOwn: { alarmPrefix: OWN_PREFIX, topic: OWN_TOPIC } },
    // The door is needed again: it is not this reading's to close.
    { clock: systemClock, pace, open: () => ({ call: door.call.bind(door) }), width: 1, keepAnswers: false, endpoint },
  );
  if (!reading) throw new CommandError('nothing could be read', EXIT.unfinished);
  return scenarioOf(reading.collected, new Map(), reading.denials, region, reading.entered);
}
