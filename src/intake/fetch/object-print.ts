/** What an object was when it was read. */
export interface ObjectPrint {
  /** The store's etag. */
  readonly etag: string;
  /**
   * SHA-256 of its inflated content once all was read: lower-case hexadecimal, as digests of CloudTrail have it; undefined
   * while it is being read.
   */
  readonly hash: string | undefined;
  /** Of the records that were stored, where more may follow: tells whether another version begins with them. */
  readonly begins?: string | undefined;
}

const UNREAD = '-';

export const printText = ({ etag, hash, begins }: ObjectPrint): string =>
  [etag, hash ?? UNREAD, ...(begins === undefined ? [] : [begins])].join(' ');

export function readPrint(text: string): ObjectPrint {
  const [etag = '', hash, begins] = text.split(' ');
  return { etag, hash: hash === UNREAD ? undefined : hash, begins };
}

/** S3 quotes etags in some answers and not in events. */
export const plainEtag = (etag: string | undefined): string | undefined => etag?.replaceAll('"', '');
