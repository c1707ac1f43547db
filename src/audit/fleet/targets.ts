import { parseArn } from '../../base/scope.ts';
import type { WatchedDoor } from '../collect/watched-door.ts';

/** An account to audit, and the role to enter it by; null for the caller's own keys. */
export interface Target {
  readonly account: string;
  readonly role: string | null;
}

export interface TargetWish {
  /** Roles named one by one. */
  readonly roles: readonly string[];
  /** Whether the organization is asked for its accounts. */
  readonly org: boolean;
  /** Only these accounts; with `org` a selection, without it the list. */
  readonly accounts?: readonly string[] | undefined;
  readonly exclude: readonly string[];
  /** The role in every account that is not named by its ARN. */
  readonly roleName: string;
}

/** A wish that cannot be granted, in a sentence for the user. */
export class TargetError extends Error {
  override readonly name = 'TargetError';
}

const ACCOUNT = /^\d{12}$/;

/** Account ids from a file: one a line, or the first column; `#` begins a comment. */
export function readAccounts(text: string): string[] {
  const lines = text.split(/\r?\n/).map((line) => line.replace(/#.*/, '').trim());
  const ids = lines.filter((line) => line !== '').map((line) => (line.split(/[\s,;]/, 1)[0] ?? '').replaceAll('"', ''));
  const wrong = ids.find((id) => !ACCOUNT.test(id));
  if (wrong !== undefined) throw new TargetError(`"${wrong.slice(0, 40)}" is no account id: twelve digits a line`);
  return [...new Set(ids)];
}

/**
 * The accounts to audit. The caller's own comes first, with the caller's own keys, unless roles alone
 * are named.
 * @throws TargetError for a role that is no ARN, or an organization that cannot be listed
 */
export async function targetsOf(
  wish: TargetWish,
  door: WatchedDoor,
  caller: string,
  region: string,
): Promise<Target[]> {
  const partition = parseArn(caller)?.partition ?? 'aws';
  const named = wish.roles.map((role) => {
    const parts = parseArn(role);
    if (parts?.service !== 'iam' || !parts.resource.startsWith('role/') || !ACCOUNT.test(parts.account)) {
      throw new TargetError(`${role} is no ARN of a role, such as arn:aws:iam::111122223333:role/TrailbellAudit`);
    }
    return { account: parts.account, role };
  });
  const listed = wish.org ? await listOrganization(door, region) : (wish.accounts ?? []);
  const wanted = wish.org && wish.accounts ? listed.filter((id) => wish.accounts!.includes(id)) : listed;
  const byName = wanted.map((account) => ({
    account,
    role: account === door.account ? null : `arn:${partition}:iam::${account}:role/${wish.roleName}`,
  }));
  const isOwnAsked = named.length === 0 && wish.accounts === undefined;
  const own = isOwnAsked || wanted.includes(door.account) ? [{ account: door.account, role: null }] : [];
  const all = new Map([...own, ...byName, ...named].map((target) => [target.account, target]));
  for (const id of wish.exclude) all.delete(id);
  return [...all.values()];
}

async function listOrganization(door: WatchedDoor, region: string): Promise<string[]> {
  const listed = await door.askAll(
    'organizations:ListAccounts',
    region,
    {},
    { items: ({ Accounts }) => Accounts, next: ({ NextToken }) => NextToken, token: 'NextToken' },
  );
  if (listed.kind === 'answer') {
    return listed.output.filter(({ Status }) => Status === 'ACTIVE').flatMap(({ Id }) => Id ?? []);
  }
  const why = door.denials.find(({ permission }) => permission === 'organizations:ListAccounts');
  const said = why ? `${why.permission} was refused (${why.message})` : 'the account is in none';
  throw new TargetError(
    `the organization's accounts cannot be listed: ${said}. Use its management or a delegated administrator account, or --accounts FILE`,
  );
}
