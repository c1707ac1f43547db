import { describe, expect, it } from 'vitest';
import { eachStore, type OpenStore } from '../../../test/stores.ts';
import { FakeClock } from '../../base/fake-clock.ts';
import { createLogGroup } from '../../chain/logs/log-groups.ts';
import type { Call } from '../wire/handlers.ts';
import { cloudTrailHandlers } from './handlers.ts';

const START = Date.UTC(2026, 0, 5, 12);
const ACCOUNT = '111122223333';
const LOGS = {
  CloudWatchLogsLogGroupArn: `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:CloudTrail/logs:*`,
  CloudWatchLogsRoleArn: `arn:aws:iam::${ACCOUNT}:role/delivery`,
};
const ARN = `arn:aws:cloudtrail:us-east-1:${ACCOUNT}:trail/main`;

const callIn = (region: string, account = ACCOUNT): Call => ({ scope: { account, region } }) as Call;
const home = callIn('us-east-1');
const abroad = callIn('eu-west-1');

async function opened(open: OpenStore) {
  const store = await open();
  await store.write((tx) => createLogGroup(tx, home.scope, { name: 'CloudTrail/logs' }, START));
  const { CreateTrail, ...rest } = cloudTrailHandlers({ store, clock: new FakeClock(START) });
  const handlers = { CreateTrail, ...rest } as Required<ReturnType<typeof cloudTrailHandlers>>;
  return { store, ...handlers };
}

eachStore((open) => {
  describe('a trail', () => {
    it('reads back what was created, and does not log until it is started', async () => {
      const aws = await opened(open);
      const created = await aws.CreateTrail({ Name: 'main', S3BucketName: 'my-bucket', ...LOGS }, home);
      expect(created).toEqual({
        Name: 'main',
        S3BucketName: 'my-bucket',
        IncludeGlobalServiceEvents: true,
        IsMultiRegionTrail: false,
        IsOrganizationTrail: false,
        LogFileValidationEnabled: false,
        TrailARN: ARN,
        ...LOGS,
      });
      const described = {
        ...created,
        HomeRegion: 'us-east-1',
        HasCustomEventSelectors: false,
        HasInsightSelectors: false,
      };
      expect(await aws.GetTrail({ Name: 'main' }, home)).toEqual({ Trail: described });
      expect(await aws.DescribeTrails({ trailNameList: [ARN, 'nothing'] }, home)).toEqual({ trailList: [described] });
      expect(await aws.GetTrailStatus({ Name: ARN }, home)).toMatchObject({ IsLogging: false, TimeLoggingStarted: '' });
      await aws.StartLogging({ Name: 'main' }, home);
      expect(await aws.GetTrailStatus({ Name: 'main' }, home)).toMatchObject({
        IsLogging: true,
        StartLoggingTime: new Date(START),
        TimeLoggingStarted: '2026-01-05T12:00:00Z',
      });
      await aws.StopLogging({ Name: 'main' }, home);
      expect(await aws.GetTrailStatus({ Name: 'main' }, home)).toMatchObject({
        IsLogging: false,
        StopLoggingTime: new Date(START),
      });
      await aws.DeleteTrail({ Name: ARN }, home);
      expect(await aws.ListTrails({}, home)).toEqual({ Trails: [] });
    });

    it('refuses bad names in the words of AWS', async () => {
      const aws = await opened(open);
      const refusals: [string, string][] = [
        ['ab', 'Trail name too short. Minimum allowed length: 3 characters. Specified name length: 2 characters.'],
        [
          'a'.repeat(129),
          'Trail name too long. Maximum allowed length: 128 characters. Specified name length: 129 characters.',
        ],
        ['-trail', 'Trail name must starts with a letter or number.'],
        ['trail-', 'Trail name must ends with a letter or number.'],
        ['tr ail', 'Trail name or ARN can only contain uppercase letters'],
        ['a--b', 'adjacent'],
        ['192.168.5.4', 'IP address'],
      ];
      for (const [Name, message] of refusals) {
        const refused = aws.CreateTrail({ Name, S3BucketName: 'my-bucket' }, home);
        await expect(refused).rejects.toMatchObject({ code: 'InvalidTrailNameException' });
        await expect(refused).rejects.toThrow(message);
      }
    });

    it('needs a log group that is there, in its own account and region, with a role', async () => {
      const aws = await opened(open);
      const create = (more: object) => aws.CreateTrail({ Name: 'main', S3BucketName: 'my-bucket', ...more }, home);
      const groupArn = 'CloudTrail cannot validate the specified log group ARN.';
      for (const arn of [
        `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:CloudTrail/logs`,
        `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:missing:*`,
        `arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:CloudTrail/logs:*`,
        'arn:aws:logs:us-east-1:999999999999:log-group:CloudTrail/logs:*',
        'nonsense',
      ]) {
        const refused = create({ ...LOGS, CloudWatchLogsLogGroupArn: arn });
        await expect(refused).rejects.toMatchObject({
          code: 'InvalidCloudWatchLogsLogGroupArnException',
          message: groupArn,
        });
      }
      await expect(create({ CloudWatchLogsLogGroupArn: LOGS.CloudWatchLogsLogGroupArn })).rejects.toMatchObject({
        code: 'InvalidCloudWatchLogsRoleArnException',
        message: 'You must specify a role ARN as well as a log group.',
      });
      await expect(create({ SnsTopicName: 'missing' })).rejects.toMatchObject({
        code: 'InsufficientSnsTopicPolicyException',
      });
      await expect(create({ S3BucketName: 'No' })).rejects.toMatchObject({ code: 'InvalidS3BucketNameException' });
      await expect(create({ IsMultiRegionTrail: true, IncludeGlobalServiceEvents: false })).rejects.toThrow(
        'Multi-Region trail must include global service events.',
      );
      expect((await aws.ListTrails({}, home)).Trails).toEqual([]);
    });

    it('may be made once, and five of them in a region', async () => {
      const aws = await opened(open);
      const create = (Name: string, call = home, multi = false) =>
        aws.CreateTrail({ Name, S3BucketName: 'my-bucket', IsMultiRegionTrail: multi }, call);
      for (const name of ['one', 'two', 'three', 'four']) await create(name);
      await expect(create('one')).rejects.toMatchObject({
        code: 'TrailAlreadyExistsException',
        message: `Trail one already exists for customer: ${ACCOUNT}`,
      });
      await create('abroad', abroad, true);
      await expect(create('six')).rejects.toMatchObject({
        code: 'MaximumNumberOfTrailsExceededException',
        message: `User: ${ACCOUNT} already has 5 trails in us-east-1.`,
      });
      await create('six', abroad);
    });

    it('casts a shadow into other regions, where it can be read by ARN and not changed', async () => {
      const aws = await opened(open);
      await aws.CreateTrail({ Name: 'main', S3BucketName: 'my-bucket', IsMultiRegionTrail: true }, home);
      await aws.CreateTrail({ Name: 'local', S3BucketName: 'my-bucket' }, home);
      const names = async (input: object, call: Call) =>
        (await aws.DescribeTrails(input, call)).trailList?.map(({ Name }) => Name);
      expect(await names({}, home)).toEqual(['local', 'main']);
      expect(await names({}, abroad)).toEqual(['main']);
      expect(await names({ includeShadowTrails: false }, abroad)).toEqual([]);
      expect(await names({ trailNameList: ['main'] }, abroad)).toEqual([]);
      expect(await aws.GetTrailStatus({ Name: ARN }, abroad)).toMatchObject({ IsLogging: false });
      const unknown = `Unknown trail: arn:aws:cloudtrail:eu-west-1:${ACCOUNT}:trail/main for the user: ${ACCOUNT}`;
      await expect(aws.GetEventSelectors({ TrailName: 'main' }, abroad)).rejects.toMatchObject({
        code: 'TrailNotFoundException',
        message: unknown,
      });
      await expect(aws.StopLogging({ Name: ARN }, abroad)).rejects.toMatchObject({
        code: 'InvalidHomeRegionException',
      });
      await expect(aws.DeleteTrail({ Name: 'main' }, abroad)).rejects.toMatchObject({
        code: 'InvalidHomeRegionException',
      });
      await expect(aws.DeleteTrail({ Name: 'local' }, abroad)).rejects.toMatchObject({
        code: 'TrailNotFoundException',
      });
      await expect(aws.GetTrail({ Name: 'arn:aws:s3:::x' }, home)).rejects.toMatchObject({
        code: 'CloudTrailARNInvalidException',
      });
    });

    it('of an organization is seen by its members and changed by its owner alone', async () => {
      const aws = await opened(open);
      await aws.CreateTrail({ Name: 'main', S3BucketName: 'my-bucket', IsOrganizationTrail: true }, home);
      const member = callIn('us-east-1', '444455556666');
      expect((await aws.GetTrail({ Name: ARN }, member)).Trail?.IsOrganizationTrail).toBe(true);
      await expect(aws.GetTrail({ Name: 'main' }, member)).rejects.toMatchObject({ code: 'TrailNotFoundException' });
      await expect(aws.DeleteTrail({ Name: ARN }, member)).rejects.toMatchObject({
        code: 'OperationNotPermittedException',
      });
    });

    it('is updated member by member; an empty text takes one away', async () => {
      const aws = await opened(open);
      await aws.CreateTrail({ Name: 'main', S3BucketName: 'my-bucket', S3KeyPrefix: 'logs', ...LOGS }, home);
      const all = await aws.UpdateTrail({ Name: 'main', IsMultiRegionTrail: true }, home);
      expect(all).toMatchObject({ S3KeyPrefix: 'logs', IsMultiRegionTrail: true, ...LOGS });
      const cleared = { S3KeyPrefix: '', CloudWatchLogsLogGroupArn: '', CloudWatchLogsRoleArn: '' };
      const bare = await aws.UpdateTrail({ Name: 'main', ...cleared }, home);
      for (const key of Object.keys(cleared)) expect(bare).not.toHaveProperty(key);
      expect((await aws.GetTrail({ Name: 'main' }, home)).Trail).toMatchObject(bare);
    });

    it('says that its log group is gone, and can still be changed', async () => {
      const aws = await opened(open);
      await aws.CreateTrail({ Name: 'main', S3BucketName: 'my-bucket', ...LOGS }, home);
      await aws.store.write(({ db }) => db.deleteFrom('log_groups').execute());
      expect(await aws.GetTrailStatus({ Name: 'main' }, home)).toMatchObject({
        LatestCloudWatchLogsDeliveryError: 'The specified log group does not exist.',
      });
      expect(await aws.UpdateTrail({ Name: 'main', S3KeyPrefix: 'x' }, home)).toMatchObject({ S3KeyPrefix: 'x' });
    });

    it('keeps basic event selectors and refuses others', async () => {
      const aws = await opened(open);
      await aws.CreateTrail({ Name: 'main', S3BucketName: 'my-bucket' }, home);
      expect(await aws.GetEventSelectors({ TrailName: 'main' }, home)).toEqual({
        TrailARN: ARN,
        EventSelectors: [
          { ReadWriteType: 'All', IncludeManagementEvents: true, DataResources: [], ExcludeManagementEventSources: [] },
        ],
      });
      const selectors = [
        {
          ReadWriteType: 'WriteOnly' as const,
          DataResources: [{ Type: 'AWS::S3::Object', Values: ['arn:aws:s3:::bucket/prefix'] }],
          ExcludeManagementEventSources: ['kms.amazonaws.com'],
        },
      ];
      const put = await aws.PutEventSelectors({ TrailName: 'main', EventSelectors: selectors }, home);
      expect(put.EventSelectors).toEqual([{ ...selectors[0], IncludeManagementEvents: true }]);
      expect(await aws.GetEventSelectors({ TrailName: ARN }, home)).toEqual(put);
      expect((await aws.GetTrail({ Name: 'main' }, home)).Trail?.HasCustomEventSelectors).toBe(true);
      const wrong: [object, string][] = [
        [{ EventSelectors: [] }, 'Specify a valid number of selectors (1 to 5) for your trail.'],
        [{ EventSelectors: Array(6).fill({}) }, 'Specify a valid number of selectors'],
        [{ EventSelectors: [{ IncludeManagementEvents: false }] }, 'management events or data resources'],
        [
          { EventSelectors: [{ DataResources: [{ Type: 'AWS::S3::Object', Values: ['arn:aws:s3:::*'] }] }] },
          'Value arn:aws:s3:::* for DataResources.Values is invalid.',
        ],
        [{ EventSelectors: [{ DataResources: [{ Type: '__proto__', Values: [] }] }] }, 'DataResources.Type'],
        [{ EventSelectors: [{ ExcludeManagementEventSources: ['iam.amazonaws.com'] }] }, 'ExcludeManagement'],
        [{ AdvancedEventSelectors: [] }, 'not supported'],
      ];
      for (const [input, message] of wrong) {
        const refused = aws.PutEventSelectors({ TrailName: 'main', ...input }, home);
        await expect(refused).rejects.toMatchObject({ code: 'InvalidEventSelectorsException' });
        await expect(refused).rejects.toThrow(message);
      }
      await expect(aws.GetInsightSelectors({ TrailName: 'main' }, home)).rejects.toMatchObject({
        code: 'InsightNotEnabledException',
      });
    });

    it('carries tags', async () => {
      const aws = await opened(open);
      const TagsList = [{ Key: 'team', Value: 'security' }];
      await aws.CreateTrail({ Name: 'main', S3BucketName: 'my-bucket', TagsList }, home);
      await aws.AddTags(
        {
          ResourceId: ARN,
          TagsList: [
            { Key: '__proto__', Value: 'x' },
            { Key: 'team', Value: 'it' },
          ],
        },
        home,
      );
      const tags = async () => (await aws.ListTags({ ResourceIdList: [ARN] }, home)).ResourceTagList?.[0]?.TagsList;
      expect(await tags()).toEqual([
        { Key: 'team', Value: 'it' },
        { Key: '__proto__', Value: 'x' },
      ]);
      await aws.RemoveTags({ ResourceId: ARN, TagsList: [{ Key: '__proto__' }] }, home);
      expect(await tags()).toEqual([{ Key: 'team', Value: 'it' }]);
      const add = (Key: string) => aws.AddTags({ ResourceId: ARN, TagsList: [{ Key, Value: '' }] }, home);
      await expect(add('aws:x')).rejects.toMatchObject({ code: 'InvalidTagParameterException' });
      await expect(add('a?b')).rejects.toMatchObject({ code: 'InvalidTagParameterException' });
      const elsewhere = { ResourceId: `${ARN}x`, TagsList };
      await expect(aws.AddTags(elsewhere, home)).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
    });
  });
});
