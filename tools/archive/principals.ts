import type { Random } from './random.ts';

export const HEX = '0123456789abcdef';
export const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
export const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export type Json = Record<string, unknown>;

export const guid = (random: Random): string => [8, 4, 4, 4, 12].map((length) => random.text(HEX, length)).join('-');

export const address = (random: Random): string =>
  [3 + random.below(200), random.below(256), random.below(256), 1 + random.below(254)].join('.');

/** Names as people give them, some of them not in ASCII. */
const PEOPLE = [
  'anna',
  'bob.miller',
  'chen',
  'diana',
  'émile.lefèvre',
  'fatima',
  'günther',
  'olga',
  'deploy',
  'ci',
  'terraform',
  'jürgen',
];
const ROLES = [
  'Admin',
  'ReadOnly',
  'ci-deploy',
  'eks-node',
  'lambda-exec',
  'data-pipeline',
  'SecurityAudit',
  'backup',
  'ecs-task',
  'Developer',
];

/** The organisation: its accounts and the principals that work there. Few of them make most of the calls. */
export class Organisation {
  readonly accounts: readonly string[];
  readonly #random: Random;

  constructor(random: Random, accounts: number) {
    this.#random = random;
    this.accounts = Array.from({ length: accounts }, () => random.text('123456789', 1) + random.text('0123456789', 11));
  }

  /** An account, the first ones most often. */
  account(): string {
    const place = Math.floor((this.accounts.length + 1) ** this.#random.next()) - 1;
    return this.accounts[place] as string;
  }

  /** What one delivered file sees: a few sessions and addresses of one account. */
  cast(account: string): Cast {
    return new Cast(this.#random, account);
  }
}

export class Cast {
  readonly account: string;
  readonly #random: Random;
  readonly #roles: readonly Json[];
  readonly #users: readonly Json[];
  readonly #addresses: readonly string[];

  constructor(random: Random, account: string) {
    this.#random = random;
    this.account = account;
    this.#roles = Array.from({ length: 1 + random.below(12) }, () => this.#role());
    this.#users = Array.from({ length: 1 + random.below(3) }, () => this.#user());
    this.#addresses = Array.from({ length: 5 + random.below(10) }, () => address(random));
  }

  address(): string {
    return this.#random.pick(this.#addresses);
  }

  /** userIdentity, by the blend of a busy organisation. */
  identity(): Json {
    const kind = this.#random.next() * 100;
    if (kind < 64) return this.#random.pick(this.#roles);
    if (kind < 89) return { type: 'AWSService', invokedBy: this.service() };
    if (kind < 96) return this.#random.pick(this.#users);
    if (kind < 97.5)
      return { type: 'AWSAccount', principalId: `AIDA${this.#random.text(UPPER, 17)}`, accountId: this.account };
    if (kind < 99)
      return {
        type: 'WebIdentityUser',
        principalId: `cognito:${guid(this.#random)}`,
        userName: guid(this.#random),
        identityProvider: 'cognito-identity.amazonaws.com',
      };
    return { accountId: this.account, invokedBy: this.service() };
  }

  role(): Json {
    return this.#random.pick(this.#roles);
  }

  user(): Json {
    return this.#random.pick(this.#users);
  }

  service(): string {
    return `${this.#random.pick(['cloudtrail', 'delivery.logs', 'lambda', 'ec2', 'ecs-tasks', 'eks', 'config', 'rds', 'autoscaling'])}.amazonaws.com`;
  }

  #role(): Json {
    const random = this.#random;
    const name = random.pick(ROLES);
    const id = `AROA${random.text(UPPER, 17)}`;
    const session = random.chance(0.5) ? `i-${random.text(HEX, 17)}` : random.pick(PEOPLE);
    return {
      type: 'AssumedRole',
      principalId: `${id}:${session}`,
      arn: `arn:aws:sts::${this.account}:assumed-role/${name}/${session}`,
      accountId: this.account,
      accessKeyId: `ASIA${random.text(UPPER, 16)}`,
      sessionContext: {
        sessionIssuer: {
          type: 'Role',
          principalId: id,
          arn: `arn:aws:iam::${this.account}:role/${name}`,
          accountId: this.account,
          userName: name,
        },
        ...(random.chance(0.3) ? { webIdFederationData: {} } : {}),
        attributes: { creationDate: '2025-11-23T00:01:00Z', mfaAuthenticated: 'false' },
      },
    };
  }

  #user(): Json {
    const random = this.#random;
    const name = random.pick(PEOPLE);
    return {
      type: 'IAMUser',
      principalId: `AIDA${random.text(UPPER, 17)}`,
      arn: `arn:aws:iam::${this.account}:user/${name}`,
      accountId: this.account,
      accessKeyId: `AKIA${random.text(UPPER, 16)}`,
      userName: name,
    };
  }
}
