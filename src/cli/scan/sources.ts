import picomatch from 'picomatch';
import { localFiles, NothingThere } from '../../trail/archive/local-files.ts';
import type { Selection } from '../../trail/archive/selection.ts';
import { CommandError } from '../terminal.ts';
import { localFolders } from './local-folders.ts';
import type { FileSource } from './run-search.ts';

/** What the paths of a command name. Wrong ones are refused before anything is read. */
export async function sourcesOf(paths: readonly string[], selection: Selection): Promise<FileSource[]> {
  const sources: FileSource[] = [];
  for (const path of paths) {
    if (path === '-') sources.push(standardInput());
    else if (/^[a-z0-9]+:\/\//i.test(path)) throw new CommandError(`${path}: only files and folders can be searched`);
    else sources.push(await localSource(path, selection));
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
      let found = false;
      const noting = {
        ...report,
        skipped(name: string, reason: Parameters<typeof report.skipped>[1]) {
          found ||= reason === 'not selected';
          report.skipped(name, reason);
        },
      };
      try {
        for await (const file of localFiles(localFolders, path, selection, noting)) {
          found = true;
          yield file;
        }
      } catch (error) {
        if (error instanceof NothingThere) throw new CommandError(error.message);
        throw error;
      }
      if (!found) report.failed(path, 'no CloudTrail file lies here');
    },
    open: ({ name }) => ({ path: name }),
  };
}
