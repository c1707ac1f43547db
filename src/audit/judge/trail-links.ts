import { parseArn } from '../../base/scope.ts';
import type { JsonObject } from '../../pattern/index.ts';
import type { Trail } from '../state.ts';
import type { AccountView } from './account-view.ts';
import { capturedEvents } from './captured-events.ts';
import { awsCommand } from './command.ts';
import { type Link, linksOf } from './link.ts';
import type { LogGroupName } from './log-group-name.ts';
import type { Target } from './target.ts';

export interface TrailSettings {
  /** A delivery that is older is broken. */
  readonly deliveryHours: number;
}

/** T1 to T5 for one trail: whether it records what the target asks for, and hands it to a log group. */
export function trailLinks(
  view: AccountView,
  trail: Trail,
  group: LogGroupName | undefined,
  target: Target,
  settings: TrailSettings,
): readonly Link[] {
  return [
    everyRegion(trail, target),
    isLogging(view, trail, target),
    allEvents(view, trail, target),
    namesGroup(trail, group),
    ...(group ? [delivers(view, trail, group, settings)] : []),
  ];
}

/** Where a trail is governed from. */
export const homeOf = ({ describe }: Trail): { account: string; region: string } => {
  const arn = parseArn(describe.TrailARN);
  return { account: arn?.account ?? '', region: describe.HomeRegion ?? arn?.region ?? 'us-east-1' };
};

const trailCommand = (trail: Trail, operation: string, ...words: readonly string[]): string =>
  awsCommand(homeOf(trail).region, 'cloudtrail', operation, ...words);

function everyRegion(trail: Trail, { examples }: Target): Link {
  const { Name, TrailARN, IsMultiRegionTrail } = trail.describe;
  const link = linksOf('cloudtrail:DescribeTrails', TrailARN);
  if (IsMultiRegionTrail) return link.holds('T1', { says: `Trail ${Name} records all regions.` });
  const { region } = homeOf(trail);
  return link.broken('T1', {
    says: `Trail ${Name} records ${region} only.`,
    fix: `Make it multi-region: ${trailCommand(trail, 'update-trail', '--name', Name, '--is-multi-region-trail')}`,
    ...counter(examples.find((event) => event.awsRegion !== region) ?? elsewhere(examples[0], region)),
  });
}

/** The same event in a region that the trail does not record. */
const elsewhere = (event: JsonObject | undefined, region: string): JsonObject | null =>
  event ? { ...event, awsRegion: region === 'eu-west-1' ? 'eu-central-1' : 'eu-west-1' } : null;

const counter = (event: JsonObject | null | undefined) => (event ? { counterexample: event } : {});

function isLogging(view: AccountView, trail: Trail, { examples }: Target): Link {
  const { Name, TrailARN } = trail.describe;
  const link = linksOf('cloudtrail:GetTrailStatus', TrailARN);
  const logging = trail.status?.IsLogging;
  if (logging === undefined || view.denies('cloudtrail:GetTrailStatus', homeOf(trail)))
    return link.unknown('T2', `whether trail ${Name} is logging`);
  if (logging) return link.holds('T2', { says: `Trail ${Name} is logging.` });
  return link.broken('T2', {
    says: `Trail ${Name} is switched off: nothing is recorded.`,
    fix: `Start it: ${trailCommand(trail, 'start-logging', '--name', TrailARN)}`,
    ...counter(examples[0]),
  });
}

function allEvents(view: AccountView, trail: Trail, target: Target): Link {
  const { Name, TrailARN } = trail.describe;
  const link = linksOf('cloudtrail:GetEventSelectors', TrailARN);
  const isRead = trail.EventSelectors !== undefined || trail.AdvancedEventSelectors !== undefined;
  if (!isRead || view.denies('cloudtrail:GetEventSelectors', homeOf(trail)))
    return link.unknown('T3', `which events trail ${Name} records`);
  const captured = capturedEvents(trail, target);
  if (captured.status === 'all') return link.holds('T3', { says: `Trail ${Name} records all management events.` });
  if (captured.status === 'unsure')
    return link.review(
      'T3',
      `Trail ${Name} records some management events only; whether these are among them cannot be told.`,
    );
  const selectors = JSON.stringify([
    { Name: 'all', FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }] },
  ]);
  const change = trailCommand(
    trail,
    'put-event-selectors',
    '--trail-name',
    TrailARN,
    ...(trail.AdvancedEventSelectors
      ? ['--advanced-event-selectors', selectors]
      : ['--event-selectors', '[{"ReadWriteType":"All","IncludeManagementEvents":true}]']),
  );
  return link.broken('T3', {
    says: `Trail ${Name} leaves out ${captured.without}.`,
    fix: `Record all management events (selectors for data events must be given again): ${change}`,
    ...counter(captured.lost),
    ...(captured.isPartial && { warnings: ['partial'] }),
  });
}

function namesGroup(trail: Trail, group: LogGroupName | undefined): Link {
  const { Name, TrailARN } = trail.describe;
  const link = linksOf('cloudtrail:DescribeTrails', TrailARN);
  if (group) return link.holds('T4', { says: `Trail ${Name} delivers to log group ${group.name} in ${group.region}.` });
  const words = ['--name', Name, '--cloud-watch-logs-log-group-arn', 'GROUP_ARN'];
  const change = trailCommand(trail, 'update-trail', ...words, '--cloud-watch-logs-role-arn', 'ROLE_ARN');
  return link.broken('T4', {
    says: `Trail ${Name} delivers to no log group.`,
    fix: `Give it a log group and a role that may write there: ${change}`,
  });
}

function delivers(view: AccountView, trail: Trail, group: LogGroupName, { deliveryHours }: TrailSettings): Link {
  const { Name, TrailARN } = trail.describe;
  const link = linksOf('cloudtrail:GetTrailStatus', TrailARN);
  if (!trail.status || view.denies('cloudtrail:GetTrailStatus', homeOf(trail)))
    return link.unknown('T5', `whether trail ${Name} delivers to its log group`);
  const { LatestCloudWatchLogsDeliveryError: error, hoursSinceCloudWatchLogsDelivery: hours } = trail.status;
  const isGone = isMissing(view, group);
  if (!error && !isGone && hours === undefined)
    return link.holds('T5', {
      says: `CloudTrail tells of no delivery of trail ${Name} to the log group yet, nor of an error.`,
      warnings: ['delivery-unproven'],
    });
  if (!error && !isGone && hours !== undefined && hours <= deliveryHours) return link.holds('T5');
  const last = hours === undefined ? 'never' : `${spanOf(hours)} ago`;
  const role = trail.describe.CloudWatchLogsRoleArn ?? 'the role';
  return link.broken('T5', {
    says: isGone
      ? `The log group ${group.name} of trail ${Name} does not exist: events go nowhere.`
      : error
        ? `Events of trail ${Name} do not arrive in the log group: "${error}" (last delivery ${last}).`
        : `Nothing has arrived in the log group of trail ${Name}: last delivery ${last}.`,
    fix: isGone
      ? `Create it again: ${awsCommand(group.region, 'logs', 'create-log-group', '--log-group-name', group.name)}`
      : `Let ${role} call logs:CreateLogStream and logs:PutLogEvents on the log group.`,
  });
}

/** True where the log group could be read, and is not there. */
export const isMissing = (view: AccountView, group: LogGroupName): boolean =>
  view.canRead(group.account) &&
  !view.denies('logs:DescribeLogGroups', group) &&
  !view.logGroup(group, group.name) &&
  view.filtersOn(group, group.name).length === 0;

const spanOf = (hours: number): string =>
  hours < 48 ? `${Math.round(hours)} hours` : `${Math.round(hours / 24)} days`;
