import { existsSync, readFileSync } from 'node:fs';
import {
  OptionError,
  type ServeOptions,
  serveOptions,
  settingsFromEnvironment,
  settingsFromFile,
} from '../server/options.ts';
import { CommandError } from './terminal.ts';

/** Read where nothing else is named. */
export const CONFIG = 'trailbell.json';

/**
 * The settings of an engine: those of the file `config` (or of `trailbell.json` here, if there is one),
 * then the environment, then `flags`, the last one winning.
 */
export function settingsFor(config: string | undefined, flags: Record<string, unknown>): ServeOptions {
  try {
    const file = config ?? (existsSync(CONFIG) ? CONFIG : undefined);
    return serveOptions(file ? readSettings(file) : {}, settingsFromEnvironment(process.env), flags);
  } catch (error) {
    if (error instanceof OptionError) throw new CommandError(error.message);
    throw error;
  }
}

function readSettings(file: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new OptionError(`--config ${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
  return settingsFromFile(text, file);
}
