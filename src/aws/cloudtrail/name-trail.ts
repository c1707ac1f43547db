import type { Kysely } from 'kysely';
import { Refusal } from '../../base/refusal.ts';
import { arnOf, type Scope } from '../../base/scope.ts';
import { isSeenIn, parseTrailArn, records, type Trail, trailArn } from '../../chain/trails/trail.ts';
import { allTrails } from '../../chain/trails/trails.ts';
import type { Tables } from '../../store/tables.ts';

const SHORTEST = 3;
const LONGEST = 128;

/** Refuses a trail name with the sentences that AWS was recorded to use. */
export function checkTrailName(name: string): void {
  const { length } = name;
  if (length < SHORTEST) {
    throw invalidName(
      `Trail name too short. Minimum allowed length: ${SHORTEST} characters. Specified name length: ${length} characters.`,
    );
  }
  if (length > LONGEST) {
    throw invalidName(
      `Trail name too long. Maximum allowed length: ${LONGEST} characters. Specified name length: ${length} characters.`,
    );
  }
  // The grammar is AWS's.
  if (!/^[A-Za-z0-9]/.test(name)) throw invalidName('Trail name must starts with a letter or number.');
  if (!/[A-Za-z0-9]$/.test(name)) throw invalidName('Trail name must ends with a letter or number.');
  if (!/^[A-Za-z0-9._-]+$/.test(name)) {
    throw invalidName(
      'Trail name or ARN can only contain uppercase letters, lowercase letters, numbers, periods (.), hyphens (-), and underscores (_).',
    );
  }
  if (/[._-]{2}/.test(name)) throw invalidName('Trail name cannot have adjacent periods, hyphens or underscores.');
  if (/^\d+(\.\d+){3}$/.test(name)) throw invalidName('Trail name cannot look like an IP address.');
}

const invalidName = (message: string): Refusal => new Refusal('InvalidTrailNameException', message);

/** Name and home that a client gives by name or ARN; a bare name means the region called. */
export function parseNameOrArn(nameOrArn: string, called: Scope): Scope & { readonly name: string } {
  if (!nameOrArn.startsWith('arn:')) {
    checkTrailName(nameOrArn);
    return { ...called, name: nameOrArn };
  }
  const parsed = parseTrailArn(nameOrArn);
  if (!parsed) {
    throw new Refusal(
      'CloudTrailARNInvalidException',
      `The ARN is not valid: ${nameOrArn}. A trail's ARN looks like ${arnOf('cloudtrail', called, 'trail/MyTrail')}`,
    );
  }
  return parsed;
}

/** Every trail that the account may look at, with those of organizations. */
export const visibleTrails = async (db: Kysely<Tables>, { account }: Scope): Promise<Trail[]> =>
  (await allTrails(db)).filter((trail) => records(trail, account));

/**
 * The trail to read. A name finds only trails whose home is the region called, an ARN any; refuses
 * with TrailNotFoundException.
 */
export async function trailToRead(db: Kysely<Tables>, called: Scope, nameOrArn: string): Promise<Trail> {
  const wanted = parseNameOrArn(nameOrArn, called);
  const trail = (await visibleTrails(db, called)).find((candidate) => isSame(candidate, wanted));
  if (!trail) throw trailNotFound(wanted, called);
  return trail;
}

/** The trail to change: like `trailToRead`, but only its owner may, and only in its home region. */
export async function trailToChange(db: Kysely<Tables>, called: Scope, nameOrArn: string): Promise<Trail> {
  const wanted = parseNameOrArn(nameOrArn, called);
  const trails = await visibleTrails(db, called);
  const trail = trails.find((candidate) => isSame(candidate, wanted));
  const shadow = trails.find((candidate) => candidate.name === wanted.name && isSeenIn(candidate, called.region));
  const meant = trail ?? (nameOrArn.startsWith('arn:') ? undefined : shadow);
  if (!meant) throw trailNotFound(wanted, called);
  if (meant.account !== called.account) {
    throw new Refusal(
      'OperationNotPermittedException',
      `Only account ${meant.account} can change its organization trail ${trailArn(meant)}.`,
    );
  }
  if (meant.region !== called.region) {
    throw new Refusal(
      'InvalidHomeRegionException',
      `Trail ${trailArn(meant)} can be changed only in its home region: ${meant.region}`,
    );
  }
  return meant;
}

const isSame = (trail: Trail, wanted: Scope & { readonly name: string }): boolean =>
  trail.name === wanted.name && trail.region === wanted.region && trail.account === wanted.account;

const trailNotFound = (wanted: Scope & { readonly name: string }, called: Scope): Refusal =>
  new Refusal('TrailNotFoundException', `Unknown trail: ${trailArn(wanted)} for the user: ${called.account}`);
