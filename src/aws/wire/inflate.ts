import { gunzip } from 'node:zlib';
import { Unreadable } from './unreadable.ts';

/** The body without its content-encoding; only gzip is known, and never more than `limit` bytes come out. */
export function inflate(body: Uint8Array, encoding: string | undefined, limit: number): Promise<Uint8Array> {
  const name = (encoding ?? '').trim().toLowerCase();
  if (name === '' || name === 'identity') return Promise.resolve(body);
  if (name !== 'gzip')
    return Promise.reject(new Unreadable(`The content encoding ${name.slice(0, 50)} is not supported`));
  return new Promise((resolve, reject) => {
    gunzip(body, { maxOutputLength: limit }, (fault, inflated) => {
      if (!fault) resolve(inflated);
      else if ('code' in fault && fault.code === 'ERR_BUFFER_TOO_LARGE') {
        reject(new Unreadable(`The request body inflates to more than ${limit} bytes`));
      } else reject(new Unreadable('The gzip body of the request is damaged'));
    });
  });
}
