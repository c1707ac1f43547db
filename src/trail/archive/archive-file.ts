import type { ObjectKey } from './object-key.ts';
import type { SkipReason } from './selection.ts';

/** A file or object that is to be read. */
export interface ArchiveFile {
  /** As it is named to people: a path, `s3://bucket/key`, or `-` for standard input. */
  readonly name: string;
  /** Bytes as they are stored; undefined for a stream. */
  readonly size: number | undefined;
  /** Differs when the content was changed. */
  readonly version?: string | undefined;
  readonly key?: ObjectKey | undefined;
}

/** What is told of an archive besides its files. */
export interface ListingReport {
  /** A file that is not read, or a folder that is not entered, and why. */
  skipped(name: string, reason: SkipReason): void;
  /** A folder or prefix that cannot be listed, or a file that cannot be looked at. */
  failed(name: string, message: string): void;
}
