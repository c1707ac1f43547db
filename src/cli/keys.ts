import { Command } from 'commander';
import { systemClock } from '../base/clock.ts';
import { Refusal } from '../base/refusal.ts';
import { explainStart } from '../server/explain-start.ts';
import { openKeys } from '../server/keys.ts';
import { CONFIG, settingsFor } from './settings.ts';
import { CommandError, type Terminal } from './terminal.ts';

interface KeyOptions {
  dataDir?: string;
  store?: string;
  config?: string;
  json?: boolean;
  account?: string;
  allow?: string[];
  note?: string;
}

export function keysCommand(terminal: Terminal): Command {
  const command = new Command('keys')
    .description("Access keys of the engine's AWS endpoint (serve --auth keys).")
    .addHelpText('after', '\nExample:\n  trailbell keys create --note "log agent" --allow logs:PutLogEvents');
  const shared = (name: string, description: string): Command =>
    command
      .command(name)
      .description(description)
      .option('--config <file>', `settings file of the engine (./${CONFIG}, where there is one)`)
      .option('--data-dir <dir>', 'folder of the store and its key file (./trailbell-data)')
      .option('--store <url>', 'postgres://…, where the engine uses one')
      .option('--json', 'print JSON');

  shared('create', 'Make a key. Its secret is shown this once.')
    .option('--account <id>', 'the twelve-digit account it acts for')
    .option('--allow <operation...>', 'only these operations, such as logs:PutLogEvents or logs:*')
    .option('--note <text>', 'what it is for')
    .addHelpText('after', '\nExample:\n  trailbell keys create --account 111122223333 --allow logs:PutLogEvents')
    .action((options: KeyOptions) =>
      withKeys(options, async (keys, account) => {
        const made = await keys.create({
          account: options.account ?? account,
          operations: options.allow,
          note: options.note,
        });
        if (options.json) return terminal.out(JSON.stringify(made));
        terminal.out(`export AWS_ACCESS_KEY_ID=${made.accessKeyId}\nexport AWS_SECRET_ACCESS_KEY=${made.secret}`);
        terminal.note(
          "The secret is not shown again. This program's own commands read both from TRAILBELL_ACCESS_KEY_ID",
        );
        terminal.note('and TRAILBELL_SECRET_ACCESS_KEY, so that keys of AWS itself are never sent to an engine.');
      }),
    );
  shared('list', 'Show all keys, without their secrets.')
    .addHelpText('after', '\nExample:\n  trailbell keys list --json')
    .action((options: KeyOptions) =>
      withKeys(options, async (keys) => {
        const rows = await keys.list();
        if (options.json) return terminal.out(JSON.stringify(rows));
        if (rows.length === 0) terminal.note('No keys yet: "trailbell keys create" makes one.');
        for (const row of rows) {
          const may = row.operations?.join(' ') ?? 'everything';
          const until = row.revokedAt === null ? '' : `  revoked ${new Date(row.revokedAt).toISOString()}`;
          terminal.out(`${row.accessKeyId}  ${row.account}  ${may}${until}${row.note ? `  ${row.note}` : ''}`);
        }
      }),
    );
  shared('revoke', 'End a key at once.')
    .argument('<access-key-id>')
    .addHelpText('after', '\nExample:\n  trailbell keys revoke AKIAEXAMPLE')
    .action((id: string, options: KeyOptions) =>
      withKeys(options, async (keys) => {
        if (!(await keys.revoke(id))) throw new CommandError(`there is no key ${id} (trailbell keys list)`);
        terminal.out(options.json ? JSON.stringify({ revoked: id }) : `${id} is revoked`);
      }),
    );
  return command;
}

async function withKeys(
  options: KeyOptions,
  act: (keys: Awaited<ReturnType<typeof openKeys>>['keys'], account: string) => Promise<void>,
): Promise<void> {
  const { dataDir, store, config } = options;
  const settings = settingsFor(config, { ...(dataDir && { dataDir }), ...(store && { store }), auth: 'keys' });
  const opened = await openKeys(settings, systemClock).catch((error: unknown) => {
    const sentence = explainStart(error, settings);
    throw sentence === undefined ? error : new CommandError(sentence);
  });
  try {
    await act(opened.keys, settings.defaultAccount);
  } catch (error) {
    if (error instanceof Refusal) throw new CommandError(error.message);
    throw error;
  } finally {
    await opened.close();
  }
}
