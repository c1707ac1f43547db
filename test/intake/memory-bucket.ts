import { createHash } from 'node:crypto';
import { type Bucket, type BucketObject, FinalError, MissingObject } from '../../src/trail/archive/bucket.ts';
import { type Delivery, deliveryBody, deliveryKey } from './trail-world.ts';

interface Kept {
  readonly body: Buffer;
  readonly etag: string;
}

const PAGE = 1_000;

/** A bucket in memory whose faults a test can choose, and that notes what was asked of it. */
export class MemoryBucket implements Bucket {
  readonly name = 'trail';
  readonly #objects = new Map<string, Kept>();
  readonly listed: string[] = [];
  readonly reads: string[] = [];
  /** Called before an object is read; may throw, or change what is there. */
  beforeRead: (key: string) => void = () => undefined;
  /** Pages of flat listings that come back empty though more follows. */
  emptyPages = 0;

  /** Puts content under a key, as a version of its own unless `etag` is given; gives the etag. */
  put(key: string, body: Buffer | string, etag = hashOf(body)): string {
    this.#objects.set(key, { body: Buffer.from(body), etag });
    return etag;
  }

  deliver(root: string, delivery: Delivery): string {
    const key = deliveryKey(root, delivery);
    this.put(key, deliveryBody(delivery));
    return key;
  }

  remove(key: string): void {
    this.#objects.delete(key);
  }

  async list(prefix: string, isFlat: boolean, page: string | undefined) {
    const keys = this.#keys(prefix);
    if (isFlat) return this.#page(keys.filter((key) => page === undefined || key > page.slice(1)));
    const folders = keys.flatMap(
      (key) => /^[^/]*\//.exec(key.slice(prefix.length))?.map((name) => prefix + name) ?? [],
    );
    return { objects: [], prefixes: [...new Set(folders)], next: undefined };
  }

  async listAfter(prefix: string, after: string) {
    this.listed.push(after);
    const keys = this.#keys(prefix).filter((key) => key > after);
    if (this.emptyPages === 0 || keys.length === 0) return this.#page(keys);
    this.emptyPages -= 1;
    return { objects: [], prefixes: [], next: `=${after}` };
  }

  async *read(key: string, from: number, etag: string | undefined) {
    this.reads.push(key);
    this.beforeRead(key);
    const { body, etag: found } = this.#object(key);
    if (etag !== undefined && etag !== `"${found}"`)
      throw new FinalError('the object was replaced while it was read', { kind: 'replaced', message: '' });
    yield body.subarray(from);
  }

  async metadata() {
    return {};
  }

  async facts(key: string) {
    return this.#listed(key);
  }

  #keys(prefix: string): string[] {
    return [...this.#objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  #page(keys: readonly string[]) {
    const objects = keys.slice(0, PAGE).map((key) => this.#listed(key));
    return { objects, prefixes: [], next: keys.length > PAGE ? `=${keys[PAGE - 1]}` : undefined };
  }

  #listed(key: string): BucketObject {
    const { body, etag } = this.#object(key);
    return { key, size: body.length, etag: `"${etag}"` };
  }

  #object(key: string): Kept {
    const found = this.#objects.get(key);
    if (!found) throw new MissingObject('there is no such object', { kind: 'no-object', message: '' });
    return found;
  }
}

const hashOf = (body: Buffer | string): string => createHash('md5').update(body).digest('hex');
