import { Command, Option } from 'commander';
import { pino } from 'pino';
import { systemClock } from '../base/clock.ts';
import { killAt, noFaults } from '../base/faults.ts';
import { systemIds } from '../base/ids.ts';
import { type App, startApp } from '../server/app.ts';
import { explainStart } from '../server/explain-start.ts';
import { welcome } from '../server/welcome.ts';
import { CONFIG, settingsFor } from './settings.ts';
import { CommandError, EXIT, type Terminal } from './terminal.ts';

export function serveCommand(terminal: Terminal, end: (code: number) => void): Command {
  return new Command('serve')
    .description("Run the engine: AWS's endpoints, console and own API on one port.")
    .option('--port <n>', 'port; 0 picks a free one (4780)')
    .option('--host <address>', 'address to listen on (127.0.0.1)')
    .option('--data-dir <dir>', 'folder of the embedded store and mails (./trailbell-data)')
    .option('--config <file>', `settings file (./${CONFIG}, where there is one)`)
    .option('--cis [version]', 'install the CIS monitoring controls once, never overwriting')
    .option('--watch <dir...>', 'folders watched for CloudTrail files')
    .option('--log-group <name>', 'log group of records that no trail claims (CloudTrail/logs)')
    .option('--smtp <url>', 'mail server, such as smtp://mail.example.com:587 (mails are kept here)')
    .option('--mail-from <address>', 'sender of all mails')
    .option('--public-url <url>', 'where people reach this engine; the base of links in messages')
    .option('--tls-cert <file>', 'PEM certificate chain: serve over TLS')
    .option('--tls-key <file>', 'PEM private key')
    .option('--auth <mode>', 'off (loopback only) or keys (off)')
    .option('--default-account <id>', 'account of unsigned calls (000000000000)')
    .option('--region <name>', 'region of unsigned calls (us-east-1)')
    .option('--allow-destination <cidr...>', 'private networks that deliveries may go to')
    .option('--account-names <file>', 'names of accounts: JSON, or CSV with id and name; or organizations, to ask AWS')
    .option('--known-automation <file>', 'JSON: automation to be labelled in rings')
    .option('--deliver-to-aws [endpoint]', 'allow deliveries to SQS, Lambda and Firehose in AWS')
    .option('--store <url>', 'postgres://… instead of the embedded store')
    .addOption(new Option('--stream <url>', 'not available yet').hideHelp())
    .option('--alarm-history-days <n>', 'days that alarm history is kept (30)')
    .option('--drill-every <time>', 'hold a drill that rings every subscriber so often, such as 24h (never)')
    .option('--heartbeat-url <url>', 'address that is called while every chain can ring (none)')
    .option('--heartbeat-every <time>', 'how often it is called (1m)')
    .option('--log-level <level>', 'error, warn, info, debug, trace or silent (warn)')
    .addHelpText(
      'after',
      '\nExample:\n  trailbell serve --cis --watch ./cloudtrail --smtp smtp://mail.example.com --mail-from bell@example.com',
    )
    .action(async (flags: Record<string, unknown>) => {
      const app = await start(flags, terminal);
      await stopped();
      await app.stop();
      end(EXIT.clean);
    });
}

async function start(flags: Record<string, unknown>, terminal: Terminal): Promise<App> {
  const { config, ...given } = flags;
  const options = settingsFor(config as string | undefined, given);
  const log = pino(
    {
      level: options.logLevel,
      redact: ['secret', '*.secret', 'authorization', '*.authorization', 'password', '*.password'],
    },
    pino.destination({ dest: 2, sync: true }),
  );
  const plan = process.env.TRAILBELL_FAULT;
  const reach = plan ? killAt(plan) : noFaults;
  try {
    const app = await startApp(options, { clock: systemClock, ids: systemIds, log, reach, print: terminal.note });
    terminal.out(`ready ${app.url}`);
    terminal.note(welcome(app, options, terminal.colors));
    return app;
  } catch (error) {
    const sentence = explainStart(error, options);
    if (sentence === undefined) throw error;
    throw new CommandError(sentence);
  }
}

/** Resolves on the first SIGINT or SIGTERM; a second one ends the process at once. */
function stopped(): Promise<void> {
  // Timers of the engine never hold the process; its listener does, and so does this one.
  const hold = setInterval(() => undefined, 60_000);
  return new Promise((resolve) => {
    const stop = (): void => {
      clearInterval(hold);
      process.once('SIGINT', () => process.exit(130));
      process.once('SIGTERM', () => process.exit(143));
      resolve();
    };
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  });
}
