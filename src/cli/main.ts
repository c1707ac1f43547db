import { Command, CommanderError } from 'commander';
import { nearest } from '../base/nearest.ts';
import { version } from '../base/version.ts';
import { alarmCommand } from './alarm.ts';
import { auditCommand } from './audit.ts';
import { demoCommand } from './demo.ts';
import { drillCommand } from './drill.ts';
import { forwardCommand } from './forward.ts';
import { iamPolicyCommand } from './iam-policy.ts';
import { ingestCommand } from './ingest.ts';
import { intakesCommand } from './intakes.ts';
import { keysCommand } from './keys.ts';
import { patternCommand } from './pattern.ts';
import { quietWarnings } from './quiet-warnings.ts';
import { repairCommand } from './repair.ts';
import { ringCommand } from './ring.ts';
import { rulesCommand } from './rules/rules-command.ts';
import { scanCommand } from './scan.ts';
import { serveCommand } from './serve.ts';
import { silenceCommand } from './silence.ts';
import { statusCommand } from './status.ts';
import { CommandError, EXIT, processTerminal, type Terminal } from './terminal.ts';

/** Runs one command line and ends the process with its exit code. */
export async function main(words: readonly string[]): Promise<void> {
  const terminal = processTerminal();
  quietWarnings(process);
  try {
    process.exitCode = await run(words, terminal);
  } catch (error) {
    // A fault of ours: the stack helps whoever mends it, and 1 would say that something was found.
    terminal.note(`trailbell: unexpected fault\n${(error as Error).stack ?? String(error)}`);
    process.exitCode = EXIT.unfinished;
  }
}

/** The same without touching the process: gives the exit code back. */
export async function run(words: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode: number = EXIT.clean;
  const program = programFor(terminal, (code) => {
    exitCode = code;
  });
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

/** All commands with their options, ready to parse. */
export function programFor(terminal: Terminal, end: (code: number) => void): Command {
  const program = new Command('trailbell')
    .description('Rings a bell, and says who did what, whenever the root user of an AWS account is used.')
    .version(version(), '-V, --version')
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.note(text.trimEnd()),
      getOutHelpWidth: () => terminal.width ?? 80,
      getErrHelpWidth: () => terminal.width ?? 80,
      outputError: (text) => terminal.note(`trailbell: ${oneLine(text)} (--help shows how)`),
    })
    .addHelpText('after', EPILOGUE)
    .exitOverride();
  for (const command of [
    serveCommand,
    demoCommand,
    ingestCommand,
    scanCommand,
    statusCommand,
    ringCommand,
    silenceCommand,
    forwardCommand,
    intakesCommand,
    repairCommand,
    drillCommand,
    keysCommand,
    alarmCommand,
    patternCommand,
    rulesCommand,
    auditCommand,
    iamPolicyCommand,
  ]) {
    program.addCommand(inheriting(command(terminal, end), program));
  }
  return program;
}

const EPILOGUE = `
Exit codes: 0 clean; 1 something was found (a chain cannot ring); 2 wrong usage;
3 could not finish (no engine answers, a file cannot be read).

First minutes:
  trailbell serve --cis --watch ./cloudtrail
  trailbell demo
  trailbell status`;

/** Gives a command and those below it the output and the way to end of the whole program. */
function inheriting(command: Command, parent: Command): Command {
  command.copyInheritedSettings(parent);
  for (const below of command.commands) inheriting(below, command);
  return command;
}

/** `error: unknown option '--prot'\n(Did you mean --port?)` in the form of all other refusals. */
function oneLine(text: string): string {
  const [first = '', ...more] = text
    .trim()
    .replace(/^error: /, '')
    .split('\n');
  const near = more.map((line) => /^\(Did you mean (.+)\?\)$/.exec(line)?.[1]).find(Boolean);
  return near ? `${first}; did you mean ${near}?` : first;
}

function refuseUnknown(words: readonly string[], program: Command): void {
  const [word] = words;
  if (word === undefined || word.startsWith('-') || word === 'help') return;
  const known = program.commands.map((command) => command.name());
  if (known.includes(word)) return;
  const near = nearest(word, known);
  throw new CommandError(`there is no command "${word}"${near ? `; did you mean "${near}"?` : ''} (--help lists them)`);
}
