import type { Tx } from '../../store/writer.ts';
import type { AnyAlarm } from './alarm.ts';
import { noteMuted } from './history.ts';
import type { AlarmState } from './rule.ts';
import { readTimer, setTimer } from './timers.ts';

/** What was muted of an alarm and is to be told when the window is over. */
export interface Muted {
  /** The state before the first change that nobody was told of. */
  readonly from: AlarmState;
  /** Whether a ring while ringing was muted. */
  readonly again: boolean;
}

interface Mutable {
  readonly kind: string;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly changedAt: number;
  readonly at: number;
}

/** Keeps in mind, until the mute window ends, that these actions were not run. */
export async function mute(
  tx: Tx,
  alarm: AnyAlarm,
  telling: Mutable,
  actions: readonly string[],
  until: number,
): Promise<void> {
  const before = await readTimer<Muted>(tx.db, alarm.id, 'muted');
  // History has its own line beside the state, and is not made up for.
  const isAgain = telling.kind !== 'history' && telling.from === telling.to;
  const again = isAgain || before?.detail.again === true;
  const muted: Muted = { from: before?.detail.from ?? telling.from, again };
  await setTimer(tx, alarm.id, 'muted', until, muted);
  for (const arn of actions) await noteMuted(tx, alarm, arn, until, telling.changedAt, telling.at);
}
