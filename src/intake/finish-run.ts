import type { ChainContext } from '../chain/context.ts';
import { endRun } from '../chain/matches/history-runs.ts';

/** Ends an intake run: the history that it brought is announced now, not after a quiet moment. */
export async function finishRun(
  context: Pick<ChainContext, 'store' | 'clock' | 'signals'>,
  run: string,
): Promise<void> {
  await context.store.write((tx) => endRun(context, tx, run));
}
