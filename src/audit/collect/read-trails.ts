import { parseArn } from '../../base/scope.ts';
import type { AccountStateInput } from '../state.ts';
import type { WatchedDoor } from './watched-door.ts';

type TrailInput = NonNullable<AccountStateInput['trails']>[number];

const HOUR = 3_600_000;

/**
 * Every trail that the account can see, shadow trails included once, with its status and selectors.
 * Where no trail records all regions, the others regions are looked at too, so that the report can
 * name the trails there are.
 */
export async function readTrails(
  door: WatchedDoor,
  region: string,
  otherRegions: readonly string[],
  now: number,
): Promise<TrailInput[]> {
  const found = new Map<string, TrailInput['describe']>();
  await describeTrails(door, region, found);
  if (![...found.values()].some(({ IsMultiRegionTrail }) => IsMultiRegionTrail)) {
    await Promise.all(otherRegions.map((other) => describeTrails(door, other, found)));
  }
  return Promise.all([...found.values()].map((describe) => readTrail(door, describe, region, now)));
}

async function describeTrails(
  door: WatchedDoor,
  region: string,
  found: Map<string, TrailInput['describe']>,
): Promise<void> {
  const outcome = await door.ask('cloudtrail:DescribeTrails', region, { includeShadowTrails: true });
  if (outcome.kind !== 'answer') return;
  for (const trail of outcome.output.trailList ?? []) {
    const { Name, TrailARN } = trail;
    if (Name !== undefined && TrailARN !== undefined) found.set(TrailARN, { ...trail, Name, TrailARN });
  }
}

async function readTrail(
  door: WatchedDoor,
  describe: TrailInput['describe'],
  region: string,
  now: number,
): Promise<TrailInput> {
  // A trail answers in its home region only, and there to its ARN.
  const home = describe.HomeRegion ?? region;
  const owner = parseArn(describe.TrailARN)?.account ?? door.account;
  const [status, selectors] = await Promise.all([
    door.ask('cloudtrail:GetTrailStatus', home, { Name: describe.TrailARN }, owner),
    door.ask('cloudtrail:GetEventSelectors', home, { TrailName: describe.TrailARN }, owner),
  ]);
  const trail: TrailInput = { describe };
  if (status.kind === 'answer') {
    const { IsLogging, LatestCloudWatchLogsDeliveryError, LatestCloudWatchLogsDeliveryTime: at } = status.output;
    trail.status = {
      IsLogging,
      ...(LatestCloudWatchLogsDeliveryError && { LatestCloudWatchLogsDeliveryError }),
      ...(at && { hoursSinceCloudWatchLogsDelivery: Math.max(0, now - at.getTime()) / HOUR }),
    };
  }
  if (selectors.kind === 'answer') {
    const { EventSelectors, AdvancedEventSelectors } = selectors.output;
    if (AdvancedEventSelectors?.length) trail.AdvancedEventSelectors = AdvancedEventSelectors as never;
    else trail.EventSelectors = (EventSelectors ?? []) as never;
  }
  return trail;
}
