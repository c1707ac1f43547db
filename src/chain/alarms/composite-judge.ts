import type { Tx } from '../../store/writer.ts';
import type { AnyAlarm, CompositeAlarm } from './alarm.ts';
import { changeState } from './change-state.ts';
import type { Cause } from './composite-cause.ts';
import { ruleOfComposite } from './composite-definition.ts';
import { childrenIn, deciders, holds } from './composite-rule.ts';
import { firstEvidence } from './evidence-so-far.ts';
import { longTime, offsetTime, writeJson } from './java-text.ts';
import { alarmArn } from './notification.ts';
import { childrenOf } from './relations.ts';
import type { RingDeps } from './ring.ts';
import type { AlarmState } from './rule.ts';

/**
 * Judges a composite alarm by the states that its children have now, and changes it where the verdict
 * differs from its state. It is in ALARM while its rule holds, else OK.
 */
export async function judgeComposite(
  tx: Tx,
  deps: RingDeps,
  alarm: CompositeAlarm,
  cause: Cause,
  now: number,
): Promise<void> {
  const rule = ruleOfComposite(alarm.definition, alarm.scope);
  const children = new Map(
    (await childrenOf(tx.db, alarm.id, 'rule')).map((child) => [child.definition.AlarmName, child]),
  );
  const stateOf = (name: string): AlarmState => children.get(name)?.state ?? 'INSUFFICIENT_DATA';
  const state = holds(rule, stateOf) ? 'ALARM' : 'OK';
  if (state === alarm.state) return;
  const names = cause.kind === 'created' ? childrenIn(rule) : deciders(rule, stateOf);
  const triggering = names.flatMap((name) => children.get(name) ?? []);
  const told = { state, reason: reasonOf(alarm, cause, state, children), reasonData: reasonData(triggering) } as const;
  const evidence = state === 'ALARM' ? await firstEvidence(tx, deps, triggering, now) : undefined;
  const path = cause.kind === 'child' ? cause.path : [];
  await changeState(tx, deps, alarm, told, evidence, now, [...path, alarm.id]);
}

function reasonOf(
  { scope, definition }: CompositeAlarm,
  cause: Cause,
  state: AlarmState,
  children: ReadonlyMap<string, AnyAlarm>,
): string {
  const own = alarmArn(scope, definition.AlarmName);
  if (cause.kind === 'created') return `${own} was created and its alarm rule evaluates to ${state}`;
  const child = cause.kind === 'child' ? [...children.values()].find(({ id }) => id === cause.child) : undefined;
  if (!child) return `${own} was updated and its new alarm rule evaluates to ${state}`;
  const arn = alarmArn(child.scope, child.definition.AlarmName);
  return `${arn} transitioned to ${child.state} at ${longTime(child.stateTransitionedAt)}`;
}

const reasonData = (triggering: readonly AnyAlarm[]): string =>
  writeJson({
    triggeringAlarms: triggering.map(({ scope, definition, state, stateTransitionedAt }) => ({
      arn: alarmArn(scope, definition.AlarmName),
      state: { value: state, timestamp: offsetTime(stateTransitionedAt) },
    })),
  });
