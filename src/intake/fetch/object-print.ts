/** What an object was when it was read: the store's etag, and the SHA-256 of its inflated content once all was read. */
export interface ObjectPrint {
  readonly etag: string;
  /** Lower-case hexadecimal, as digests of CloudTrail have it; undefined while it is being read. */
  readonly hash: string | undefined;
}

const UNREAD = '-';

export const printText = ({ etag, hash }: ObjectPrint): string => `${etag} ${hash ?? UNREAD}`;

export function readPrint(text: string): ObjectPrint {
  const at = text.lastIndexOf(' ');
  const hash = text.slice(at + 1);
  return { etag: text.slice(0, Math.max(0, at)), hash: hash === UNREAD ? undefined : hash };
}

/** S3 quotes etags in some answers and not in events. */
export const plainEtag = (etag: string | undefined): string | undefined => etag?.replaceAll('"', '');
