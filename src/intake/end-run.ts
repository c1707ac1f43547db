import type { ChainContext } from '../chain/context.ts';

/** Ends an intake run: the history that it brought is announced now, not after a quiet moment. */
export async function endRun(
  { store, clock, signals }: Pick<ChainContext, 'store' | 'clock' | 'signals'>,
  run: string,
): Promise<void> {
  await store.write(async (tx) => {
    await tx.db.updateTable('history_runs').set({ due_at: clock.now() }).where('run', '=', run).execute();
    tx.onCommit(() => signals.raise('alarms'));
  });
}
