import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { nearest } from '../base/nearest.ts';
import { demoCommand } from './demo.ts';
import { ingestCommand } from './ingest.ts';
import { keysCommand } from './keys.ts';
import { LATER } from './later.ts';
import { serveCommand } from './serve.ts';
import { statusCommand } from './status.ts';
import { CommandError, EXIT, processTerminal, type Terminal } from './terminal.ts';

/** Runs one command line and ends the process with its exit code. */
export async function main(words: readonly string[]): Promise<void> {
  process.exitCode = await run(words, processTerminal());
}

/** The same without touching the process: gives the exit code back. */
export async function run(words: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode: number = EXIT.clean;
  const end = (code: number): void => {
    exitCode = code;
  };
  const program = new Command('trailbell')
    .description('Rings a bell, and says who did what, whenever the root user of an AWS account is used.')
    .version(version(), '-V, --version')
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.note(text.trimEnd()),
    })
    .showHelpAfterError('(--help shows how)')
    .exitOverride();
  for (const command of [serveCommand, demoCommand, ingestCommand, statusCommand, keysCommand]) {
    program.addCommand(command(terminal, end).copyInheritedSettings(program));
  }
  try {
    refuseUnknown(words, program);
    await program.parseAsync([...words], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.clean : EXIT.usage;
    if (!(error instanceof CommandError)) throw error;
    terminal.note(`trailbell: ${error.message}`);
    return error.exitCode;
  }
  return exitCode;
}

function refuseUnknown(words: readonly string[], program: Command): void {
  const [word] = words;
  if (word === undefined || word.startsWith('-') || word === 'help') return;
  const known = program.commands.map((command) => command.name());
  if (known.includes(word)) return;
  const later = LATER[word];
  if (later) throw new CommandError(`"${word}" is not there yet: it will ${later}. See CHANGELOG.md for what is.`);
  const near = nearest(word, known);
  throw new CommandError(`there is no command "${word}"${near ? `; did you mean "${near}"?` : ''} (--help lists them)`);
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
