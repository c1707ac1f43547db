import pc from 'picocolors';

/** Where a command writes, and whether colours are welcome there. */
export interface Terminal {
  /** Results: the only thing other programs read. */
  out(text: string): void;
  /** Progress, welcome, errors. */
  note(text: string): void;
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
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    note: (text) => void process.stderr.write(`${text}\n`),
    width: process.stdout.columns,
    colors: pc.createColors(pc.isColorSupported && process.stderr.isTTY === true),
  };
}

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
