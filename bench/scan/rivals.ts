import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MadeFiles } from './made-files.ts';

const PYTHON = process.env.TRAILBELL_BENCH_PYTHON ?? 'python3';

const has = (program: string, args: readonly string[]): boolean => spawnSync(program, args).status === 0;

const JQ = `'.Records[] | select(.userIdentity.type=="Root" and (.userIdentity|has("invokedBy")|not) and .eventType!="AwsServiceEvent") | .eventID'`;

const PLAIN = `
import sys,gzip,json
n=0
for f in sys.argv[1:]:
    for r in json.loads(gzip.open(f).read())["Records"]:
        u=r.get("userIdentity") or {}
        if u.get("type")=="Root" and "invokedBy" not in u and r.get("eventType")!="AwsServiceEvent": n+=1
print(n)`;

const duck = (query: string): string => `
import duckdb
c=duckdb.connect(); c.execute("set threads=1")
print(c.execute("""${query}""").fetchall())`;

const chdb = (lines: string): string => `
import chdb
print(chdb.query("""select count() from file('${lines}', LineAsString, 'line String')
where position(line, '"Root"') > 0 and JSONExtractString(line, 'userIdentity', 'type') = 'Root'
and not JSONHas(line, 'userIdentity', 'invokedBy') and JSONExtractString(line, 'eventType') != 'AwsServiceEvent'
settings max_threads=1"""))`;

/**
 * Commands that answer the question of control 4.3 over the same files, or search their text. Only what is
 * on this machine: `rg`, `jq`, and python with its `duckdb` and `chdb`.
 */
export function rivals({ folder, large, lines }: MadeFiles): Record<string, string> {
  const files = `${large.folder}/*.json.gz`;
  const hasPython = has(PYTHON, ['--version']);
  const script = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return `${PYTHON} ${join(folder, name)}`;
  };
  const found: Record<string, string> = {};
  if (has('rg', ['--version'])) found.ripgrep = `rg -z -c --threads 1 '"Root"' ${files}`;
  if (has('jq', ['--version'])) found.jq = `gzip -dc ${files} | jq -c ${JQ}`;
  if (hasPython) found.python = `${script('plain.py', PLAIN)} ${files}`;
  if (hasPython && has(PYTHON, ['-c', 'import duckdb'])) {
    const type = `STRUCT("type" VARCHAR, invokedBy VARCHAR)`;
    const isRoot = (r: string) =>
      `${r}userIdentity.type='Root' and ${r}userIdentity.invokedBy is null and ${r}eventType<>'AwsServiceEvent'`;
    found.duckdb = script(
      'duck.py',
      duck(
        `select count(*) from (select unnest(Records) r from read_json('${files}', maximum_object_size=200000000, columns={Records: 'STRUCT(userIdentity ${type}, eventType VARCHAR)[]'})) where ${isRoot('r.')}`,
      ),
    );
    found['duckdb, lines'] = script(
      'duck-lines.py',
      duck(
        `select count(*) from read_json('${lines}', format='newline_delimited', columns={userIdentity: '${type}', eventType: 'VARCHAR'}) where ${isRoot('')}`,
      ),
    );
  }
  if (hasPython && has(PYTHON, ['-c', 'import chdb'])) found['chdb, lines'] = script('chdb.py', chdb(lines));
  return found;
}

/** Processor seconds of a command and its children, by the shell's own account. */
export function commandTime(command: string): number {
  const { stdout, status } = spawnSync('bash', ['-c', `${command} > /dev/null; times`], {
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
  const [, user = '', system = ''] = /\n(\S+) (\S+)\s*$/.exec(stdout) ?? [];
  const seconds = (text: string): number =>
    Number(text.split('m')[0]) * 60 + Number.parseFloat(text.split('m')[1] ?? '');
  const sum = seconds(user) + seconds(system);
  if (status !== 0 || Number.isNaN(sum)) throw new Error(`cannot time: ${command}`);
  return sum;
}
