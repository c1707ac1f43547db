import { drillIdOf, drillKey } from './drill-record.ts';
import { plainText, shownText } from './plain-text.ts';
import { textAt } from './record.ts';

export type PrincipalKind =
  | 'root'
  | 'iam-user'
  | 'assumed-role'
  | 'federated'
  | 'service'
  /** A caller of another account, of whom only the account is known. */
  | 'account'
  /** Nobody: a drill that stands for root. */
  | 'drill'
  | 'unknown';

/** Who acted. `key` is the same in every record of one principal of one account, a sign-in or a call. */
export interface Principal {
  readonly kind: PrincipalKind;
  /** Without its account: `root`, `alice`, `deploy (session ci)`, `autoscaling.amazonaws.com`. */
  readonly name: string;
  readonly arn?: string;
  readonly key: string;
}

const NAME_LENGTH = 128;
const ARN_LENGTH = 2048;

/** What CloudTrail writes in place of a user name that does not exist: it may be a password typed into the wrong field. */
const HIDDEN_NAME = 'HIDDEN_DUE_TO_SECURITY_REASONS';

const KINDS: Readonly<Record<string, PrincipalKind>> = Object.assign(Object.create(null), {
  Root: 'root',
  IAMUser: 'iam-user',
  AssumedRole: 'assumed-role',
  Role: 'assumed-role',
  FederatedUser: 'federated',
  Directory: 'federated',
  IdentityCenterUser: 'federated',
  SAMLUser: 'federated',
  WebIdentityUser: 'federated',
  AWSService: 'service',
  AWSAccount: 'account',
});

/** The principal of a hostile record; `unknown` where userIdentity tells nothing. */
export function principalOf(record: unknown): Principal {
  const drill = shownText(drillIdOf(record), NAME_LENGTH);
  if (drill) return { kind: 'drill', name: drill, key: drillKey(drill) };
  const arn = shownText(textAt(record, 'userIdentity', 'arn'), ARN_LENGTH);
  const kind = kindOf(record, arn);
  const names = namesOf(record, kind, arn?.split(':').slice(5).join(':') ?? '');
  return { kind, ...names, ...(arn === undefined ? {} : { arn }) };
}

/** The account a principal acts for: its own, else the one whose trail got the record; '' where no record says. */
export function accountOf(record: unknown): string {
  const arn = textAt(record, 'userIdentity', 'arn');
  const accounts = [textAt(record, 'userIdentity', 'accountId'), arn?.slice(0, 200).split(':')[4]];
  accounts.push(textAt(record, 'recipientAccountId'));
  const account = accounts.find((text) => text !== undefined && /^\d{12}$/.test(text)) ?? accounts.find(Boolean);
  return plainText(account ?? '', 20);
}

/** A principal in words, to stand within a sentence: `root`, `IAM user alice`, `role deploy (session ci)`. */
export function principalPhrase({ kind, name }: Pick<Principal, 'kind' | 'name'>): string {
  switch (kind) {
    case 'root':
      return 'root';
    case 'iam-user':
      return name ? `IAM user ${name}` : 'an unknown IAM user';
    case 'assumed-role':
      return name ? `role ${name}` : 'an unknown role';
    case 'federated':
      return name ? `federated user ${name}` : 'an unknown federated user';
    case 'service':
      return name || 'an unknown service';
    case 'account':
      return name ? `account ${accountPhrase(name)}` : 'an unknown account';
    case 'drill':
      return 'a drill in the name of root';
    default:
      return name ? `unknown principal ${name}` : 'somebody unknown';
  }
}

/** An account as people read it: `1111-2222-3333`, or with its name `payments (1111-2222-3333)`. */
export function accountPhrase(account: string, names?: ReadonlyMap<string, string>): string {
  const digits = account.replace(/^(\d{4})(\d{4})(\d{4})$/, '$1-$2-$3') || 'an unknown account';
  const name = names?.get(account);
  return name === undefined ? digits : `${name} (${digits})`;
}

function kindOf(record: unknown, arn: string | undefined): PrincipalKind {
  const known = KINDS[textAt(record, 'userIdentity', 'type') ?? ''];
  if (known) return known;
  // Old and hand-made records have no type, or one that AWS does not document.
  const resource = arn?.split(':')[5] ?? '';
  if (resource === 'root') return 'root';
  if (resource.startsWith('user/')) return 'iam-user';
  if (resource.startsWith('assumed-role/')) return 'assumed-role';
  if (resource.startsWith('federated-user/')) return 'federated';
  // Events that a service makes by itself carry an account and the service, and no type.
  return textAt(record, 'userIdentity', 'invokedBy') === undefined ? 'unknown' : 'service';
}

function namesOf(record: unknown, kind: PrincipalKind, resource: string): { name: string; key: string } {
  switch (kind) {
    case 'root':
      return { name: 'root', key: 'root' };
    case 'assumed-role':
      return roleNames(record, resource);
    case 'federated': {
      const name = firstOf(afterSlash(resource), userName(record), afterColon(principalId(record)));
      const byRoot = textAt(record, 'userIdentity', 'sessionContext', 'sessionIssuer', 'type') === 'Root';
      return {
        name: byRoot ? `${name ?? 'somebody'}, federated by root` : (name ?? ''),
        key: `federated:${name ?? ''}`,
      };
    }
    case 'service': {
      const name = firstOf(textAt(record, 'userIdentity', 'invokedBy'), textAt(record, 'eventSource')) ?? '';
      return { name, key: `service:${name}` };
    }
    case 'account': {
      const name = firstOf(textAt(record, 'userIdentity', 'accountId'), principalId(record)) ?? '';
      return { name, key: `account:${name}` };
    }
    default: {
      const name = firstOf(userName(record), afterSlash(resource), principalId(record)) ?? '';
      return { name, key: `${kind === 'iam-user' ? 'user' : 'unknown'}:${name}` };
    }
  }
}

/** Sign-in records name a role by ARN alone, calls also by issuer and principal id: the ARN goes first. */
function roleNames(record: unknown, resource: string): { name: string; key: string } {
  const [, arnRole, ...arnSession] = resource.startsWith('assumed-role/') ? resource.split('/') : [];
  const issuer = textAt(record, 'userIdentity', 'sessionContext', 'sessionIssuer', 'userName');
  const id = principalId(record);
  const role = firstOf(arnRole, issuer, afterSlash(resource), userName(record), id?.split(':', 1)[0]) ?? '';
  const session = firstOf(arnSession.join('/'), id?.includes(':') ? afterColon(id) : undefined);
  return { name: session ? `${role} (session ${session})` : role, key: `role:${role}/${session ?? ''}` };
}

function userName(record: unknown): string | undefined {
  const name = textAt(record, 'userIdentity', 'userName');
  return name === HIDDEN_NAME ? undefined : name;
}

const principalId = (record: unknown): string | undefined => textAt(record, 'userIdentity', 'principalId');

const afterSlash = (text: string): string => text.slice(text.lastIndexOf('/') + 1);

const afterColon = (text: string | undefined): string | undefined => text?.slice(text.indexOf(':') + 1);

function firstOf(...texts: (string | undefined)[]): string | undefined {
  for (const text of texts) {
    const shown = shownText(text, NAME_LENGTH);
    if (shown) return shown;
  }
  return undefined;
}
