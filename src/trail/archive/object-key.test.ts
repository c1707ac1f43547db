import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOtherService, readObjectKey } from './object-key.ts';

const at = (text: string): number => Date.parse(text);

describe('an object key', () => {
  it.each([
    [
      'AWSLogs/111122223333/CloudTrail/us-east-2/2015/08/01/111122223333_CloudTrail_us-east-2_20150801T0210Z_Mu0KsOhtH1ar15ZZ.json.gz',
      { delivery: 'records', account: '111122223333', region: 'us-east-2', deliveredAt: at('2015-08-01T02:10:00Z') },
    ],
    [
      'my/prefix/AWSLogs/o-abcde12345/111122223333/CloudTrail/eu-west-1/2024/02/29/111122223333_CloudTrail_eu-west-1_20240229T2355Z_abc.json.gz',
      { organisation: 'o-abcde12345', region: 'eu-west-1', day: at('2024-02-29T00:00:00Z') },
    ],
    [
      'AWSLogs/111122223333/CloudTrail-Digest/us-gov-west-1/2023/07/10/111122223333_CloudTrail-Digest_us-gov-west-1_main_us-east-1_20230710T120217Z.json.gz',
      { delivery: 'digest', region: 'us-gov-west-1', deliveredAt: at('2023-07-10T12:02:17Z') },
    ],
    [
      'AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2023/07/10/111122223333_CloudTrail-Digest_us-east-1_main_us-east-1_20230710T120217Z_backfill.json.gz',
      { delivery: 'digest', deliveredAt: at('2023-07-10T12:02:17Z') },
    ],
    [
      'AWSLogs/111122223333/CloudTrail-Insight/cn-north-1/2023/07/10/x.json.gz',
      { delivery: 'insights', deliveredAt: undefined },
    ],
    [
      '/data/AWSLogs/111122223333/CloudTrail-NetworkActivity/us-iso-east-1/2023/07/10/x.json',
      { delivery: 'network-activity' },
    ],
    [
      'AWSLogs/111122223333/CloudTrail-Lake/Query/2023/07/10/0a1b/result_1.csv.gz',
      { delivery: 'lake-query', region: undefined },
    ],
    [
      'AWSLogs/111122223333/CloudTrail/us-east-1/2014/01/02/111122223333_CloudTrail_us-east-1_20140102T0305ZabcDEF123.json.gz',
      { deliveredAt: at('2014-01-02T03:05:00Z') },
    ],
  ])('of %s', (path, expected) => {
    expect(readObjectKey(path)).toMatchObject(expected);
  });

  it.each([
    'AWSLogs/111122223333/Config/us-east-1/2023/7/1/x.json.gz',
    'AWSLogs/111122223333/elasticloadbalancing/us-east-1/2023/07/10/x.log.gz',
    'AWSLogs/1111/CloudTrail/us-east-1/2023/07/10/x.json.gz',
    'AWSLogs/111122223333/CloudTrail/us-east-1/2023/02/30/x.json.gz',
    'AWSLogs/111122223333/CloudTrail/us-east-1/2023/x.json.gz',
    'AWSLogs/111122223333/constructor/us-east-1/2023/07/10/x.json.gz',
    'archive.json.gz',
    '',
  ])('is not %s', (path) => {
    expect(readObjectKey(path)).toBeUndefined();
  });

  it('is told from the folders of other services', () => {
    expect(isOtherService('b/AWSLogs/111122223333/vpcflowlogs/us-east-1/2023/07/10/x.log.gz')).toBe(true);
    expect(isOtherService('b/AWSLogs/111122223333/CloudTrail/us-east-1/')).toBe(false);
    expect(isOtherService('logs/x.json')).toBe(false);
  });

  it('survives any text', () => {
    const part = fc.oneof(
      fc.constantFrom(
        'AWSLogs',
        'CloudTrail',
        'CloudTrail-Digest',
        '111122223333',
        'o-abcdefghij',
        'us-east-1',
        '2023',
        '07',
        '10',
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const key = readObjectKey(parts.join('/'));
        if (key) expect(key.account).toMatch(/^\d{12}$/);
      }),
    );
  });
});
