import { plainText } from './plain-text.ts';

/** What people call their accounts, by twelve digits. */
export type AccountNames = ReadonlyMap<string, string>;

const LONGEST_NAME = 64;
const MOST = 100_000;

/**
 * Reads names of accounts: a JSON object of ids and names, the answer of `aws organizations list-accounts`, a list
 * of such accounts, or CSV with an id and a name in each line.
 * @throws Error with a sentence that names the line or entry
 */
export function readAccountNames(text: string): AccountNames {
  const pairs = /^\s*[[{]/.test(text) ? pairsOfJson(JSON.parse(text)) : pairsOfCsv(text);
  if (pairs.length > MOST) throw new Error(`more than ${MOST} accounts`);
  return new Map(
    pairs.map(([id, name, where]) => {
      const account = id.trim().replace(/^(\d{4})-(\d{4})-(\d{4})$/, '$1$2$3');
      if (!/^\d{12}$/.test(account))
        throw new Error(`${where}: "${id.slice(0, 40)}" is no account id of twelve digits`);
      const shown = plainText(name, LONGEST_NAME);
      if (shown === '') throw new Error(`${where}: account ${account} has no name`);
      return [account, shown];
    }),
  );
}

type Pair = readonly [id: string, name: string, where: string];

function pairsOfJson(value: unknown): Pair[] {
  const object = value as Record<string, unknown>;
  const list = Array.isArray(value) ? value : Array.isArray(object.Accounts) ? object.Accounts : undefined;
  if (list === undefined) {
    return Object.entries(object).map(([id, name]): Pair => [id, typeof name === 'string' ? name : '', `"${id}"`]);
  }
  return list.map((item: unknown, index): Pair => {
    const entry = (typeof item === 'object' && item !== null ? item : {}) as Record<string, unknown>;
    const text = (...names: string[]): string => String(names.map((name) => entry[name]).find(Boolean) ?? '');
    return [text('Id', 'id', 'account'), text('Name', 'name'), `entry ${index + 1}`];
  });
}

/** A first line of titles and empty lines are passed over; a name may have commas when it stands in quotes. */
function pairsOfCsv(text: string): Pair[] {
  return text.split(/\r?\n/).flatMap((line, index): Pair[] => {
    const [, id = '', name = ''] = /^\s*"?([^",;\t]*)"?\s*[,;\t]\s*(.*?)\s*$/.exec(line.slice(0, 1_000)) ?? [];
    if (line.trim() === '' || (index === 0 && !/\d/.test(id))) return [];
    const [, quoted] = /^"((?:[^"]|"")*)"/.exec(name) ?? [];
    const bare = quoted === undefined ? (name.split(/[,;\t]/, 1)[0] ?? '') : quoted.replaceAll('""', '"');
    return [[id, bare, `line ${index + 1}`]];
  });
}
