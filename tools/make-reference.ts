// Fills in the tables of docs/reference.md that follow from the program: settings, commands, AWS operations.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import pc from 'picocolors';
import { SERVICES } from '../src/aws/wire/services.ts';
import { systemClock } from '../src/base/clock.ts';
import { noFaults } from '../src/base/faults.ts';
import { systemIds } from '../src/base/ids.ts';
import { silentLog } from '../src/base/log.ts';
import { programFor } from '../src/cli/main.ts';
import { startApp } from '../src/server/app.ts';
import { serveOptions, serveSchema } from '../src/server/options.ts';

export const REFERENCE_FILE = fileURLToPath(new URL('../docs/reference.md', import.meta.url));

/** The page with every part between `<!-- made: NAME -->` and `<!-- end -->` made anew. */
export async function referenceText(page: string): Promise<string> {
  const parts: Readonly<Record<string, string>> = {
    settings: settingsTable(),
    commands: commandHelp(),
    operations: await operationTable(),
  };
  return page.replace(/(<!-- made: (\w+) -->\n)[\s\S]*?(<!-- end -->)/g, (_, start, name, end) => {
    const part = parts[name as string];
    if (part === undefined) throw new Error(`docs/reference.md asks for "${name}", which this tool does not make`);
    return `${start}\n${part}\n\n${end}`;
  });
}

function settingsTable(): string {
  const rows = Object.entries(serveSchema.shape).map(([key, field]) => {
    const flag = `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    const variable = `TRAILBELL_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
    const { success, data } = field.safeParse(undefined);
    const value = success && data !== undefined ? `\`${JSON.stringify(data)}\`` : '';
    return `| \`${key}\` | \`${flag}\` | \`${variable}\` | ${value} | ${cell(field.description ?? '')} |`;
  });
  return ['| key | flag | variable | default | meaning |', '|---|---|---|---|---|', ...rows].join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** The help of every command, as it is printed where the width is not known. */
function commandHelp(): string {
  const quiet = { out: () => undefined, note: () => undefined, colors: pc.createColors(false) };
  const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)];
  const program = programFor(quiet, () => undefined);
  return program.commands
    .flatMap(all)
    .filter((command) => command.commands.length === 0)
    .map((command) => `#### ${nameOf(command)}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\``)
    .join('\n\n');
}

const nameOf = (command: Command): string =>
  command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();

/** Everything that `--help` prints. */
function helpOf(command: Command): string {
  const parts: string[] = [];
  command.configureOutput({ writeOut: (part) => void parts.push(part) });
  command.outputHelp();
  return parts
    .join('')
    .trimEnd()
    .replace(/[ \t]+$/gm, '');
}

/** Asks an engine which operations it has handlers for. */
async function operationTable(): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), 'trailbell-reference-'));
  const app = await startApp(serveOptions({ port: 0, dataDir }), {
    clock: systemClock,
    ids: systemIds,
    log: silentLog,
    reach: noFaults,
    print: () => undefined,
  });
  try {
    const rows = SERVICES.map(({ id, title, operationNames, protocols }) => {
      const served = Object.keys(app.engine.handlers[id as keyof typeof app.engine.handlers] ?? {}).sort();
      const all = operationNames().length;
      return `| ${title} | ${protocols.join(', ')} | ${served.length} of ${all} | ${served.join(', ')} |`;
    });
    return ['| service | protocols | served | operations |', '|---|---|---|---|', ...rows].join('\n');
  } finally {
    await app.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(REFERENCE_FILE, await referenceText(readFileSync(REFERENCE_FILE, 'utf8')));
}
