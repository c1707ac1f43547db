import type { Network } from '../../base/network.ts';
import { partitionOf } from '../../base/scope.ts';
import { networkHandler } from '../../chain/channels/aws/network-handler.ts';
import { plainText } from '../../trail/plain-text.ts';

/** Reads the accounts of the organization, id and name. Rejects with what AWS's SDK throws. */
export type ListAccounts = () => Promise<Map<string, string>>;

/** Where AWS Organizations is asked, for each partition. */
const HOMES: Readonly<Record<string, readonly [region: string, domain: string]>> = {
  aws: ['us-east-1', 'amazonaws.com'],
  'aws-cn': ['cn-northwest-1', 'amazonaws.com.cn'],
  'aws-us-gov': ['us-gov-west-1', 'amazonaws.com'],
};
const LONGEST_NAME = 64;
/** Twenty accounts each; more pages than any organization has. */
const MOST_PAGES = 5_000;

export interface OrganizationSettings {
  readonly network: Network;
  /** The region of the engine, which says in which partition of AWS it is. */
  readonly region: string;
  /** Another address than AWS's own. */
  readonly endpoint?: string | undefined;
}

/**
 * Asks AWS Organizations through the guarded door, with the credentials that AWS's SDK finds by itself. They are those
 * of the management account or of a delegated administrator, and need `organizations:ListAccounts`.
 */
export function organizationAccounts({ network, region, endpoint }: OrganizationSettings): ListAccounts {
  const [home, domain] = HOMES[partitionOf(region)] ?? HOMES.aws!;
  return async () => {
    const { OrganizationsClient, ListAccountsCommand } = await import('@aws-sdk/client-organizations');
    const client = new OrganizationsClient({
      region: home,
      // Given always: AWS_ENDPOINT_URL may well name this very engine.
      endpoint: endpoint ?? `https://organizations.${home}.${domain}`,
      requestHandler: networkHandler(network),
    });
    const names = new Map<string, string>();
    let token: string | undefined;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const { Accounts = [], NextToken } = await client.send(new ListAccountsCommand({ NextToken: token }));
      for (const { Id = '', Name = '' } of Accounts) {
        const name = plainText(Name, LONGEST_NAME);
        if (/^\d{12}$/.test(Id) && name !== '') names.set(Id, name);
      }
      token = NextToken;
      if (token === undefined || token === '') break;
    }
    return names;
  };
}
