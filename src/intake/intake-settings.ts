import { z } from 'zod';
import { pushSettings } from './push/push-settings.ts';
import { s3Settings } from './s3/s3-settings.ts';
import { sqsSettings } from './sqs/sqs-settings.ts';
import { syslogSettings } from './syslog/syslog-settings.ts';

/** Intakes of one kind, told apart by their names. */
const each = <One extends z.ZodType<{ readonly name: string }>>(one: One) =>
  z
    .array(one)
    .max(100)
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'must have different names');

/** The section `intakes` of `trailbell.json`: where CloudTrail records come from besides AWS calls and watched folders. */
export const intakeSettings = z.strictObject({
  s3: each(s3Settings).optional().describe('Buckets of trails, looked at again and again.'),
  sqs: each(sqsSettings).optional().describe('Queues that tell of new objects in buckets.'),
  syslog: syslogSettings.optional().describe('Records in syslog messages over TCP or TLS.'),
  push: pushSettings.optional().describe('Records that senders post to /api/v1/push.'),
});

export type IntakeSettings = z.output<typeof intakeSettings>;
