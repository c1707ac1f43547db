import { createHash, webcrypto } from 'node:crypto';

/** From here on a thread of libuv hashes while the program goes on. */
const WORTH_A_THREAD = 64 * 1024;

/** SHA-256 of content that comes in pieces, or whole. */
export class ContentHash {
  readonly #hash = createHash('sha256');
  #whole: Promise<ArrayBuffer> | undefined;

  add(piece: Buffer): void {
    this.#hash.update(piece);
  }

  /** Takes all of the content at once; it must not change any more. */
  addWhole(content: Buffer): void {
    if (content.length < WORTH_A_THREAD) this.add(content);
    else this.#whole = webcrypto.subtle.digest('SHA-256', content as Buffer<ArrayBuffer>);
  }

  /** Lower-case hexadecimal. */
  async hex(): Promise<string> {
    return this.#whole ? Buffer.from(await this.#whole).toString('hex') : this.#hash.digest('hex');
  }
}
