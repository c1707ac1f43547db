import { z } from 'zod';
import { isAddressRange } from '../base/address-range.ts';
import { durationOf } from '../base/duration.ts';
import { nearest } from '../base/nearest.ts';
import { repeatedKey } from '../base/repeated-key.ts';
import { USUAL_HISTORY_DAYS } from '../chain/alarms/history-retention.ts';
import { forwardSettings } from '../forward/settings.ts';
import { intakeSettings } from '../intake/intake-settings.ts';
import { settingMistake } from './setting-mistake.ts';

const account = z.string().regex(/^\d{12}$/, 'must be twelve digits');
const port = z.coerce.number('must be a number from 0 to 65535').int().min(0).max(65_535);

/**
 * Every setting of `trailbell serve`: the keys of `trailbell.json`, of `TRAILBELL_*` environment
 * variables (`TRAILBELL_DATA_DIR`) and of the command line (`--data-dir`), the last one winning.
 */
export const serveSchema = z.strictObject({
  port: port.default(4780).describe('Port for AWS calls, console and own API. 0 picks a free one.'),
  host: z.string().min(1).default('127.0.0.1').describe('Address to listen on.'),
  dataDir: z.string().min(1).default('./trailbell-data').describe('Folder of the embedded store, key file and mails.'),
  cis: z
    .union([z.boolean(), z.string()])
    .default(false)
    .describe('Install the monitoring controls of the CIS benchmark: true, or its version.'),
  watch: z.array(z.string().min(1)).default([]).describe('Folders watched for CloudTrail files.'),
  logGroup: z
    .string()
    .regex(/^[.\-_/#A-Za-z0-9]{1,512}$/, 'may have letters, digits and . - _ / # only')
    .default('CloudTrail/logs')
    .describe('Log group of records that no trail claims.'),
  smtp: z
    .string()
    .regex(/^smtps?:\/\/./, 'must look like smtp://user:password@mail.example.com:587, or smtps://…')
    .optional()
    .describe('Mail server, such as smtp://user:password@mail.example.com:587.'),
  mailFrom: z.string().default('Trailbell <trailbell@localhost>').describe('Sender of all mails.'),
  publicUrl: z.url().optional().describe('Where people and receivers reach this engine: the base of links in mails.'),
  tlsCert: z.string().optional().describe('PEM file of the TLS certificate chain.'),
  tlsKey: z.string().optional().describe('PEM file of its private key.'),
  auth: z.enum(['off', 'keys']).default('off').describe('off: loopback only, no signatures needed. keys: verified.'),
  defaultAccount: account.default('000000000000').describe('Account of unsigned calls and of records without one.'),
  region: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/, 'must look like us-east-1')
    .default('us-east-1')
    .describe('Region of unsigned calls and of intakes.'),
  allowDestination: z
    .array(z.string().refine(isAddressRange, 'must be addresses like 10.1.0.0/16 or fd00::/8'))
    .default([])
    .describe('Private networks (CIDR) that deliveries may go to, such as 10.1.0.0/16.'),
  accountNames: z
    .string()
    .optional()
    .describe('File with the names of accounts: JSON, or CSV with id and name; or organizations, to ask AWS.'),
  knownAutomation: z
    .string()
    .optional()
    .describe('JSON file of automation that is known, with owner and expiry: its rings are labelled.'),
  deliverToAws: z
    .union([z.boolean(), z.url()])
    .default(false)
    .describe('Deliver to queues, Lambda functions and Firehose streams in AWS: true, or another endpoint than AWS.'),
  store: z
    .string()
    .regex(/^postgres(ql)?:\/\/./, 'must look like postgres://user:password@host/database')
    .optional()
    .describe('postgres://… instead of the embedded store.'),
  stream: z.string().optional().describe('nats://… between acceptance and judgement (not available yet).'),
  alarmHistoryDays: z.coerce
    .number('must be a number of days from 14 to 3650')
    .int()
    .min(14)
    .max(3_650)
    .default(USUAL_HISTORY_DAYS)
    .describe('Days that alarm history is kept. AWS keeps 30.'),
  drillEvery: z
    .string()
    .refine((text) => (durationOf(text) ?? 0) >= 60_000, 'must be a time like 24h, at least 1m')
    .optional()
    .describe('How often to hold a drill that rings every subscriber, such as 24h; never unless given.'),
  intakes: intakeSettings
    .default({})
    .describe('Where records come from besides AWS calls and watched folders; in the file only.'),
  forwards: forwardSettings
    .default({})
    .describe('Where events, matches or rings go besides, by name; in the file only.'),
  heartbeatUrl: z
    .url({ protocol: /^https?$/, error: 'must be an address such as https://hc-ping.com/UUID' })
    .optional()
    .describe('Address that is called while every chain can ring: whoever keeps it rings when the calls stop.'),
  heartbeatEvery: z
    .string()
    .refine((text) => (durationOf(text) ?? 0) >= 60_000, 'must be a time like 5m, at least 1m')
    .default('1m')
    .describe('How often that address is called.'),
  logLevel: z.enum(['error', 'warn', 'info', 'debug', 'trace', 'silent']).default('warn').describe('What is logged.'),
});

export type ServeOptions = z.output<typeof serveSchema>;
export type ServeSettings = z.input<typeof serveSchema>;

/** A setting that cannot be used: says which, where it came from and what to do. */
export class OptionError extends Error {}

/** Lists given by one environment variable are separated by commas. */
const LISTS: ReadonlySet<string> = new Set(['watch', 'allowDestination']);

/** Sections, which only the file can hold. */
const SECTIONS: ReadonlySet<string> = new Set(['intakes', 'forwards']);

/** What may be true, false, or say more. */
const SWITCHES: ReadonlySet<string> = new Set(['cis', 'deliverToAws']);

/** `TRAILBELL_DATA_DIR` → `dataDir`, for every key of the schema that is set. */
export function settingsFromEnvironment(env: NodeJS.ProcessEnv): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const key of Object.keys(serveSchema.shape)) {
    const value = env[`TRAILBELL_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`];
    if (value === undefined || value === '' || SECTIONS.has(key)) continue;
    if (LISTS.has(key)) settings[key] = value.split(',').map((part) => part.trim());
    else settings[key] = SWITCHES.has(key) && /^(true|false)$/.test(value) ? value === 'true' : value;
  }
  return settings;
}

/** The text of `trailbell.json` as settings; `name` is for the error message. */
export function settingsFromFile(text: string, name: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new OptionError(`${name} is not valid JSON: ${(error as Error).message}`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new OptionError(`${name} must hold one JSON object`);
  }
  const repeated = repeatedKey(text);
  if (repeated !== undefined)
    throw new OptionError(`${name}: ${repeated} stands there twice, and only one would count`);
  const { $schema: _, ...settings } = parsed as Record<string, unknown>;
  for (const key of Object.keys(settings)) {
    if (key in serveSchema.shape) continue;
    const near = nearest(key, Object.keys(serveSchema.shape));
    throw new OptionError(`${name}: there is no setting "${key}"${near ? `; did you mean "${near}"?` : ''}`);
  }
  return settings;
}

/** Merges the sources, later ones winning, and checks the whole. */
export function serveOptions(...sources: Record<string, unknown>[]): ServeOptions {
  const merged = Object.assign({}, ...sources) as Record<string, unknown>;
  const result = serveSchema.safeParse(merged);
  if (!result.success) {
    throw new OptionError(settingMistake(serveSchema, result.error.issues));
  }
  const options = result.data;
  if (options.auth === 'off' && !isLoopback(options.host)) {
    throw new OptionError(
      `--host ${options.host} is open to the network, and --auth off answers anybody: use --auth keys (see "trailbell keys --help"), or a loopback host`,
    );
  }
  if ((options.tlsCert === undefined) !== (options.tlsKey === undefined)) {
    throw new OptionError('--tls-cert and --tls-key go together: give both, or none');
  }
  if (options.stream !== undefined) {
    throw new OptionError('--stream is not available yet: acceptance and judgement run in one process');
  }
  return options;
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}
