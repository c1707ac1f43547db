import { join, resolve } from 'node:path';
import { AccessKeys } from '../aws/keys/access-keys.ts';
import { loadKeyFile } from '../aws/keys/key-file.ts';
import type { Clock } from '../base/clock.ts';
import { systemIds } from '../base/ids.ts';
import { makeFolder, PRIVATE } from '../base/make-folder.ts';
import { openStore } from '../store/store.ts';
import type { ServeOptions } from './options.ts';

/** Where the embedded store and its companions lie below the data directory. */
export const dataFiles = (options: Pick<ServeOptions, 'dataDir' | 'store'>) => ({
  store: options.store ?? join(options.dataDir, 'trailbell.db'),
  keyFile: join(options.dataDir, 'secret.key'),
  mail: join(options.dataDir, 'mail'),
});

/** Opens the access keys of a data directory without starting an engine, for `trailbell keys`. */
export async function openKeys(options: ServeOptions, clock: Clock) {
  const files = dataFiles(options);
  // Evidence, keys and mails lie here.
  await makeFolder(resolve(options.dataDir), PRIVATE);
  const key = await loadKeyFile(files.keyFile);
  const store = await openStore(files.store);
  return { keys: new AccessKeys({ store, clock, ids: systemIds, key }), close: () => store.close() };
}
