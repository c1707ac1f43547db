import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readObjectKey } from './object-key.ts';
import { holdsRecord, LATEST_DELIVERY, mayHold, mayLieBelow, reasonToSkip } from './selection.ts';

const at = (text: string): number => Date.parse(text);
const ROOT = 'AWSLogs/111122223333/CloudTrail/us-east-1';
const file = (stamp: string): string =>
  `${ROOT}/${stamp.slice(0, 4)}/${stamp.slice(4, 6)}/${stamp.slice(6, 8)}/111122223333_CloudTrail_us-east-1_${stamp}Z_abc.json.gz`;

describe('a selection', () => {
  const june = { from: at('2024-06-01T00:00:00Z'), to: at('2024-07-01T00:00:00Z') };

  it('takes files by the moment of their delivery, which is later than that of their events', () => {
    const holds = (stamp: string) => mayHold(readObjectKey(file(stamp))!, june);
    expect(holds('20240531T2200')).toBe(false);
    expect(holds('20240601T0005')).toBe(true);
    expect(holds('20240701T0010')).toBe(true);
    expect(holds('20240702T2300')).toBe(true);
    expect(holds('20240703T0000')).toBe(false);
  });

  it('takes accounts by key, and records by the account whose trail got them', () => {
    const accounts = new Set(['999988887777']);
    expect(mayHold(readObjectKey(file('20240601T0005'))!, { accounts })).toBe(false);
    expect(holdsRecord({ recipientAccountId: '999988887777' }, { accounts })).toBe(true);
    expect(holdsRecord({ recipientAccountId: '111122223333' }, { accounts })).toBe(false);
    expect(holdsRecord({}, { accounts }, '111122223333')).toBe(false);
    expect(holdsRecord({}, { accounts })).toBe(true);
  });

  it('takes records exactly by eventTime, and those without one', () => {
    const holds = (eventTime?: string) => holdsRecord({ eventTime }, june);
    expect(['2024-05-31T23:59:59Z', '2024-06-01T00:00:00Z', '2024-06-30T23:59:59Z'].map(holds)).toEqual([
      false,
      true,
      true,
    ]);
    expect(['2024-07-01T00:00:00Z', 'yesterday', undefined].map(holds)).toEqual([false, true, true]);
  });

  it.each([
    ['AWSLogs', true],
    ['AWSLogs/111122223333', true],
    ['AWSLogs/111122223333/Config', false],
    ['AWSLogs/111122223333/CloudTrail/us-east-1/2023', false],
    ['AWSLogs/111122223333/CloudTrail/us-east-1/2024', true],
    ['AWSLogs/111122223333/CloudTrail/us-east-1/2024/04', false],
    // Stamps are rounded: the last minutes of May may hold events of June.
    ['AWSLogs/111122223333/CloudTrail/us-east-1/2024/05/31', true],
    ['x/AWSLogs/o-abcdefghij/111122223333/CloudTrail/us-east-1/2024/06/', true],
    ['AWSLogs/111122223333/CloudTrail/us-east-1/2024/07/02', true],
    ['AWSLogs/111122223333/CloudTrail/us-east-1/2024/07/03', false],
    ['AWSLogs/111122223333/CloudTrail-Lake/Query/2023/01', true],
    ['exports/2023/01', true],
  ])('enters %s: %s', (folder, expected) => {
    expect(mayLieBelow(folder, june)).toBe(expected);
  });

  it('never leaves out a folder that holds a file it would take', () => {
    const moment = fc.integer({ min: at('2020-01-01T00:00:00Z'), max: at('2026-01-01T00:00:00Z') });
    fc.assert(
      fc.property(moment, moment, moment, (stamp, one, other) => {
        const selection = { from: Math.min(one, other), to: Math.max(one, other) + 1 };
        const path = file(new Date(stamp).toISOString().slice(0, 16).replace(/[-:]/g, ''));
        const key = readObjectKey(path)!;
        if (!mayHold(key, selection)) return;
        const parts = path.split('/').slice(0, -1);
        for (let n = 1; n <= parts.length; n += 1)
          expect(mayLieBelow(parts.slice(0, n).join('/'), selection)).toBe(true);
      }),
    );
  });

  it('never leaves out a file delivered within two days after its event', () => {
    const moment = fc.integer({ min: at('2020-01-01T00:00:00Z'), max: at('2026-01-01T00:00:00Z') });
    fc.assert(
      fc.property(
        moment,
        fc.integer({ min: 0, max: LATEST_DELIVERY - 3_600_000 }),
        fc.nat(1e9),
        fc.nat(1e9),
        (event, late, a, b) => {
          const stamp = new Date(event + late).toISOString().slice(0, 16).replace(/[-:]/g, '');
          expect(mayHold(readObjectKey(file(stamp))!, { from: event - a, to: event + b + 1 })).toBe(true);
        },
      ),
    );
  });

  it('says why a file is passed over', () => {
    const reasons = [
      file('20240601T0005'),
      file('20230601T0005'),
      'AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2024/06/01/x.json.gz',
      'AWSLogs/111122223333/vpcflowlogs/us-east-1/2024/06/01/x.log.gz',
      'AWSLogs/111122223333/CloudTrail-Lake/Query/2024/06/01/q/result_sign.json',
      'notes.txt',
      'export/0001/111122223333_CloudTrail_us-east-1/000000.gz',
      'firehose/2024/06/01/12/trail-1-2024-06-01-12-05-00-0b1e8a6c-2d1d-4d8e-8b8a-5a3f0d1c2b3a',
    ].map((path) => reasonToSkip(path, june));
    expect(reasons).toEqual([
      undefined,
      'not selected',
      'digest',
      'other service',
      'digest',
      'other kind',
      undefined,
      undefined,
    ]);
  });
});
