import { describe, expect, it } from 'vitest';
import type { LocalFolders } from './local-files.ts';
import { localFiles, NothingThere } from './local-files.ts';

/** Folders made of paths; those that end in a slash are folders, `a -> b/` is a link to one. */
function world(...paths: string[]): LocalFolders & { listed: string[] } {
  const links = new Map(
    paths.filter((path) => path.includes(' -> ')).map((path) => path.split(' -> ') as [string, string]),
  );
  const files = paths.filter((path) => !path.includes(' -> '));
  const real = (path: string): string => {
    const link = [...links.keys()].find((from) => path === from || path.startsWith(`${from}/`));
    return link ? real(path.replace(link, links.get(link)!.replace(/\/$/, ''))) : path;
  };
  const listed: string[] = [];
  return {
    listed,
    async list(folder) {
      listed.push(folder);
      if (folder.endsWith('locked')) throw new Error('EACCES: not allowed');
      const inside = [...files, ...links.keys()].filter((path) => path.startsWith(`${real(folder)}/`));
      return [...new Set(inside.map((path) => path.slice(real(folder).length + 1).split('/')[0]!))].filter(Boolean);
    },
    async facts(path) {
      const target = real(path);
      if (files.includes(target)) return { kind: 'file', size: 9, version: '1', identity: target };
      const isFolder = files.some((each) => each.startsWith(`${target}/`));
      return isFolder ? { kind: 'folder', size: 0, version: '1', identity: target } : undefined;
    },
  };
}

async function found(folders: LocalFolders, path: string, selection = {}) {
  const skipped: string[] = [];
  const failed: string[] = [];
  const report = {
    skipped: (name: string, reason: string) => void skipped.push(`${name}: ${reason}`),
    failed: (name: string, message: string) => void failed.push(`${name}: ${message}`),
  };
  const names: string[] = [];
  for await (const { name } of localFiles(folders, path, selection, report)) names.push(name);
  return { names, skipped, failed };
}

const DAY = 'b/AWSLogs/111122223333/CloudTrail/us-east-1/2024/06/01';

describe('local files', () => {
  it('are all record files below a folder, by name, each once', async () => {
    const folders = world(`${DAY}/b.json.gz`, `${DAY}/a.json.gz`, 'b/.hidden/x.json', 'b/notes.txt', 'b/loop -> b/');
    expect(await found(folders, 'b')).toEqual({
      names: [`${DAY}/a.json.gz`, `${DAY}/b.json.gz`],
      skipped: ['b/notes.txt: other kind'],
      failed: [],
    });
  });

  it('are not looked for where none of the selection can lie', async () => {
    const folders = world(
      `${DAY}/a.json.gz`,
      'b/AWSLogs/111122223333/CloudTrail/us-east-1/2023/06/01/a.json.gz',
      'b/AWSLogs/999988887777/CloudTrail/us-east-1/2024/06/01/a.json.gz',
    );
    const selection = { accounts: new Set(['111122223333']), from: Date.parse('2024-02-01T00:00:00Z') };
    expect((await found(folders, 'b', selection)).names).toEqual([`${DAY}/a.json.gz`]);
    expect(folders.listed.filter((folder) => /2023|9999/.test(folder))).toEqual([]);
  });

  it('named singly are read whatever their name, unless the key shows that nothing of the selection is in them', async () => {
    const folders = world('notes.txt', `${DAY}/a.json.gz`);
    expect((await found(folders, 'notes.txt')).names).toEqual(['notes.txt']);
    expect(await found(folders, `${DAY}/a.json.gz`, { accounts: new Set(['999988887777']) })).toMatchObject({
      names: [],
      skipped: [`${DAY}/a.json.gz: not selected`],
    });
  });

  it('may be named by a pattern, of files or folders', async () => {
    const folders = world(
      `${DAY}/a.json.gz`,
      `${DAY}/b.json.gz`,
      'b/AWSLogs/999988887777/CloudTrail/eu-west-1/2024/06/01/c.json.gz',
    );
    expect((await found(folders, 'b/**/a.json.gz')).names).toEqual([`${DAY}/a.json.gz`]);
    expect((await found(folders, 'b/AWSLogs/9*')).names).toHaveLength(1);
    expect((await found(folders, './b/AWSLogs/{1,9}*/CloudTrail/us-*')).names).toHaveLength(2);
    await expect(found(folders, 'b/*.zip')).rejects.toThrow(NothingThere);
    await expect(found(folders, 'c')).rejects.toThrow('c does not exist');
  });

  it('that cannot be listed are told', async () => {
    const folders = world('b/locked/a.json', 'b/open/a.json');
    expect(await found(folders, 'b')).toMatchObject({
      names: ['b/open/a.json'],
      failed: ['b/locked: EACCES: not allowed'],
    });
  });
});
