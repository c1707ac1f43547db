import type { Command } from 'commander';
import type { IntakeState } from '../intake/fetch/intake-state.ts';
import type { SetAsideObject } from '../server/intakes/intakes-api.ts';
import { Engine } from './engine.ts';
import { type EngineOptions, engineCommand } from './engine-subcommands.ts';
import { CommandError, EXIT, type Terminal } from './terminal.ts';

/** The engine tells of no more at once. */
const MOST = 1_000;

export function intakesCommand(terminal: Terminal, end: (code: number) => void): Command {
  const { command, subcommand } = engineCommand(
    'intakes',
    'Buckets and queues that records come from, and what was set aside.',
  );

  subcommand(
    'list',
    'How every intake from a bucket or queue is doing. Exits 1 when one cannot read or is behind.',
    'list',
  ).action(async ({ endpointUrl, json }: EngineOptions) => {
    const { intakes } = await new Engine(endpointUrl).get<{ intakes: IntakeState[] }>('/api/v1/intakes');
    terminal.out(json ? JSON.stringify({ intakes }) : describeIntakes(intakes, terminal.colors));
    if (intakes.some(({ trouble, isLagging }) => trouble !== null || isLagging)) end(EXIT.findings);
  });
  subcommand(
    'set-aside',
    'Objects, files and messages that are damaged or could not be read, and why. Exits 1 when there are any.',
    'set-aside --limit 20',
  )
    .option('--limit <n>', 'most objects, the newest first', '100')
    .action(async ({ endpointUrl, json, limit }: EngineOptions & { limit: string }) => {
      if (!/^[1-9]\d{0,3}$/.test(limit) || Number(limit) > MOST)
        throw new CommandError(`--limit ${limit} is no number from 1 to ${MOST}`);
      const { objects } = await new Engine(endpointUrl).get<{ objects: SetAsideObject[] }>(
        `/api/v1/intakes/set-aside?limit=${limit}`,
      );
      if (json) terminal.out(JSON.stringify({ objects }));
      else if (objects.length === 0) terminal.out('Nothing is set aside');
      else for (const each of objects) terminal.out(describeSetAside(each));
      if (objects.length > 0) end(EXIT.findings);
    });
  subcommand(
    'retry',
    'Read once more what was set aside of a bucket; what is stored of it is not stored twice.',
    'retry s3://example-org-trail',
  )
    .argument('<source>', 'the bucket, as set-aside names it')
    .argument('[object]', 'one object; all of the bucket without it, a thousand at a time')
    .action(async (source: string, object: string | undefined, { endpointUrl, json }: EngineOptions) => {
      const answer = await ask(endpointUrl, 'retry', source, object);
      terminal.out(
        json
          ? JSON.stringify(answer)
          : `${answer.count} read once more: "trailbell intakes set-aside" tells what fails again`,
      );
    });
  subcommand(
    'dismiss',
    'Take note of what was set aside: it is told of no more, and not read.',
    'dismiss s3://example-org-trail',
  )
    .argument('<source>', 'where it comes from, as set-aside names it')
    .argument('[object]', 'one object; all of the source without it')
    .action(async (source: string, object: string | undefined, { endpointUrl, json }: EngineOptions) => {
      const answer = await ask(endpointUrl, 'dismiss', source, object);
      terminal.out(json ? JSON.stringify(answer) : `${answer.count} told of no more`);
    });
  return command;
}

const ask = (endpoint: string, what: 'retry' | 'dismiss', source: string, object: string | undefined) =>
  new Engine(endpoint).send<{ count: number }>('POST', `/api/v1/intakes/set-aside/${what}`, {
    source,
    ...(object !== undefined && { object }),
  });

/** One line an intake, its trouble below it. */
export function describeIntakes(intakes: readonly IntakeState[], colors: Terminal['colors']): string {
  if (intakes.length === 0)
    return 'There are no intakes from buckets or queues: docs/intakes.md shows how to configure one';
  return intakes
    .flatMap(({ type, name, from, stats, objects, newestEventAt, oldestUnreadAt, isLagging, trouble }) => {
      const { stored, duplicates, filtered, refused, failed } = stats;
      const mark = trouble || isLagging ? colors.red('✗') : colors.green('✓');
      const lines = [
        `${mark} ${type} ${name} (${from}): ${objects.read} objects read, ${objects.waiting} waiting, ${objects.setAside} set aside`,
        `  records since the start: ${stored} stored, ${duplicates} duplicates, ${filtered} filtered, ${refused} refused, ${failed} failed`,
      ];
      if (newestEventAt !== null) lines.push(`  newest event ${timeOf(newestEventAt)}`);
      if (isLagging && oldestUnreadAt !== null) lines.push(`  behind: oldest unread ${timeOf(oldestUnreadAt)}`);
      if (trouble) lines.push(`  cannot read since ${timeOf(trouble.since)}: ${trouble.message} (${trouble.kind})`);
      if (trouble?.statement) lines.push(`  ${trouble.statement}`);
      return lines;
    })
    .join('\n');
}

const describeSetAside = ({ source, object, status, records, error, at }: SetAsideObject): string =>
  `${timeOf(at)} ${source} ${object}\n  ${status}, ${records} records stored: ${error}`;

const timeOf = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;
