import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { factsOf } from './record-facts.ts';

const DEFAULTS = { account: '000000000000', region: 'us-east-1' };

describe('what routing asks of a record', () => {
  it('is read where records have it', () => {
    const record = {
      recipientAccountId: '111122223333',
      userIdentity: { accountId: '444455556666' },
      awsRegion: 'eu-west-1',
      eventSource: 's3.amazonaws.com',
      readOnly: 'true',
      eventCategory: 'Data',
      resources: [{ ARN: 'arn:aws:s3:::bucket/key' }, { type: 'AWS::S3::Bucket' }, null],
    };
    expect(factsOf(record, DEFAULTS)).toEqual({
      account: '111122223333',
      region: 'eu-west-1',
      source: 's3.amazonaws.com',
      readOnly: true,
      category: 'Data',
      resources: ['arn:aws:s3:::bucket/key'],
    });
  });

  it('takes the account of the caller, and old records for what they must be', () => {
    const categoryOf = (record: object) => factsOf(record, DEFAULTS).category;
    expect(factsOf({ userIdentity: { accountId: '444455556666' } }, DEFAULTS)).toMatchObject({
      account: '444455556666',
      readOnly: undefined,
      category: 'Management',
    });
    expect(categoryOf({ managementEvent: false })).toBe('Data');
    expect(categoryOf({ eventType: 'AwsVpceEvent' })).toBe('NetworkActivity');
    expect(categoryOf({ eventType: 'AwsCloudTrailInsight' })).toBe('Insight');
    expect(categoryOf({ eventCategory: 'toString' })).toBe('Management');
  });

  it('is an account and a region whatever the record holds', () => {
    const members = [
      'recipientAccountId',
      'userIdentity',
      'awsRegion',
      'eventSource',
      'readOnly',
      'resources',
      '__proto__',
    ];
    const record = fc.dictionary(fc.constantFrom(...members), fc.jsonValue());
    fc.assert(
      fc.property(record, (hostile) => {
        const { account, region, resources } = factsOf(hostile, DEFAULTS);
        expect(account).toMatch(/^\d{12}$/);
        expect(region).toMatch(/^[a-z0-9-]{1,32}$/);
        expect(resources.every((arn) => typeof arn === 'string')).toBe(true);
      }),
    );
  });
});
