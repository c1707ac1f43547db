import { describe, expect, it } from 'vitest';
import { callsOn } from '../../../test/chain/logs-calls.ts';
import { NOON } from '../../../test/chain/logs-world.ts';
import { eachStore } from '../../../test/stores.ts';

const ARN = 'arn:aws:logs:eu-west-1:111122223333:log-group:';

eachStore((open) => {
  describe('log groups', () => {
    it('are described as AWS describes them', async () => {
      const { call } = callsOn(await open());
      await call('CreateLogGroup', { logGroupName: 'a/b', kmsKeyId: 'arn:aws:kms:eu-west-1:111122223333:key/k' });
      await call('PutRetentionPolicy', { logGroupName: 'a/b', retentionInDays: 731 });
      const { logGroups, ...rest } = await call('DescribeLogGroups', {});
      expect(rest).toEqual({});
      expect(logGroups).toEqual([
        {
          logGroupName: 'a/b',
          creationTime: NOON,
          retentionInDays: 731,
          metricFilterCount: 0,
          arn: `${ARN}a/b:*`,
          logGroupArn: `${ARN}a/b`,
          storedBytes: 0,
          kmsKeyId: 'arn:aws:kms:eu-west-1:111122223333:key/k',
          logGroupClass: 'STANDARD',
          deletionProtectionEnabled: false,
        },
      ]);
      await call('DeleteRetentionPolicy', { logGroupName: 'a/b' });
      expect((await call('DescribeLogGroups', {})).logGroups[0]).not.toHaveProperty('retentionInDays');
    });

    it('read the same a second time, as Terraform wants', async () => {
      const { call } = callsOn(await open());
      await call('CreateLogGroup', { logGroupName: 'tf', tags: { env: 'prod' }, logGroupClass: 'STANDARD' });
      await call('PutRetentionPolicy', { logGroupName: 'tf', retentionInDays: 90 });
      const read = async () => [
        await call('DescribeLogGroups', { logGroupNamePrefix: 'tf' }),
        await call('ListTagsForResource', { resourceArn: `${ARN}tf` }),
      ];
      const first = await read();
      expect(first[1]).toEqual({ tags: { env: 'prod' } });
      expect(await read()).toEqual(first);
    });

    it('are found by prefix, part, class and identifier, page by page', async () => {
      const { call, refusal } = callsOn(await open());
      for (const logGroupName of ['b', 'aab', 'aa', 'B', 'a_a', 'a']) await call('CreateLogGroup', { logGroupName });
      const names = async (input: object) =>
        (await call('DescribeLogGroups', input)).logGroups.map((group: { logGroupName: string }) => group.logGroupName);
      expect(await names({})).toEqual(['B', 'a', 'a_a', 'aa', 'aab', 'b']);
      expect(await names({ logGroupNamePrefix: 'aa' })).toEqual(['aa', 'aab']);
      expect(await names({ logGroupNamePattern: 'B' })).toEqual(['B']);
      expect(await names({ logGroupNamePattern: 'ab' })).toEqual(['aab']);
      expect(await names({ logGroupIdentifiers: ['b', `${ARN}a`] })).toEqual(['a', 'b']);
      expect(await names({ logGroupClass: 'DELIVERY' })).toEqual([]);
      const pages: string[] = [];
      let nextToken: string | undefined;
      do {
        const page = await call('DescribeLogGroups', { limit: 4, ...(nextToken && { nextToken }) });
        pages.push(page.logGroups.length);
        nextToken = page.nextToken;
      } while (nextToken);
      expect(pages).toEqual([4, 2]);
      expect(await refusal('DescribeLogGroups', { logGroupNamePrefix: 'a', logGroupNamePattern: 'b' })).toBe(
        'InvalidParameterException: LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
      );
    });

    it('refuse a token that was given out for something else', async () => {
      const { call, refusal } = callsOn(await open());
      for (const logGroupName of ['a1', 'a2', 'a3']) await call('CreateLogGroup', { logGroupName });
      const { nextToken } = await call('DescribeLogGroups', { limit: 1, logGroupNamePrefix: 'a' });
      const invalid = 'InvalidParameterException: The specified nextToken is invalid.';
      expect(await refusal('DescribeLogGroups', { limit: 1, nextToken })).toBe(invalid);
      for (const token of ['x', 'bnVsbA', Buffer.from('["a","b"]').toString('base64url')])
        expect(await refusal('DescribeLogGroups', { nextToken: token })).toBe(invalid);
    });

    it('refuse what AWS refuses, in its words', async () => {
      const { call, refusal } = callsOn(await open());
      await call('CreateLogGroup', { logGroupName: 'a' });
      expect(await refusal('CreateLogGroup', { logGroupName: 'a' })).toBe(
        'ResourceAlreadyExistsException: The specified log group already exists',
      );
      const missing = 'ResourceNotFoundException: The specified log group does not exist.';
      expect(await refusal('DeleteLogGroup', { logGroupName: 'x' })).toBe(missing);
      expect(await refusal('PutRetentionPolicy', { logGroupName: 'x', retentionInDays: 1 })).toBe(missing);
      expect(await refusal('PutRetentionPolicy', { logGroupName: 'a', retentionInDays: 2 })).toContain(
        "Value '2' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [1, 3, 5,",
      );
      expect(await refusal('ListTagsForResource', { resourceArn: `${ARN}x` })).toBe(missing);
      expect(await refusal('ListTagsForResource', { resourceArn: `${ARN.replace('1111', '9999')}a` })).toBe(missing);
      expect(await refusal('CreateLogGroup', { logGroupName: 'p', deletionProtectionEnabled: true })).toContain(
        'not supported',
      );
    });

    it('are gone with their streams, filters and events when deleted', async () => {
      const { call } = callsOn(await open());
      const create = async () => {
        await call('CreateLogGroup', { logGroupName: 'a' });
        await call('CreateLogStream', { logGroupName: 'a', logStreamName: 's' });
      };
      await create();
      await call('PutLogEvents', {
        logGroupName: 'a',
        logStreamName: 's',
        logEvents: [{ timestamp: NOON, message: 'm' }],
      });
      await call('DeleteLogGroup', { logGroupName: 'a' });
      expect((await call('DescribeLogGroups', {})).logGroups).toEqual([]);
      await create();
      expect((await call('GetLogEvents', { logGroupName: 'a', logStreamName: 's' })).events).toEqual([]);
      expect((await call('DescribeMetricFilters', { logGroupName: 'a' })).metricFilters).toEqual([]);
    });

    it('carry tags, by name and by ARN alike', async () => {
      const { call } = callsOn(await open());
      await call('CreateLogGroup', { logGroupName: 'a', tags: { one: '1' } });
      await call('TagLogGroup', { logGroupName: 'a', tags: { two: '2', __proto__x: 'p' } });
      await call('TagResource', { resourceArn: `${ARN}a`, tags: { one: 'uno' } });
      await call('UntagLogGroup', { logGroupName: 'a', tags: ['__proto__x', 'none'] });
      expect(await call('ListTagsLogGroup', { logGroupName: 'a' })).toEqual({ tags: { one: 'uno', two: '2' } });
      await call('UntagResource', { resourceArn: `${ARN}a`, tagKeys: ['one'] });
      expect(await call('ListTagsForResource', { resourceArn: `${ARN}a` })).toEqual({ tags: { two: '2' } });
    });

    it('take at most 50 tags', async () => {
      const { call, refusal } = callsOn(await open());
      await call('CreateLogGroup', { logGroupName: 'a', tags: { first: '' } });
      const tags = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`t${index}`, '']));
      expect(await refusal('TagResource', { resourceArn: `${ARN}a`, tags })).toContain('TooManyTagsException');
    });
  });
});
