import { readObjectKey } from '../archive/object-key.ts';

/** What the name of a digest file tells. */
export interface DigestName {
  /** As it is named to people and opened by. */
  readonly name: string;
  /** Digests of one chain share it. */
  readonly chain: string;
  readonly account: string;
  readonly region: string;
  readonly trail: string;
  /** Chains of digests that were made later, for files that were delivered late. */
  readonly isBackfill: boolean;
  readonly end: number;
}

const NAME =
  /\/\d{12}_CloudTrail-Digest_([a-z0-9-]{4,40})_([A-Za-z0-9._-]{3,128})_([a-z0-9-]{4,40})_\d{8}T\d{6}Z(_backfill)?\.json\.gz$/;

/** Undefined for a file that is no digest by its name. */
export function readDigestName(name: string): DigestName | undefined {
  const key = readObjectKey(name);
  const [, region, trail, home, backfill] = NAME.exec(name) ?? [];
  if (key?.delivery !== 'digest' || key.deliveredAt === undefined || region === undefined) return undefined;
  const isBackfill = backfill !== undefined;
  const chain = [key.organisation ?? '', key.account, region, trail, home, isBackfill].join(' ');
  return { name, chain, account: key.account, region, trail: trail!, isBackfill, end: key.deliveredAt };
}

/** The part of a key that AWS lays out: from `AWSLogs/` on, whatever the prefix before it. */
export function keyBelowPrefix(key: string): string {
  const at = key.search(/(?:^|(?<=\/))AWSLogs\/(?:o-[a-z0-9]{10,32}\/)?\d{12}\//);
  return at < 0 ? key : key.slice(at);
}
