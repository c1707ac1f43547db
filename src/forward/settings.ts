import { z } from 'zod';
import { secretSource } from '../base/secret.ts';
import { compileFilterPattern } from '../chain/logs/filter-rules.ts';

const url = z
  .url({ protocol: /^https?$/, message: 'must be an address like https://siem.example.com:8088' })
  .refine((text) => !hasCredentials(text), 'must hold no user and password: name a secret instead');
const file = z.string().min(1);
const format = z
  .enum(['json', 'ocsf', 'ecs', 'cef'])
  .default('json')
  .describe('json: records as they came in; ocsf, ecs (Elastic Common Schema), cef (Common Event Format): those.');

/** What every forward has. */
const common = {
  what: z
    .enum(['events', 'matches', 'rings', 'findings'])
    .default('events')
    .describe(
      "All log events, those that a metric filter counted, rings, or the audit's findings of the engine's chains.",
    ),
  pattern: z
    .string()
    .refine(isPattern, 'must be a filter pattern as CloudWatch Logs takes it')
    .optional()
    .describe('Only events that this filter pattern matches.'),
  logGroups: z.array(z.string().min(1)).min(1).optional().describe('Only events of these log groups.'),
  from: z
    .union([z.enum(['now', 'beginning']), z.iso.datetime({ offset: true }), z.iso.date()])
    .default('now')
    .describe('Where a forward that is new begins: now, beginning, or a time such as 2026-01-01.'),
  batch: z
    .strictObject({
      records: z.int().min(1).max(100_000).optional().describe('Most records in one batch.'),
      bytes: z.int().min(1_000).max(100_000_000).optional().describe('Most bytes in one batch, before compression.'),
      seconds: z.number().min(0).max(300).default(1).describe('How long a batch waits for company.'),
    })
    .prefault({})
    .describe('How records are sent together; less than the receiver could take, never more.'),
  keepDays: z
    .number()
    .min(0)
    .max(3_650)
    .default(7)
    .describe('Days that records are kept for this forward beyond their retention, while it cannot send.'),
};

const ca = file.optional().describe('PEM file of certificate authorities trusted besides the well-known ones.');

const fileForward = z.strictObject({
  type: z.literal('file'),
  ...common,
  path: file.describe('File that lines are appended to.'),
  format,
  rotate: z
    .strictObject({
      bytes: z.int().min(10_000).default(100_000_000).describe('A file that would grow larger is rotated first.'),
      hours: z.number().positive().max(8_784).optional().describe('So is one that was begun so many hours ago.'),
      keep: z.int().min(1).max(100_000).default(10).describe('Rotated files that stay.'),
      gzip: z.boolean().default(true).describe('Compress rotated files.'),
    })
    .prefault({}),
});

const httpForward = z.strictObject({
  type: z.literal('http'),
  ...common,
  url: url.describe('Address that lines of JSON are posted to.'),
  format,
  token: secretSource.optional().describe('Sent as Authorization: Bearer.'),
  headers: z
    .record(z.string().regex(/^[\w-]{1,64}$/), z.union([z.string().max(1_000), secretSource]))
    .default({})
    .describe('Further headers: texts, or where secrets lie.'),
  gzip: z.boolean().default(true).describe('Compress what is sent.'),
  ca,
});

const splunkForward = z.strictObject({
  type: z.literal('splunk'),
  ...common,
  url: url.describe('The HTTP Event Collector, such as https://splunk.example.com:8088.'),
  token: secretSource,
  acknowledge: z
    .boolean()
    .default(true)
    .describe('Count a batch as sent when the indexers acknowledge it; the token must have that enabled.'),
  acknowledgeSeconds: z.int().min(10).max(3_600).default(300).describe('After so long without it, send again.'),
  index: z.string().min(1).max(128).optional().describe("The token's default index unless given."),
  sourcetype: z.string().min(1).max(128).default('aws:cloudtrail').describe('Of events; rings have trailbell:ring.'),
  source: z.string().min(1).max(128).default('trailbell'),
  host: z.string().min(1).max(128).default('trailbell'),
  ca,
});

const syslogForward = z.strictObject({
  type: z.literal('syslog'),
  ...common,
  host: z
    .string()
    .regex(/^[\w.:-]{1,253}$/, 'must be a host name or an address')
    .describe('Name or address.'),
  port: z.int().min(1).max(65_535).default(6_514),
  tls: z.boolean().default(true).describe('TLS as RFC 5425 has it; false: plain TCP.'),
  format: z.enum(['cef', 'json']).default('cef').describe('What the message holds: CEF, or records as they came in.'),
  facility: z.int().min(0).max(23).default(13).describe('13 is log audit.'),
  hostname: z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, 'must be printable, without blanks')
    .default('trailbell')
    .describe('HOSTNAME of every message.'),
  maxBytes: z
    .int()
    .min(1_024)
    .max(1_048_576)
    .default(65_536)
    .describe('Longest message. A longer record goes without its parameters and answers, and says so.'),
  ca,
  cert: file.optional().describe('PEM file of our certificate, where the receiver wants to know us.'),
  key: file.optional().describe('PEM file of its private key.'),
});

const index = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,200}$/, 'must be a name in small letters');

const elasticForward = z.strictObject({
  type: z.literal('elastic'),
  ...common,
  url: url.describe('Elasticsearch, such as https://elastic.example.com:9200.'),
  apiKey: secretSource.optional().describe('An API key as Elasticsearch shows it under "encoded".'),
  user: z.string().min(1).max(256).optional(),
  password: secretSource.optional(),
  events: index.default('logs-aws.cloudtrail-trailbell').describe('Data stream or index of events.'),
  rings: index.default('logs-trailbell.ring-default').describe('Data stream or index of rings.'),
  ca,
});

const region = z
  .string()
  .regex(/^[a-z0-9-]{1,32}$/, 'must look like us-east-1')
  .describe('AWS region.');
const endpoint = url.optional().describe("Another address than AWS's own.");

const s3Forward = z.strictObject({
  type: z.literal('s3'),
  ...common,
  bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket'),
  region,
  prefix: z
    .string()
    .max(512)
    .regex(/^[\w!.*'()/=-]*$/, "may have letters, digits and ! - _ . * ' ( ) / = only")
    .default('trailbell/')
    .describe('Begins the key of every object.'),
  format,
  kmsKeyId: z.string().min(1).max(2_048).optional().describe('KMS key that objects are encrypted with.'),
  endpoint,
  ca,
});

const securityHubForward = z.strictObject({
  type: z.literal('security-hub'),
  ...common,
  what: z
    .enum(['rings', 'findings'])
    .default('rings')
    .describe("Rings, or the audit's findings of the engine's chains."),
  account: z
    .string()
    .regex(/^\d{12}$/, 'must be twelve digits')
    .describe('Account of the Security Hub, to which the credentials belong.'),
  region,
  endpoint,
  ca,
});

const otlpForward = z.strictObject({
  type: z.literal('otlp'),
  ...common,
  url: url.describe('Of the receiver of logs, such as http://collector.example.com:4318/v1/logs.'),
  encoding: z
    .enum(['protobuf', 'json'])
    .default('protobuf')
    .describe('protobuf: what every receiver of OTLP takes; json: what can be read on the way.'),
  headers: z
    .record(z.string().regex(/^[\w-]{1,64}$/), z.union([z.string().max(1_000), secretSource]))
    .default({})
    .describe('Further headers: texts, or where secrets lie.'),
  gzip: z.boolean().default(true).describe('Compress what is sent.'),
  ca,
});

const forward = z.discriminatedUnion('type', [
  fileForward,
  httpForward,
  splunkForward,
  syslogForward,
  elasticForward,
  s3Forward,
  securityHubForward,
  otlpForward,
]);

export type ForwardSettings = z.output<typeof forward>;

/** The section `forwards` of `trailbell.json`: outputs to other systems, by name. */
export const forwardSettings = z.record(
  z.string().regex(/^[\w.-]{1,64}$/, 'is no name: use letters, digits and . - _ only'),
  forward,
);

function isPattern(text: string): boolean {
  try {
    return compileFilterPattern(text) !== undefined;
  } catch {
    return false;
  }
}

function hasCredentials(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username !== '' || password !== '';
}
