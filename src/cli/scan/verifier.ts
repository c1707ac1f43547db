import type { S3Client } from '@aws-sdk/client-s3';
import type { Bucket } from '../../trail/archive/bucket.ts';
import type { Selection } from '../../trail/archive/selection.ts';
import { type Verification, verifyArchive } from '../../trail/digest/verify-archive.ts';
import type { Terminal } from '../terminal.ts';
import { digestStore, keysFromAws, keysFromFile } from './digest-store.ts';
import { count } from './progress.ts';
import { s3Settings } from './sources.ts';

/** Remembers what a search finds, and then checks it against the digests. */
export class Verifier {
  readonly #digests: string[] = [];
  readonly #records: string[] = [];
  readonly #keysOf: Parameters<typeof verifyArchive>[0]['keysOf'];
  readonly #endpoint: string | undefined;
  #client: S3Client | undefined;

  /** Throws for a file of public keys that is none. */
  constructor(keyFile: string | undefined, endpoint: string | undefined) {
    const keys = keyFile === undefined ? undefined : keysFromFile(keyFile);
    this.#keysOf = keys ? async () => keys : keysFromAws;
    this.#endpoint = endpoint;
  }

  take(name: string, isDigest: boolean): void {
    (isDigest ? this.#digests : this.#records).push(name);
  }

  verify(selection: Selection, terminal: Terminal): Promise<Verification> {
    let told = performance.now();
    return verifyArchive({
      digests: this.#digests,
      records: this.#records,
      store: digestStore((name) => this.#bucket(name)),
      keysOf: this.#keysOf,
      selection,
      onProgress(done, listed) {
        if (performance.now() - told < (terminal.status ? 500 : 10_000)) return;
        told = performance.now();
        (terminal.status ?? terminal.note)(`${count(done)} of ${count(listed)} log files checked`);
      },
    }).finally(() => terminal.status?.(''));
  }

  async #bucket(name: string): Promise<Bucket> {
    const { s3Bucket, s3Client } = await import('../../trail/archive/s3-bucket.ts');
    this.#client ??= s3Client(s3Settings(this.#endpoint));
    return s3Bucket(this.#client, name);
  }
}
