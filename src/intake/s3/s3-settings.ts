import { z } from 'zod';
import { bucketSetting, entrySettings, objectSettings, timeSetting } from '../fetch/source-settings.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

/** One of `intakes.s3`: a bucket that is looked at again and again. */
export const s3Settings = z.strictObject({
  ...entrySettings,
  bucket: bucketSetting.describe('Bucket of the trail.'),
  prefix: z
    .string()
    .max(512)
    .default('')
    .describe('What lies before AWSLogs/ in it, or a folder below it; all trails of the bucket if not given.'),
  start: z.iso
    .date('must be a date like 2026-01-31')
    .optional()
    .describe('First day to read (UTC); the day of the first start if not given.'),
  lookBack: timeSetting(DAY, 30 * DAY, '2d').describe('How long to look for objects that come late.'),
  every: timeSetting(MINUTE, DAY, '1m').describe('How often to look where something happens.'),
  quietEvery: timeSetting(MINUTE, DAY, '5m').describe('How often to look where nothing came for two hours.'),
  verify: z.boolean().default(false).describe('Check what was read against the digests of CloudTrail as they arrive.'),
  publicKeys: z
    .string()
    .min(1)
    .optional()
    .describe("File with CloudTrail's public keys, as list-public-keys prints them; asked of CloudTrail if not given."),
  ...objectSettings,
});

export type S3Settings = z.output<typeof s3Settings>;
