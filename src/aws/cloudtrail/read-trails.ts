import { parseLogGroupArn } from '../../chain/logs/log-group-arn.ts';
import { findLogGroup } from '../../chain/logs/log-groups.ts';
import { deliveryErrorOf, intakeFailures } from '../../chain/trails/intake-failures.ts';
import { isSeenIn, type Trail, trailArn } from '../../chain/trails/trail.ts';
import type { Store } from '../../store/store.ts';
import type { CloudTrailHandlers } from '../wire/handlers.ts';
import { describedTrail } from './describe-trail.ts';
import { parseNameOrArn, trailToRead, visibleTrails } from './name-trail.ts';

type Handlers = Pick<CloudTrailHandlers, 'DescribeTrails' | 'GetTrail' | 'ListTrails' | 'GetTrailStatus'>;

/** The operations that only look at trails. */
export function readHandlers(store: Store): Handlers {
  return {
    async DescribeTrails({ trailNameList = [], includeShadowTrails = true }, { scope }) {
      const wanted = trailNameList.map((name) => trailArn(parseNameOrArn(name, scope)));
      const visible = await visibleTrails(store.read, scope);
      const isAtHome = (trail: Trail): boolean => trail.region === scope.region && trail.account === scope.account;
      const found =
        wanted.length > 0
          ? // A name finds trails of this region only, an ARN any; what is not there is left out.
            visible.filter((trail) => wanted.includes(trailArn(trail)))
          : visible.filter((trail) => isSeenIn(trail, scope.region));
      return { trailList: found.filter((trail) => includeShadowTrails || isAtHome(trail)).map(describedTrail) };
    },

    async GetTrail({ Name }, { scope }) {
      return { Trail: describedTrail(await trailToRead(store.read, scope, Name)) };
    },

    /** All on one page: AWS allows five trails in a region. */
    async ListTrails(_input, { scope }) {
      const trails = await visibleTrails(store.read, scope);
      return {
        Trails: trails.map((trail) => ({ TrailARN: trailArn(trail), Name: trail.name, HomeRegion: trail.region })),
      };
    },

    async GetTrailStatus({ Name }, { scope }) {
      const trail = await trailToRead(store.read, scope, Name);
      const { deliveredAt, startedAt, stoppedAt } = trail;
      const error = await deliveryErrorIn(store, trail);
      return {
        IsLogging: trail.isLogging,
        ...(startedAt !== null && { StartLoggingTime: new Date(startedAt) }),
        ...(stoppedAt !== null && { StopLoggingTime: new Date(stoppedAt) }),
        ...(deliveredAt !== null && { LatestCloudWatchLogsDeliveryTime: new Date(deliveredAt) }),
        ...(error !== undefined && { LatestCloudWatchLogsDeliveryError: error }),
        // Older members that AWS still sends, as texts.
        LatestDeliveryAttemptTime: '',
        LatestNotificationAttemptTime: '',
        LatestNotificationAttemptSucceeded: '',
        LatestDeliveryAttemptSucceeded: '',
        TimeLoggingStarted: isoSeconds(startedAt),
        TimeLoggingStopped: isoSeconds(stoppedAt),
      };
    },
  };
}

async function deliveryErrorIn(store: Store, trail: Trail): Promise<string | undefined> {
  if (await hasLostItsLogGroup(store, trail)) return 'The specified log group does not exist.';
  return trail.logGroupArn === null ? undefined : deliveryErrorOf(await intakeFailures(store.read));
}

async function hasLostItsLogGroup(store: Store, { logGroupArn }: Trail): Promise<boolean> {
  const target = logGroupArn === null ? undefined : parseLogGroupArn(logGroupArn);
  return target !== undefined && (await findLogGroup(store.read, target, target.name)) === undefined;
}

const isoSeconds = (at: number | null): string =>
  at === null ? '' : new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');
