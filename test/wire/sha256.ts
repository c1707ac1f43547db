import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';

/** SHA-256, keyed or not, in the form that the SDK's signer asks for. */
export class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(key?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = key === undefined ? createHash('sha256') : createHmac('sha256', key as Uint8Array);
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  /** The signer only makes fresh ones. */
  reset(): void {
    throw new Error('a digest cannot be started over');
  }
}
