import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventTimeOf, recipientOf, streamNameOf, textAt, timeOf } from './record.ts';

describe('a record', () => {
  it.each([
    ['2026-03-04T10:16:40Z', '2026-03-04T10:16:40.000Z'],
    ['20131102T010628Z', '2013-11-02T01:06:28.000Z'],
    ['2024-11-25 17:51:21.000000000', '2024-11-25T17:51:21.000Z'],
    ['2022-11-21 18:06:52', '2022-11-21T18:06:52.000Z'],
    ['2026-03-04T10:16:40.5+01:00', '2026-03-04T09:16:40.500Z'],
  ])('has its time in UTC, however it is written: %s', (text, iso) => {
    expect(new Date(timeOf(text) ?? 0).toISOString()).toBe(iso);
  });

  it.each(['redacted', '', '2026', '2026-13-40T99:00:00Z', '1e9', undefined])('has no time when it says %s', (text) => {
    expect(timeOf(text)).toBeUndefined();
  });

  it('has the time that JavaScript reads, day by day and in any order', () => {
    const usual = fc.date({
      noInvalidDate: true,
      min: new Date('0000-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
    });
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789T:-Z '), minLength: 20, maxLength: 20 });
    const text = fc.oneof(
      usual.map((date) => `${date.toISOString().slice(0, 19)}Z`),
      fc.tuple(fc.constantFrom('2026-03-04', '2026-02-30'), digits).map(([day, rest]) => `${day}T${rest.slice(0, 8)}Z`),
    );
    fc.assert(
      fc.property(fc.array(text), (texts) => {
        for (const each of texts) {
          const isTime = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\dZ$/.test(each);
          const expected = isTime ? Date.parse(each.replace(' ', 'T')) : Number.NaN;
          expect(timeOf(each)).toBe(Number.isNaN(expected) ? undefined : expected);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is read without trusting its shape', () => {
    for (const record of [null, 7, 'x', [], {}, { userIdentity: null }, { eventTime: 7, recipientAccountId: {} }]) {
      expect(eventTimeOf(record)).toBeUndefined();
      expect(recipientOf(record)).toBeUndefined();
      expect(textAt(record, '__proto__', 'constructor')).toBeUndefined();
    }
  });

  it('names the stream that CloudTrail would use', () => {
    const fallback = { account: '000000000000', region: 'us-east-1' };
    const record = { recipientAccountId: '111122223333', awsRegion: 'eu-west-1' };
    expect(streamNameOf(record, fallback)).toBe('111122223333_CloudTrail_eu-west-1');
    expect(streamNameOf({ awsRegion: 'a:b*' }, fallback)).toBe('000000000000_CloudTrail_us-east-1');
  });
});
