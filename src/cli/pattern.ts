import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Command } from 'commander';
import {
  type Comparison,
  compareRules,
  compilePattern,
  EventView,
  explainPattern,
  mendPattern,
  PatternError,
  type Rule,
  RuleError,
  unionOf,
} from '../pattern/index.ts';
import { readRule } from '../pattern/rules/index.ts';
import { CommandError, EXIT, type Terminal } from './terminal.ts';

type End = (code: number) => void;

export function patternCommand(terminal: Terminal, end: End): Command {
  const command = new Command('pattern')
    .description('Try, explain and compare filter patterns by what they mean.')
    .addHelpText('after', `\nExample:\n  trailbell pattern explain '{ $.eventType != "AwsServiceEvent" }'`);
  addTest(command, terminal, end);
  addExplain(command, terminal, end);
  addCompare(command, terminal, end);
  return command;
}

function addTest(parent: Command, terminal: Terminal, end: End): void {
  parent
    .command('test')
    .description('Which events does a pattern match? Reads one event per line.')
    .argument('[file...]', 'files of events; standard input without one, or for -')
    .requiredOption('--pattern <pattern>', 'the filter pattern; @FILE reads it from a file')
    .option('--json', 'print one object per event, with its verdict')
    .addHelpText(
      'after',
      `\nExample:\n  trailbell pattern test --pattern '{ $.userIdentity.type = "Root" }' events.ndjson`,
    )
    .action(async (files: string[], options: { pattern: string; json?: boolean }) => {
      const text = fromFile(options.pattern);
      const compiled = refusing(terminal, end, options.json, '', text, () => compilePattern(text));
      if (!compiled) return;
      for (const file of files.length > 0 ? files : ['-'])
        for await (const line of linesOf(file)) {
          const event = new EventView(line);
          const match = compiled.matchesEvent(event);
          if (!options.json) {
            if (match) terminal.out(line);
            continue;
          }
          const extracted =
            match && compiled.pattern.kind === 'delimited' ? { extracted: compiled.extract(event) } : {};
          terminal.out(JSON.stringify({ match, ...extracted }));
        }
    });
}

function addExplain(parent: Command, terminal: Terminal, end: End): void {
  parent
    .command('explain')
    .description('Say a pattern in plain words, and where it may not mean what it seems to.')
    .argument('<pattern>', 'the filter pattern; @FILE reads it from a file; -- before one that begins with -')
    .option('--json', 'print everything as JSON')
    .addHelpText(
      'after',
      `\nExample:\n  trailbell pattern explain '{ $.eventName = "A" || $.eventName = "B" && $.errorCode != "C" }'`,
    )
    .action((pattern: string, options: { json?: boolean }) => {
      const text = fromFile(pattern);
      const explanation = refusing(terminal, end, options.json, '', text, () => explainPattern(text));
      if (!explanation) return;
      if (options.json) {
        terminal.out(JSON.stringify({ pattern: text, ...explanation }));
        return;
      }
      for (const { depth, text: words } of explanation.words)
        terminal.out(`${'  '.repeat(depth)}${depth > 0 ? '- ' : ''}${words}`);
      for (const { start, end: stop, message, mended } of explanation.traps) {
        terminal.out(`\n${terminal.colors.yellow('!')} ${message}`);
        terminal.out(markedLine(text, start, stop));
        if (mended !== undefined) terminal.out(`  ${terminal.colors.green('perhaps meant:')} ${mended}`);
      }
    });
}

const collect = (value: string, known: readonly string[]): string[] => [...known, value];

function addCompare(parent: Command, terminal: Terminal, end: End): void {
  parent
    .command('compare')
    .description('How do two rules relate, and which event shows it? Exits 0 when they are equivalent.')
    .argument(
      '<A>',
      'a filter pattern, an EventBridge pattern or rule (JSON) or a Sigma rule (YAML); @FILE reads it from a file',
    )
    .argument('<B>', 'the other')
    .option('--or-a <rule>', 'another rule that may match for A (repeatable)', collect, [])
    .option('--or-b <rule>', 'another rule that may match for B (repeatable)', collect, [])
    .option('--json', 'print everything as JSON')
    .addHelpText(
      'after',
      `\nExits 1 when they are not equivalent, 2 for an invalid rule, 3 when it cannot be decided.\nExample:\n  trailbell pattern compare '{ $.userIdentity.type = "Root" }' @sigma-root.yml`,
    )
    .action((a: string, b: string, options: { orA: string[]; orB: string[]; json?: boolean }) => {
      const ruleA = readSide(terminal, end, options.json, 'A', [a, ...options.orA]);
      const ruleB = ruleA && readSide(terminal, end, options.json, 'B', [b, ...options.orB]);
      if (!ruleA || !ruleB) return;
      const comparison = compareRules(ruleA, ruleB);
      terminal.out(options.json ? comparisonJson(comparison) : comparisonText(comparison, terminal));
      if (comparison.relation === 'uncertain') end(EXIT.unfinished);
      else if (comparison.relation !== 'equivalent') end(EXIT.findings);
    });
}

function readSide(
  terminal: Terminal,
  end: End,
  isJson: boolean | undefined,
  side: 'A' | 'B',
  words: readonly string[],
): Rule | undefined {
  const rules: Rule[] = [];
  for (const word of words) {
    const text = fromFile(word);
    const rule = refusing(terminal, end, isJson, side, text, () => readRule(text));
    if (!rule) return undefined;
    rules.push(rule);
  }
  return unionOf(rules);
}

/** Events as the messages that were judged: an object could not show how a number is written. */
function comparisonJson({ relation, onlyA, onlyB, both, messages, notes }: Comparison): string {
  const event = (value: Comparison['onlyA'], message: string | null): string =>
    typeof value === 'object' && value !== null && message !== null ? message : JSON.stringify(value);
  const events = `"onlyA":${event(onlyA, messages.onlyA)},"onlyB":${event(onlyB, messages.onlyB)},"both":${event(both, messages.both)}`;
  return `{"relation":${JSON.stringify(relation)},${events},"notes":${JSON.stringify(notes)}}`;
}

const SENTENCES: Readonly<Record<Comparison['relation'], string>> = {
  equivalent: 'A and B match the same events.',
  narrower: 'A matches less than B.',
  broader: 'A matches more than B.',
  overlapping: 'A and B each match events that the other does not.',
  disjoint: 'A and B match no event in common.',
  uncertain: 'It cannot be told how A and B relate.',
};

function comparisonText({ relation, messages, notes }: Comparison, { colors }: Terminal): string {
  const lines = [`${colors.bold(relation)}: ${SENTENCES[relation]}`];
  for (const [name, message] of [
    ['only A', messages.onlyA],
    ['only B', messages.onlyB],
    ['both', messages.both],
  ] as const)
    if (message !== null) lines.push(`${name.padEnd(7)} ${message === '' ? '(an empty message)' : message}`);
  return [...lines, ...notes.map((note) => `${colors.yellow('!')} ${note}`)].join('\n');
}

/** Runs what may meet an invalid rule, and says where and how it is invalid. */
function refusing<Result>(
  terminal: Terminal,
  end: End,
  isJson: boolean | undefined,
  side: 'A' | 'B' | '',
  text: string,
  work: () => Result,
): Result | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof PatternError || error instanceof RuleError)) throw error;
    end(EXIT.usage);
    const offset = error instanceof PatternError ? error.offset : 0;
    const mended = error instanceof PatternError ? mendPattern(text) : undefined;
    const hint = error instanceof PatternError ? error.suggestion : undefined;
    const suggestion = mended ?? hint;
    if (isJson) {
      const fields = { pattern: side === '' ? text : side, offset, message: error.message };
      terminal.out(JSON.stringify({ error: suggestion === undefined ? fields : { ...fields, suggestion } }));
      return undefined;
    }
    const name = side === '' ? 'the pattern' : `rule ${side}`;
    terminal.note(`trailbell: ${name} is invalid: ${error.message}`);
    if (!(error instanceof PatternError)) return undefined;
    terminal.note(markedLine(text, offset, offset + 1));
    terminal.note(`  ${error.reason}${hint === undefined ? '' : `. ${hint}`}`);
    if (mended !== undefined) terminal.note(`  perhaps meant: ${mended}`);
    return undefined;
  }
}

/** The line of a text that holds a place, with a caret under it. */
function markedLine(text: string, start: number, end: number): string {
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const next = text.indexOf('\n', start);
  const line = text.slice(from, next < 0 ? undefined : next);
  const marks = '^'.padEnd(Math.max(1, Math.min(end, from + line.length) - start), '~');
  return `  ${line.replaceAll('\t', ' ')}\n  ${' '.repeat(start - from)}${marks}`;
}

function fromFile(word: string): string {
  if (!word.startsWith('@') || word === '@') return word;
  try {
    return readFileSync(word.slice(1), 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new CommandError(`cannot read ${word.slice(1)}: ${(error as Error).message}`);
  }
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const input = file === '-' ? process.stdin : createReadStream(file);
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) yield line;
  } catch (error) {
    throw new CommandError(`cannot read ${file}: ${(error as Error).message}`, EXIT.unfinished);
  }
}
