import { CommandError } from './terminal.ts';

/**
 * Does one thing after another, shows all that could be done, and then fails with the first that could not, so that
 * nobody takes for undone what was done.
 * @throws CommandError
 */
export async function eachOf<Done>(
  ids: readonly string[],
  act: (id: string) => Promise<Done>,
  show: (done: readonly Done[]) => void,
): Promise<void> {
  const done: Done[] = [];
  let wrong: CommandError | undefined;
  for (const id of ids) {
    try {
      done.push(await act(id));
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      wrong ??= ids.length === 1 ? error : new CommandError(`${id}: ${error.message}`, error.exitCode);
    }
  }
  if (done.length > 0) show(done);
  if (wrong) throw wrong;
}
