import type { AccountStateInput } from '../state.ts';
import type { WatchedDoor } from './watched-door.ts';

/** The regions that are switched on in the account; undefined where nobody tells. */
export async function readRegions(door: WatchedDoor, region: string): Promise<string[] | undefined> {
  const listed = await door.askAll(
    'account:ListRegions',
    region,
    { RegionOptStatusContains: ['ENABLED', 'ENABLED_BY_DEFAULT'], MaxResults: 50 },
    { items: ({ Regions }) => Regions, next: ({ NextToken }) => NextToken, token: 'NextToken' },
  );
  return listed.kind === 'answer' ? listed.output.flatMap(({ RegionName }) => RegionName ?? []).sort() : undefined;
}

/** Where Security Hub is on, by region. */
export async function readSecurityHub(
  door: WatchedDoor,
  regions: readonly string[],
): Promise<AccountStateInput['securityHub']> {
  const hubs = await Promise.all(
    regions.map(async (region) => [region, await door.ask('securityhub:DescribeHub', region, {})] as const),
  );
  if (hubs.some(([, { kind }]) => kind === 'unserved')) return undefined;
  return Object.fromEntries(
    hubs.flatMap(([region, hub]) =>
      hub.kind === 'answer' ? [[region, { SubscribedAt: hub.output.SubscribedAt ?? '' }]] : [],
    ),
  );
}
