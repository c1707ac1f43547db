import type { IntakeState } from '../../intake/fetch/intake-state.ts';

/** What intakes are further behind than they may be; each with a key that stays the same while it is. */
export function lagWarnings(
  states: readonly IntakeState[],
): { readonly key: string; readonly says: string; readonly fix: string }[] {
  return states.flatMap(({ name, isLagging, oldestUnreadAt }) =>
    isLagging && oldestUnreadAt !== null
      ? [
          {
            key: `intake/${name}/lag`,
            says: `intake ${name} is behind: its oldest unread object was delivered ${new Date(oldestUnreadAt).toISOString()}`,
            fix: 'objects.waiting of "trailbell status --json" tells how many wait; a higher "parallel" reads faster',
          },
        ]
      : [],
  );
}
