import type { AlarmDefinition } from './definition.ts';
import type { AlarmState } from './rule.ts';

/** The actions of the state that an alarm enters. */
export function actionsOf(definition: AlarmDefinition, state: AlarmState): readonly string[] {
  if (state === 'ALARM') return definition.AlarmActions ?? [];
  return (state === 'OK' ? definition.OKActions : definition.InsufficientDataActions) ?? [];
}
