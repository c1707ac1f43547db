import { describe, expect, it } from 'vitest';
import { checkUpload, splitUpload } from './upload-limits.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 2, 1);
const at = (...times: number[]) => times.map((time) => ({ at: time, message: 'm' }));

describe('an upload', () => {
  it('is refused out of order, over 24 hours, or too large', () => {
    expect(() => checkUpload(at(2, 1))).toThrow(
      'Log events in a single PutLogEvents request must be in chronological order.',
    );
    expect(() => checkUpload(at(0, DAY + 1))).toThrow(
      'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
    );
    expect(() => checkUpload(at(0, DAY))).not.toThrow();
    expect(() => checkUpload([{ at: 0, message: 'x'.repeat(1_048_551) }])).toThrow(
      'Log event too large: 1048577 bytes exceeds limit of 1048576',
    );
    expect(() => checkUpload([{ at: 0, message: 'x'.repeat(1_048_550) }])).not.toThrow();
    const half = { at: 0, message: 'x'.repeat(524_263) };
    expect(() => checkUpload([half, half])).toThrow('Upload too large: 1048578 bytes exceeds limit of 1048576');
  });

  it('loses what is too old or too new, and says where', () => {
    const events = at(NOW - 14 * DAY - 1, NOW - 14 * DAY, NOW, NOW + 2 * HOUR, NOW + 2 * HOUR + 1);
    expect(splitUpload(events, null, NOW)).toEqual({
      taken: events.slice(1, 4),
      rejected: { tooOldLogEventEndIndex: 1, tooNewLogEventStartIndex: 4 },
    });
    expect(splitUpload(at(NOW), null, NOW).rejected).toBeUndefined();
  });

  it('loses what the group would not keep', () => {
    const events = at(NOW - 3 * DAY - 1, NOW - 3 * DAY, NOW);
    expect(splitUpload(events, 3, NOW)).toEqual({ taken: events.slice(1), rejected: { expiredLogEventEndIndex: 1 } });
    expect(splitUpload(at(NOW - 20 * DAY), 3, NOW)).toEqual({
      taken: [],
      rejected: { tooOldLogEventEndIndex: 1, expiredLogEventEndIndex: 1 },
    });
  });
});
