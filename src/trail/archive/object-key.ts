/** What a file that CloudTrail delivered holds. */
export type Delivery = 'records' | 'digest' | 'insights' | 'network-activity' | 'lake-query';

/** What the key of an object in a trail's bucket tells without reading it. */
export interface ObjectKey {
  readonly delivery: Delivery;
  readonly account: string;
  /** `o-…` below an organisation trail. */
  readonly organisation: string | undefined;
  /** The region of the endpoint; undefined for results of Lake queries, which have none. */
  readonly region: string | undefined;
  /** The first moment of the day of its folder. */
  readonly day: number;
  /** When it was delivered; for a digest, the end of its hour. */
  readonly deliveredAt: number | undefined;
}

const SERVICE_FOLDERS: Readonly<Record<string, Delivery>> = {
  CloudTrail: 'records',
  'CloudTrail-Digest': 'digest',
  'CloudTrail-Insight': 'insights',
  'CloudTrail-NetworkActivity': 'network-activity',
  'CloudTrail-Lake': 'lake-query',
};

/** Where the part of a path lies that AWS lays out: `AWSLogs/[o-…/]ACCOUNT/SERVICE/…`. */
const ROOT = /(?:^|\/)AWSLogs\/(?:(o-[a-z0-9]{10,32})\/)?(\d{12})\/([^/]+)\//;
const DATED = /^(?:([a-z]{2,4}(?:-[a-z]+)+-\d+)|Query)\/(\d{4})\/(\d\d)\/(\d\d)\//;
const STAMP = /_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)?Z(?:_[A-Za-z0-9]*)?\.json(?:\.gz)?$/;
/** Very old files have nothing between the stamp and what makes their name unique. */
const OLD_STAMP = /_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)()Z[A-Za-z0-9]*\.json(?:\.gz)?$/;

/**
 * Reads a key or path in CloudTrail's layout,
 * `[prefix/]AWSLogs/[o-…/]ACCOUNT/CloudTrail/REGION/YYYY/MM/DD/NAME`; undefined where it is none.
 */
export function readObjectKey(path: string): ObjectKey | undefined {
  const root = ROOT.exec(path);
  const delivery = root?.[3] === undefined ? undefined : deliveryOf(root[3]);
  if (!root || !delivery) return undefined;
  const below = path.slice(root.index + root[0].length);
  const dated = DATED.exec(below);
  if (!dated) return undefined;
  const day = utc(dated[2]!, dated[3]!, dated[4]!);
  if (day === undefined) return undefined;
  const stamp = STAMP.exec(below) ?? OLD_STAMP.exec(below);
  const [, year, month, date, hour, minute, second] = stamp ?? [];
  return {
    delivery,
    account: root[2]!,
    organisation: root[1],
    region: dated[1],
    day,
    deliveredAt: stamp ? utc(year!, month!, date!, hour, minute, second) : undefined,
  };
}

/** True for a path of another service's logs, which buckets of trails often hold too. */
export function isOtherService(path: string): boolean {
  const folder = ROOT.exec(path)?.[3];
  return folder !== undefined && deliveryOf(folder) === undefined;
}

function deliveryOf(folder: string): Delivery | undefined {
  return Object.hasOwn(SERVICE_FOLDERS, folder) ? SERVICE_FOLDERS[folder] : undefined;
}

/** Undefined for a day that no calendar has. */
function utc(year: string, month: string, day: string, hour = '0', minute = '0', second = '0'): number | undefined {
  const time = Date.UTC(+year, +month - 1, +day, +hour, +minute, +second);
  const back = new Date(time);
  return back.getUTCMonth() === +month - 1 && back.getUTCDate() === +day ? time : undefined;
}
