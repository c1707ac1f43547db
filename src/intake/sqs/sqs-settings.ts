import { z } from 'zod';
import { bucketSetting, entrySettings, objectSettings } from '../fetch/source-settings.ts';

/** One of `intakes.sqs`: a queue that tells of new objects. */
export const sqsSettings = z.strictObject({
  ...entrySettings,
  queueUrl: z.url({ protocol: /^https?$/, error: 'must be the URL of a queue' }).describe('URL of the queue.'),
  queueRegion: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/, 'must look like us-east-1')
    .optional()
    .describe('Region of the queue, where its URL does not tell.'),
  buckets: z
    .array(bucketSetting)
    .min(1)
    .max(100)
    .describe('Buckets that messages may name; what lies elsewhere is never read.'),
  ...objectSettings,
});

export type SqsSettings = z.output<typeof sqsSettings>;
