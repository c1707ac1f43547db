import { readFile } from 'node:fs/promises';
import type { ChainContext } from '../../chain/context.ts';
import type { AcceptRecords } from '../../intake/accept-records.ts';
import type { IntakeState, RunningIntake } from '../../intake/fetch/intake-state.ts';
import { credentialsFor } from '../../intake/fetch/role-credentials.ts';
import { milliseconds } from '../../intake/fetch/source-settings.ts';
import { sourceOf } from '../../intake/fetch/take-object.ts';
import type { DigestCheckSettings } from '../../intake/s3/digest-check.ts';
import { S3Intake } from '../../intake/s3/s3-intake.ts';
import type { S3Settings } from '../../intake/s3/s3-settings.ts';
import { regionOf } from '../../intake/sqs/queue-names.ts';
import { type NotedBucket, SqsIntake } from '../../intake/sqs/sqs-intake.ts';
import type { SqsSettings } from '../../intake/sqs/sqs-settings.ts';
import { awsPublicKeys } from '../../trail/digest/aws-public-keys.ts';
import { readPublicKeys } from '../../trail/digest/public-keys.ts';
import { StartError } from '../explain-start.ts';
import type { ServeOptions } from '../options.ts';

/** The intakes that fetch, as one. */
export interface OpenIntakes {
  start(): void;
  stop(): Promise<void>;
  /** In the order of the settings. */
  readonly states: () => readonly IntakeState[];
  /** Whether any of them reads objects of this source. */
  reads(source: string): boolean;
  retry(source: string, objects: readonly string[]): void;
}

export interface IntakesSettings {
  readonly context: ChainContext;
  readonly accept: AcceptRecords;
  readonly options: Pick<ServeOptions, 'intakes' | 'region'>;
}

type KeysOf = DigestCheckSettings['keysOf'];

/** Opens every intake of the settings that fetches. The SDK is loaded only where one needs it. */
export async function openIntakes(settings: IntakesSettings): Promise<OpenIntakes> {
  const { s3 = [], sqs = [] } = settings.options.intakes;
  const intakes: RunningIntake[] = [];
  for (const each of s3) intakes.push(await openS3(settings, each));
  for (const each of sqs) intakes.push(await openSqs(settings, each));
  return {
    start() {
      for (const intake of intakes) intake.start();
    },
    async stop() {
      await Promise.all(intakes.map((intake) => intake.stop()));
    },
    states: () => intakes.map((intake) => intake.state()),
    reads: (source) => intakes.some((intake) => intake.reads(source)),
    retry(source, objects) {
      for (const intake of intakes) intake.retry(source, objects);
    },
  };
}

/** An intake has a patience of its own. */
const ATTEMPTS = 2;

async function openS3(
  { context, accept, options: { region: usual } }: IntakesSettings,
  options: S3Settings,
): Promise<RunningIntake> {
  const { s3Bucket, s3Client } = await import('../../trail/archive/s3-bucket.ts');
  const { name, endpoint, region = usual, bucket, requesterPays, start } = options;
  const credentials = credentialsFor({ ...options, region });
  const client = s3Client({ endpoint, region, credentials, attempts: ATTEMPTS });
  return new S3Intake({
    context,
    accept,
    name,
    bucket: s3Bucket(client, bucket, { requesterPays }),
    source: sourceOf(bucket, endpoint),
    prefix: folderOf(options.prefix),
    start: start === undefined ? undefined : Date.parse(start),
    pace: {
      every: milliseconds(options.every),
      quietEvery: milliseconds(options.quietEvery),
      lookBack: milliseconds(options.lookBack),
    },
    parallel: options.parallel,
    lagLimit: milliseconds(options.lagWarning),
    keysOf: options.verify ? await keysOf(options.publicKeys, credentials) : undefined,
  });
}

/** CloudTrail's public keys: from a file where one is named, else from CloudTrail. */
async function keysOf(file: string | undefined, credentials: ReturnType<typeof credentialsFor>): Promise<KeysOf> {
  if (file === undefined) return (region, from, to) => awsPublicKeys(region, from, to, credentials);
  try {
    const keys = readPublicKeys(JSON.parse(await readFile(file, 'utf8')));
    return async () => keys;
  } catch (error) {
    const { message } = error as Error;
    throw new StartError(
      `publicKeys ${file} cannot be used (${message}): it is what "aws cloudtrail list-public-keys" prints`,
    );
  }
}

async function openSqs(
  { context, accept, options: { region: usual } }: IntakesSettings,
  options: SqsSettings,
): Promise<RunningIntake> {
  const { s3Bucket, s3Client } = await import('../../trail/archive/s3-bucket.ts');
  const { sqsQueue } = await import('../../intake/sqs/sqs-queue.ts');
  const { name, endpoint, region = usual, requesterPays, queueUrl, queueRegion } = options;
  const credentials = credentialsFor({ ...options, region });
  const client = s3Client({ endpoint, region, credentials, attempts: ATTEMPTS });
  const buckets = new Map<string, NotedBucket>();
  for (const each of options.buckets)
    buckets.set(each, { bucket: s3Bucket(client, each, { requesterPays }), source: sourceOf(each, endpoint) });
  return new SqsIntake({
    context,
    accept,
    name,
    queue: sqsQueue({ url: queueUrl, region: queueRegion ?? regionOf(queueUrl) ?? region, credentials }),
    buckets,
    parallel: options.parallel,
    lagLimit: milliseconds(options.lagWarning),
  });
}

const folderOf = (prefix: string): string => (prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`);
