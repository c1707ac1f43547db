import pc from 'picocolors';

/** Where a command writes, and whether colours are welcome there. */
export interface Terminal {
  /** Results: the only thing other programs read. */
  out(text: string): void;
  /** Progress, welcome, errors. */
  note(text: string): void;
  /** A line that the next one replaces, for progress; '' takes it away. Only where there is a screen. */
  readonly status?: ((text: string) => void) | undefined;
  /** Columns; undefined where nobody knows. */
  readonly width?: number | undefined;
  readonly colors: ReturnType<typeof pc.createColors>;
}

/** The terminal of this process. A reader that has gone away (`| head`) ends nothing, least of all an engine. */
export function processTerminal(): Terminal {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  const isScreen = process.stderr.isTTY === true;
  let hasStatus = false;
  const status = (text: string): void => {
    if (hasStatus || text !== '') process.stderr.write(`\r\x1b[2K${text.slice(0, (process.stderr.columns ?? 80) - 1)}`);
    hasStatus = text !== '';
  };
  return {
    out(text) {
      status('');
      process.stdout.write(`${text}\n`);
    },
    note(text) {
      status('');
      process.stderr.write(`${text}\n`);
    },
    status: isScreen ? status : undefined,
    width: process.stdout.columns,
    colors: pc.createColors(pc.isColorSupported && isScreen && process.stdout.isTTY === true),
  };
}

/** The name of whoever sits at the terminal; empty where nobody does. */
export const terminalUser = (): string => process.env.USER ?? process.env.LOGNAME ?? '';

/** Exit codes of every command; 3 beats 1. */
export const EXIT = { clean: 0, findings: 1, usage: 2, unfinished: 3 } as const;

/** Ends a command with a sentence for the user and an exit code; never a stack trace. */
export class CommandError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.usage) {
    super(message);
    this.exitCode = exitCode;
  }
}
