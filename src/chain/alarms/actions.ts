import type { AlarmState } from './rule.ts';

/** The actions of an alarm, of whatever kind. */
export interface Actions {
  readonly OKActions?: readonly string[];
  readonly AlarmActions?: readonly string[];
  readonly InsufficientDataActions?: readonly string[];
}

/** The actions of the state that an alarm enters. */
export function actionsOf(definition: Actions, state: AlarmState): readonly string[] {
  if (state === 'ALARM') return definition.AlarmActions ?? [];
  return (state === 'OK' ? definition.OKActions : definition.InsufficientDataActions) ?? [];
}
