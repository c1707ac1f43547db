import type { Bucket } from '../../trail/archive/bucket.ts';
import { readObjectKey } from '../../trail/archive/object-key.ts';
import { Lanes } from '../fetch/lanes.ts';

/** Where CloudTrail puts what one account does in one region: below it lie folders of days. */
export interface TrailFolder {
  /** Ends in a slash. */
  readonly prefix: string;
  readonly account: string;
  /** `CloudTrail`, `CloudTrail-Insight` … */
  readonly service: string;
  readonly region: string;
}

const FOLDER =
  /(?:^|\/)AWSLogs\/(?:o-[a-z0-9]{10,32}\/)?(\d{12})\/(CloudTrail(?:-Digest|-Insight|-NetworkActivity)?)\/([a-z0-9-]{4,40})\/$/;
const ACCOUNT = /(?:^|\/)AWSLogs\/(?:o-[a-z0-9]{10,32}\/)?\d{12}\/$/;
const SERVICE = /\/CloudTrail(-Digest|-Insight|-NetworkActivity)?\/$/;
const ABOVE = /(?:^|\/)AWSLogs\/(?:o-[a-z0-9]{10,32}\/)?$/;
/** Folders above `AWSLogs/`, as prefixes of trails have them. */
const DEEPEST_PREFIX = 4;
const LISTINGS = 16;

/** What the path of a folder tells, when it is that of an account and region. */
export function trailFolder(prefix: string): TrailFolder | undefined {
  const [, account, service, region] = FOLDER.exec(prefix) ?? [];
  if (account === undefined || service === undefined || region === undefined) return undefined;
  return { prefix, account, service, region };
}

/**
 * Finds the folders of all accounts and regions below a prefix (empty, or ending in a slash) by listing from slash to
 * slash: no days, no objects, and nothing of other services. Rejects with the bucket's error.
 */
export async function findTrailFolders(bucket: Bucket, prefix: string, digests: boolean): Promise<TrailFolder[]> {
  const folders: TrailFolder[] = [];
  const todo: { readonly path: string; readonly depth: number }[] = [{ path: prefix, depth: 0 }];
  const lanes = new Lanes(LISTINGS);
  const failures: unknown[] = [];

  async function enter({ path, depth }: { path: string; depth: number }): Promise<void> {
    const folder = trailFolder(path);
    if (folder) {
      if (digests || folder.service !== 'CloudTrail-Digest') folders.push(folder);
      return;
    }
    let page: string | undefined;
    do {
      const answer = await bucket.list(path, false, page);
      for (const below of answer.prefixes) if (mayLead(below, depth)) todo.push({ path: below, depth: depth + 1 });
      page = answer.next;
    } while (page !== undefined);
  }

  while (todo.length > 0 && failures.length === 0) {
    const next = todo.splice(0);
    for (const each of next) {
      await lanes.start(() =>
        enter(each).catch((error) => {
          failures.push(error);
        }),
      );
    }
    await lanes.idle();
  }
  if (failures.length > 0) throw failures[0];
  return folders.sort((one, other) => (one.prefix < other.prefix ? -1 : 1));
}

function mayLead(path: string, depth: number): boolean {
  if (/(?:^|\/)AWSLogs\//.test(path))
    return ABOVE.test(path) || ACCOUNT.test(path) || SERVICE.test(path) || FOLDER.test(path);
  return depth < DEEPEST_PREFIX;
}

const DAY = 86_400_000;

export const dayOf = (at: number): number => Math.floor(at / DAY) * DAY;

/** `…/us-east-1/2026/11/25/` */
export const dayPrefix = ({ prefix }: TrailFolder, day: number): string =>
  `${prefix}${new Date(day).toISOString().slice(0, 10).replaceAll('-', '/')}/`;

/** Names begin with when they were delivered: what was delivered before `at` comes before this key. */
export function keyAt(folder: TrailFolder, at: number): string {
  const stamp = new Date(at).toISOString().replaceAll(/[-:]/g, '').slice(0, 13);
  return `${dayPrefix(folder, at)}${folder.account}_${folder.service}_${folder.region}_${stamp}`;
}

/** When an object was delivered: by its name; of a name without a time, the moment of its day. */
export function deliveredAt(key: string): number {
  const read = readObjectKey(key);
  return read?.deliveredAt ?? read?.day ?? 0;
}

/** The prefix of the trail's folder that an object lies in: what comes before year, month, day and name. */
export const folderOfKey = (key: string): string => key.replace(/(?:[^/]*\/){3}[^/]*$/, '');
