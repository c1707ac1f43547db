import type { Scenario } from '../state.ts';
import type { AccountView } from './account-view.ts';
import { awsCommand } from './command.ts';
import { type Link, linksOf } from './link.ts';

/** H1 for every region of the account: Security Hub is on wherever the account is. */
export function securityHubLinks(view: AccountView): readonly Link[] {
  const { account, scenario } = view;
  const { enabledRegions, securityHub } = scenario.state;
  const regions = linksOf('account:ListRegions', account);
  const place = { account, region: scenario.cliRegion };
  const isHidden = ['account:ListRegions', 'ec2:DescribeRegions'].some((call) => view.denies(call, place));
  if (!view.canRead(account) || isHidden || !enabledRegions || enabledRegions.length === 0)
    return [regions.unknown('H1', 'which regions are enabled')];
  if (!securityHub)
    return [linksOf('securityhub:DescribeHub', account).unknown('H1', 'whether Security Hub is enabled')];
  return enabledRegions.map((region) => hubIn(view, securityHub, region));
}

function hubIn(view: AccountView, hubs: NonNullable<Scenario['state']['securityHub']>, region: string): Link {
  const link = linksOf('securityhub:DescribeHub', `${view.account}/${region}`);
  if (hubs[region]?.SubscribedAt) return link.holds('H1', { says: `Security Hub is on in ${region}.` });
  if (view.denies('securityhub:DescribeHub', { account: view.account, region }))
    return link.unknown('H1', `whether Security Hub is on in ${region}`);
  return link.broken('H1', {
    says: `Security Hub is off in ${region}.`,
    fix: `Enable it (AWS Config must be on for its checks): ${awsCommand(region, 'securityhub', 'enable-security-hub')}`,
  });
}
