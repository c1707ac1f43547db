import { z } from 'zod';
import { durationOf } from '../../base/duration.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

/** A time such as `5m`. */
export const timeSetting = (least: number, most: number, usual: string) =>
  z
    .string()
    .refine(
      (text) => {
        const duration = durationOf(text);
        return duration !== undefined && duration >= least && duration <= most;
      },
      `must be a time like ${usual}, from ${least / MINUTE}m to ${most / DAY}d`,
    )
    .default(usual);

/** The settings were checked when they were read. */
export const milliseconds = (text: string): number => durationOf(text) as number;

export const bucketSetting = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{1,62}$/, 'must be the name of a bucket, without s3://');

const address = z.url({ protocol: /^https?$/, error: 'must look like https://s3.example.com' });

/** How a source is named and entered: of every intake that fetches. */
export const entrySettings = {
  name: z
    .string()
    .regex(/^[\w.-]{1,64}$/, 'may have letters, digits and . - _ only')
    .describe('For counters, status and logs.'),
  region: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/, 'must look like us-east-1')
    .optional()
    .describe('Region of the bucket or queue; that of the engine if not given.'),
  endpoint: address.optional().describe("Another address than AWS's own, such as https://minio.example.com."),
  role: z
    .string()
    .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/, 'must look like arn:aws:iam::111122223333:role/trailbell-intake')
    .optional()
    .describe('Role to take on for this source alone.'),
  externalId: z.string().min(2).max(1_224).optional().describe('External id that its trust policy asks for.'),
  stsEndpoint: address.optional().describe("Where the role is asked for, when not at AWS's own STS."),
};

/** How objects are read. */
export const objectSettings = {
  parallel: z.number().int().min(1).max(128).default(32).describe('Objects that are fetched at once.'),
  requesterPays: z.boolean().default(false).describe('Agree to pay for reading a bucket whose readers pay.'),
  lagWarning: timeSetting(MINUTE, 30 * DAY, '30m').describe('How old an unread object may grow before it is told of.'),
};
