import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Network } from '../../base/network.ts';
import type { Store } from '../../store/store.ts';
import { organizationOf } from '../known.ts';
import type { ServeOptions } from '../options.ts';
import { organizationAccounts } from './organization-accounts.ts';
import { forgetOrganization, OrganizationNames } from './organization-names.ts';

interface Around {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly network: Network;
}

/** The names of an organization's accounts, where `--account-names` asks for them; reading has begun. */
export async function openOrganization(
  { accountNames, region }: Pick<ServeOptions, 'accountNames' | 'region'>,
  { store, clock, log, network }: Around,
): Promise<OrganizationNames | undefined> {
  const wanted = accountNames === undefined ? undefined : organizationOf(accountNames);
  if (!wanted) {
    await forgetOrganization(store);
    return undefined;
  }
  const list = organizationAccounts({ network, region, endpoint: wanted.endpoint });
  const names = new OrganizationNames({ store, clock, log, list });
  await names.start();
  return names;
}
