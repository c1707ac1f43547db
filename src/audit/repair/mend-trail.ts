import { parseArn, type Scope } from '../../base/scope.ts';
import type { Trail } from '../state.ts';
import { isControlTower, isOwn, OWN_LOG_GROUP, OWN_TRAIL } from './own-names.ts';
import { logGroupArn, type Situation } from './situation.ts';
import { blocked, type Mend, type Step } from './step.ts';

/** T1: a trail that records all regions. */
export function mendRegions(situation: Situation): Mend {
  const { trail, scope, options, scenario } = situation;
  const { trailBucket, trailRoleArn } = options;
  // One of ours that somebody narrowed is widened again: its name is taken.
  const own = scenario.state.trails.find(({ describe }) => describe.Name === OWN_TRAIL);
  if (trailBucket && !own) {
    const input = {
      Name: OWN_TRAIL,
      S3BucketName: trailBucket,
      IsMultiRegionTrail: true,
      IncludeGlobalServiceEvents: true,
      EnableLogFileValidation: true,
      ...(trailRoleArn && {
        CloudWatchLogsLogGroupArn: logGroupArn(scope, OWN_LOG_GROUP),
        CloudWatchLogsRoleArn: trailRoleArn,
      }),
    };
    const why = 'no trail records all regions';
    const create: Step = { ...call(situation, 'CreateTrail', input, why), change: null, foreign: false };
    const start: Step = {
      ...call(situation, 'StartLogging', { Name: OWN_TRAIL }, 'a new trail is switched off'),
      change: null,
      foreign: false,
    };
    return { steps: [...(trailRoleArn ? newLogGroup(situation, OWN_LOG_GROUP) : []), create, start] };
  }
  const narrow = own ?? trail;
  if (!narrow) {
    return blocked(
      'There is no trail, and a trail needs a bucket.',
      'Name a bucket whose policy lets cloudtrail.amazonaws.com write (--trail-bucket NAME), and a role that lets CloudTrail write to a log group (--trail-role ARN).',
    );
  }
  return change(situation, narrow, 'UpdateTrail', { IsMultiRegionTrail: true }, 'the trail records one region only', {
    before: { IsMultiRegionTrail: narrow.describe.IsMultiRegionTrail ?? false },
    after: { IsMultiRegionTrail: true },
  });
}

/** T2: the trail is logging. */
export function mendLogging(situation: Situation): Mend {
  const { trail } = situation;
  if (!trail) return noTrail();
  return change(situation, trail, 'StartLogging', {}, 'the trail is switched off', {
    before: { IsLogging: false },
    after: { IsLogging: true },
  });
}

/** T3: all management events. Selectors of data events stay as they are. */
export function mendSelectors(situation: Situation): Mend {
  const { trail } = situation;
  if (!trail) return noTrail();
  const advanced = trail.AdvancedEventSelectors;
  const why = 'the trail leaves out management events';
  if (advanced && advanced.length > 0) {
    const after = [
      ...advanced.filter(({ FieldSelectors }) => !FieldSelectors.some(isManagement)),
      { Name: 'All management events', FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }] },
    ];
    const input = { AdvancedEventSelectors: after };
    return change(situation, trail, 'PutEventSelectors', input, why, {
      before: { AdvancedEventSelectors: advanced },
      after: input,
    });
  }
  const basic = trail.EventSelectors ?? [];
  const after = [
    { ReadWriteType: 'All', IncludeManagementEvents: true, DataResources: [], ExcludeManagementEventSources: [] },
    ...basic
      .filter(({ DataResources }) => (DataResources?.length ?? 0) > 0)
      .map(({ ReadWriteType, DataResources }) => ({ ReadWriteType, IncludeManagementEvents: false, DataResources })),
  ];
  const input = { EventSelectors: after };
  return change(situation, trail, 'PutEventSelectors', input, why, {
    before: { EventSelectors: basic },
    after: input,
  });
}

const isManagement = ({ Field, Equals }: { Field: string; Equals?: string[] | undefined }): boolean =>
  Field === 'eventCategory' && (Equals?.includes('Management') ?? false);

/** T4 and L1: the trail delivers to a log group that can have filters. */
export function mendLogGroup(situation: Situation): Mend {
  const { trail, scope, options } = situation;
  if (!trail) return noTrail();
  const role = options.trailRoleArn ?? trail.describe.CloudWatchLogsRoleArn;
  if (!role) {
    return blocked(
      'The trail names no log group, and needs a role to write to one.',
      'Make a role that cloudtrail.amazonaws.com may assume and that allows logs:CreateLogStream and logs:PutLogEvents on the log group, and name it (--trail-role ARN).',
    );
  }
  const taken = trail.describe.CloudWatchLogsLogGroupArn !== undefined;
  const name = taken ? `${OWN_LOG_GROUP}-trailbell` : OWN_LOG_GROUP;
  const input = { CloudWatchLogsLogGroupArn: logGroupArn(scope, name), CloudWatchLogsRoleArn: role };
  const update = change(situation, trail, 'UpdateTrail', input, 'the trail delivers to no log group with filters', {
    before: {
      CloudWatchLogsLogGroupArn: trail.describe.CloudWatchLogsLogGroupArn ?? null,
      CloudWatchLogsRoleArn: trail.describe.CloudWatchLogsRoleArn ?? null,
    },
    after: input,
  });
  if ('blocker' in update) return update;
  return { steps: [...newLogGroup(situation, name), ...update.steps] };
}

/** T5: events arrive. A log group that is gone can be made again; a role's rights are not ours to give. */
export function mendDelivery(situation: Situation): Mend {
  const { trail, scope, logGroup } = situation;
  const missing = newLogGroup(situation, logGroup);
  if (missing.length > 0) return { steps: missing };
  const role = trail?.describe.CloudWatchLogsRoleArn ?? 'the role of the trail';
  const error = trail?.status?.LatestCloudWatchLogsDeliveryError;
  // An engine of Trailbell, which has folders in place of CloudTrail.
  if (error?.startsWith('folder ')) return blocked(`No records come in: ${error}.`, 'Let the engine read that folder.');
  return blocked(
    `CloudTrail cannot deliver to ${logGroup}${error ? ` (${error})` : ''}.`,
    `Let ${role} call logs:CreateLogStream and logs:PutLogEvents on ${logGroupArn(scope, logGroup)}, with cloudtrail.amazonaws.com as who may assume it.`,
  );
}

/** None where the log group is there. */
function newLogGroup({ scope, scenario }: Situation, name: string): Step[] {
  const isThere = scenario.state.logGroups.some(
    (one) => one.account === scope.account && one.region === scope.region && one.logGroupName === name,
  );
  if (isThere) return [];
  return [
    {
      service: 'logs',
      operation: 'CreateLogGroup',
      scope,
      input: { logGroupName: name },
      why: `there is no log group ${name}`,
      change: null,
      foreign: false,
    },
  ];
}

const noTrail = (): Mend => blocked('There is no trail.', 'Create one first: name a bucket with --trail-bucket NAME.');

function call({ scope }: Situation, operation: string, input: Record<string, unknown>, why: string) {
  return { service: 'cloudtrail' as const, operation, scope, input, why };
}

/** A trail is changed in its own account and home region, wherever it delivers to. */
function homeOf({ describe }: Trail, { scope }: Situation): Scope {
  const arn = parseArn(describe.TrailARN);
  return {
    account: arn?.account ?? scope.account,
    region: describe.HomeRegion ?? arn?.region ?? scope.region,
  };
}

function change(
  situation: Situation,
  trail: Trail,
  operation: string,
  input: Record<string, unknown>,
  why: string,
  { before, after }: { before: Record<string, unknown>; after: Record<string, unknown> },
): Mend {
  const { Name, TrailARN } = trail.describe;
  if (isControlTower(Name)) {
    return blocked(`${why}, and trail ${Name} belongs to Control Tower.`, 'Change it in the landing zone’s settings.');
  }
  // In its home region the name is enough, and servers like AWS do not all take an ARN.
  const naming = operation === 'PutEventSelectors' ? { TrailName: Name } : { Name };
  return {
    steps: [
      {
        ...call(situation, operation, { ...naming, ...input }, why),
        scope: homeOf(trail, situation),
        change: { resource: TrailARN, before, after },
        foreign: !isOwn(Name),
      },
    ],
  };
}
