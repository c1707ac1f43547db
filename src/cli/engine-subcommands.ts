import { Command } from 'commander';
import { DEFAULT_ENDPOINT } from './engine.ts';

/** The options of every command that asks a running engine. */
export interface EngineOptions {
  readonly endpointUrl: string;
  readonly json?: boolean;
}

/** Adds a subcommand; `example` is what follows the command's name. */
export type Subcommand = (name: string, description: string, example: string) => Command;

/** A command whose subcommands all ask a running engine, and how to add them. */
export function engineCommand(
  name: string,
  description: string,
): { readonly command: Command; readonly subcommand: Subcommand } {
  const command = new Command(name).description(description);
  const subcommand: Subcommand = (ownName, ownDescription, example) =>
    command
      .command(ownName)
      .description(ownDescription)
      .option('--endpoint-url <url>', 'the engine', process.env.AWS_ENDPOINT_URL ?? DEFAULT_ENDPOINT)
      .option('--json', 'print the answer as JSON')
      .addHelpText('after', `\nExample:\n  trailbell ${name} ${example}`);
  return { command, subcommand };
}
