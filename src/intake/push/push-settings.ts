import { z } from 'zod';
import { secretSource } from '../../base/secret.ts';

/** `intakes.push` of the settings: who may send records to this engine. */
export const pushSettings = z.strictObject({
  keys: z
    .array(
      z.strictObject({
        name: z
          .string()
          .regex(/^[\w.-]{1,64}$/, 'may have letters, digits and . - _ only')
          .describe('For counters and logs.'),
        key: secretSource,
      }),
    )
    .max(100)
    .default([])
    .describe('Keys of senders: EventBridge API destinations, Firehose streams, anybody who posts records.'),
});

export type PushSettings = z.output<typeof pushSettings>;
