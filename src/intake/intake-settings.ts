import { z } from 'zod';
import { pushSettings } from './push/push-settings.ts';

/** The section `intakes` of `trailbell.json`: where CloudTrail records come from besides AWS calls and watched folders. */
export const intakeSettings = z.strictObject({
  push: pushSettings.optional().describe('Records that senders post to /api/v1/push.'),
});

export type IntakeSettings = z.output<typeof intakeSettings>;
