import { type Trail, trailArn } from '../../chain/trails/trail.ts';

/** What CreateTrail and UpdateTrail answer: the trail as it now is. */
export function trailAnswer(trail: Trail) {
  const { logGroupArn, definition } = trail;
  const { CloudWatchLogsRoleArn, ...rest } = definition;
  return {
    Name: trail.name,
    ...rest,
    TrailARN: trailArn(trail),
    ...(logGroupArn !== null && { CloudWatchLogsLogGroupArn: logGroupArn }),
    ...(CloudWatchLogsRoleArn !== undefined && { CloudWatchLogsRoleArn }),
  };
}

/** The same with what only DescribeTrails and GetTrail tell. */
export const describedTrail = (trail: Trail) => ({
  ...trailAnswer(trail),
  HomeRegion: trail.region,
  HasCustomEventSelectors: trail.selectors !== null,
  HasInsightSelectors: false,
});
