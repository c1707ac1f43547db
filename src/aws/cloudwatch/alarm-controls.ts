import { Refusal } from '../../base/refusal.ts';
import { enableActions, setAlarmState as forceState, deleteAlarms as removeAlarms } from '../../chain/alarms/alarms.ts';
import type { CloudWatchDeps, CloudWatchOperation } from './deps.ts';

/** Wrong names are skipped, and the right ones still deleted. */
export const deleteAlarms =
  ({ store, clock }: CloudWatchDeps): CloudWatchOperation<'DeleteAlarms'> =>
  async ({ AlarmNames }, { scope }) => {
    await store.write((tx) => removeAlarms(tx, scope, AlarmNames, clock.now()));
    return {};
  };

export const enableAlarmActions =
  ({ store, clock }: CloudWatchDeps): CloudWatchOperation<'EnableAlarmActions'> =>
  async ({ AlarmNames }, { scope }) => {
    await store.write((tx) => enableActions(tx, scope, AlarmNames, true, clock.now()));
    return {};
  };

export const disableAlarmActions =
  ({ store, clock }: CloudWatchDeps): CloudWatchOperation<'DisableAlarmActions'> =>
  async ({ AlarmNames }, { scope }) => {
    await store.write((tx) => enableActions(tx, scope, AlarmNames, false, clock.now()));
    return {};
  };

export const setAlarmState =
  (deps: CloudWatchDeps): CloudWatchOperation<'SetAlarmState'> =>
  async ({ AlarmName, StateValue, StateReason, StateReasonData }, { scope }) => {
    if (StateReasonData !== undefined && !isJson(StateReasonData)) throw new Refusal('InvalidFormatFault', '');
    const forced = { state: StateValue, reason: StateReason, reasonData: StateReasonData ?? null };
    const { store, clock } = deps;
    const known = await store.write((tx) => forceState(tx, deps, scope, AlarmName, forced, clock.now()));
    // Recorded on AWS: the message is empty.
    if (!known) throw new Refusal('ResourceNotFound', '');
    return {};
  };

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
