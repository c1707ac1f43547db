import picomatch from 'picomatch';
import { systemClock } from '../../base/clock.ts';
import type { ArchiveFile, ListingReport } from '../../trail/archive/archive-file.ts';
import { type Bucket, bucketFiles, type Patience, readObject } from '../../trail/archive/bucket.ts';
import { localFiles, NothingThere } from '../../trail/archive/local-files.ts';
import type { Selection } from '../../trail/archive/selection.ts';
import { CommandError } from '../terminal.ts';
import { localFolders } from './local-folders.ts';
import type { FileSource } from './run-search.ts';

export const PATIENCE: Patience = { clock: systemClock, silence: 30_000, pause: 250, attempts: 6 };

/** What the paths of a command name. Wrong ones are refused before anything is read. */
export async function sourcesOf(
  paths: readonly string[],
  selection: Selection,
  endpoint: string | undefined,
): Promise<FileSource[]> {
  if (endpoint !== undefined && !URL.canParse(endpoint)) {
    throw new CommandError(`--endpoint-url ${endpoint} is no address: write it like https://s3.example.com`);
  }
  const sources: FileSource[] = [];
  for (const path of paths) {
    if (path === '-') sources.push(standardInput());
    else if (path.startsWith('s3://')) sources.push(await bucketSource(path, selection, endpoint));
    else if (/^[a-z0-9]+:\/\//i.test(path)) {
      throw new CommandError(`${path}: only folders, files and s3://bucket/prefix can be searched`);
    } else sources.push(await localSource(path, selection));
  }
  return sources;
}

function standardInput(): FileSource {
  return {
    async *files() {
      yield { name: '-', size: undefined };
    },
    open: () => ({ content: process.stdin }),
  };
}

async function localSource(path: string, selection: Selection): Promise<FileSource> {
  if (!picomatch.scan(path).isGlob && !(await localFolders.facts(path))) {
    throw new CommandError(`${path} does not exist or cannot be read`);
  }
  return {
    async *files(report) {
      try {
        yield* orNone(path, report, (noting) => localFiles(localFolders, path, selection, noting));
      } catch (error) {
        if (error instanceof NothingThere) throw new CommandError(error.message);
        throw error;
      }
    },
    open: ({ name, size }) => ({ path: name, size }),
  };
}

/** The bucket and prefix of `s3://bucket/prefix`. */
export function bucketPath(path: string): { readonly bucket: string; readonly prefix: string } {
  const [, bucket, prefix = ''] = /^s3:\/\/([a-z0-9][a-z0-9._-]{1,62})(?:\/(.*))?$/s.exec(path) ?? [];
  if (bucket === undefined) throw new CommandError(`${path} is no bucket: write it like s3://bucket/AWSLogs`);
  return { bucket, prefix };
}

/** Region and endpoint from where AWS's own programs take them. */
export const s3Settings = (endpoint: string | undefined) => ({
  region: process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? 'us-east-1',
  endpoint: endpoint ?? process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL,
});

async function bucketSource(path: string, selection: Selection, endpoint: string | undefined): Promise<FileSource> {
  const { bucket: name, prefix } = bucketPath(path);
  // AWS's client takes a while to load: who searches folders need not wait for it.
  const { s3Bucket, s3Client } = await import('../../trail/archive/s3-bucket.ts');
  const bucket: Bucket = s3Bucket(s3Client(s3Settings(endpoint)), name);
  return {
    files: (report) => orNone(path, report, (noting) => bucketFiles(bucket, prefix, selection, noting)),
    open({ name: url, size, version }) {
      const key = url.slice(`s3://${name}/`.length);
      return { content: readObject(bucket, key, { size, etag: version }, PATIENCE) };
    },
  };
}

/** Tells where there is nothing at all: an archive that is not there must not look like one without findings. */
async function* orNone(
  path: string,
  report: ListingReport,
  files: (report: ListingReport) => AsyncIterable<ArchiveFile>,
): AsyncGenerator<ArchiveFile> {
  let isSomething = false;
  const noting: ListingReport = {
    skipped(name, reason) {
      isSomething ||= reason === 'not selected';
      report.skipped(name, reason);
    },
    failed(name, message) {
      isSomething = true;
      report.failed(name, message);
    },
  };
  for await (const file of files(noting)) {
    isSomething = true;
    yield file;
  }
  if (!isSomething) report.failed(path, 'no CloudTrail file lies here');
}
