import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { readRecords } from '../trail/documents.ts';
import { DEFAULT_ENDPOINT, Engine } from './engine.ts';
import { CommandError, EXIT, type Terminal } from './terminal.ts';

/** What one run of `trailbell ingest` came to: its JSON output. */
export interface IngestSummary {
  files: number;
  records: number;
  stored: number;
  duplicates: number;
  filtered: number;
  errors: { file: string; message: string }[];
  seconds: number;
}

interface IngestAnswer {
  stored: number;
  duplicates?: number;
  filtered?: number;
}

export interface IngestOptions {
  /** Takes records that no trail claims. */
  logGroup?: string;
  /** Without it the engine counts a part of a file once, however often and under whatever name it is sent. */
  again?: boolean;
  /** What to make of a record before it is sent. */
  change?: (text: string) => string;
}

/** Records are sent in requests of about this size, so that a long file shows progress. */
const REQUEST_BYTES = 4 * 1024 * 1024;

export function ingestCommand(terminal: Terminal, end: (code: number) => void): Command {
  return new Command('ingest')
    .description('Push CloudTrail archives into a running engine.')
    .argument('<path...>', 'files and folders; - reads standard input')
    .option('--endpoint-url <url>', 'the engine', process.env.AWS_ENDPOINT_URL ?? DEFAULT_ENDPOINT)
    .option('--log-group <name>', 'log group of records that no trail claims')
    .option('--again', 'count records that were ingested before once more')
    .option('--json', 'print the summary as JSON')
    .addHelpText('after', '\nExample:\n  trailbell ingest examples/archive')
    .action(async (paths: string[], options: IngestOptions & { endpointUrl: string; json?: boolean }) => {
      const summary = await ingest(new Engine(options.endpointUrl), paths, terminal, options);
      if (options.json) terminal.out(JSON.stringify(summary));
      else terminal.out(sentence(summary));
      if (summary.errors.length > 0) end(EXIT.unfinished);
    });
}

/** Sends every record under `paths` in one intake run, so that history rings once. */
export async function ingest(
  engine: Engine,
  paths: readonly string[],
  terminal: Pick<Terminal, 'note'>,
  { logGroup, again = false, change = (text) => text }: IngestOptions = {},
): Promise<IngestSummary> {
  const started = performance.now();
  const run = randomUUID();
  const query = new URLSearchParams({ run, ...(logGroup ? { 'log-group': logGroup } : {}) });
  const summary: IngestSummary = {
    files: 0,
    records: 0,
    stored: 0,
    duplicates: 0,
    filtered: 0,
    errors: [],
    seconds: 0,
  };
  let waiting: string[] = [];
  let waitingBytes = 0;
  const send = async (): Promise<void> => {
    if (waiting.length === 0) return;
    const body = Buffer.from(waiting.join('\n'));
    const part = new URLSearchParams(query);
    if (!again) {
      // An archive that was moved, renamed or half sent is not counted twice.
      const hash = createHash('sha256').update(body).digest('hex');
      part.set('object', `sha256:${hash}`);
      part.set('fingerprint', hash);
    }
    const answer = await engine.post<IngestAnswer>(`/api/v1/ingest?${part}`, body);
    summary.stored += answer.stored;
    summary.duplicates += answer.duplicates ?? 0;
    summary.filtered += answer.filtered ?? 0;
    [waiting, waitingBytes] = [[], 0];
  };
  let shown = started;
  for await (const file of filesUnder(paths)) {
    summary.files += 1;
    const bytes = file === '-' ? process.stdin : createReadStream(file);
    for await (const item of readRecords(bytes)) {
      if (item.kind === 'damage') {
        summary.errors.push({ file, message: item.message });
        continue;
      }
      summary.records += 1;
      waiting.push(change(item.text));
      waitingBytes += item.text.length;
      if (waitingBytes >= REQUEST_BYTES) await send();
      if (performance.now() - shown > 1_000) {
        shown = performance.now();
        terminal.note(`${summary.records} records of ${summary.files} files sent …`);
      }
    }
    // A request of its own for each file, so that its name is that of the file's content.
    if (!again) await send();
  }
  await send();
  await engine.post(`/api/v1/ingest/end?${query}`);
  summary.seconds = Math.round(performance.now() - started) / 1_000;
  return summary;
}

/** Files in name order, which is order of time in CloudTrail's key layout. */
export async function* filesUnder(paths: readonly string[]): AsyncGenerator<string> {
  for (const path of paths) {
    if (path === '-') {
      yield path;
      continue;
    }
    const found = await stat(path).catch(() => undefined);
    if (!found) throw new CommandError(`${path} does not exist or cannot be read`);
    if (!found.isDirectory()) {
      yield path;
      continue;
    }
    const names = (await readdir(path, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile() && /\.(json|jsonl|ndjson)(\.gz)?$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((name) => !name.includes('/CloudTrail-Digest/'));
    yield* names.sort();
  }
}

function sentence(summary: IngestSummary): string {
  const parts = [`${summary.records} records of ${summary.files} files, ${summary.stored} stored`];
  if (summary.duplicates > 0) parts.push(`${summary.duplicates} known already (--again counts them again)`);
  if (summary.filtered > 0) parts.push(`${summary.filtered} left out by the trail's event selectors`);
  const lines = [`${parts.join(', ')}, in ${summary.seconds} s`];
  for (const { file, message } of summary.errors) lines.push(`  ${file}: ${message}`);
  return lines.join('\n');
}
