import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { parse } from 'yaml';
import { PatternError, RuleError } from '../../pattern/index.ts';
import { asFilterPatterns, kindOfRule, type Translation } from '../../pattern/rules/index.ts';
import { CommandError } from '../terminal.ts';

/** A rule of the user's, and its filter patterns or what stands against them. */
export interface ReadRule {
  readonly file: string;
  /** Made of its title, or of the file: letters, digits and dashes. */
  readonly name: string;
  readonly title: string;
  readonly outcome: Translation | { readonly problem: string };
}

export interface ReadRules {
  readonly rules: readonly ReadRule[];
  /** Files that hold rules for other logs than CloudTrail's. */
  readonly passed: readonly string[];
}

const LARGEST = 1_000_000;
const SUFFIXES = new Set(['.yml', '.yaml', '.json']);

/**
 * Reads files and, below folders, all `.yml`, `.yaml` and `.json`: Sigma rules, EventBridge patterns and rules, and
 * the answer of `aws events list-rules`. Names are made unique in the order of files.
 * @throws CommandError for a path that cannot be read, or when there is no rule at all
 */
export function readRules(paths: readonly string[]): ReadRules {
  const passed: string[] = [];
  const rules: ReadRule[] = [];
  const names = new Map<string, number>();
  for (const file of paths.flatMap(filesAt)) {
    for (const { text, name: given } of textsIn(file)) {
      const { title, isOther } = aboutOf(text);
      if (isOther) {
        passed.push(file);
        continue;
      }
      const wanted = nameOf(given ?? title ?? basename(file, extname(file)));
      const times = (names.get(wanted) ?? 0) + 1;
      names.set(wanted, times);
      const name = times > 1 ? `${wanted}-${times}` : wanted;
      rules.push({ file, name, title: title ?? given ?? name, outcome: outcomeOf(text) });
    }
  }
  if (rules.length === 0) {
    const others = passed.length > 0 ? `; ${passed.length} files hold rules for other logs` : '';
    throw new CommandError(
      `no rule for CloudTrail in ${paths.join(', ')}${others}: give Sigma rules or EventBridge patterns`,
    );
  }
  return { rules, passed };
}

function filesAt(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    return readdirSync(path, { recursive: true, encoding: 'utf8' })
      .filter((name) => SUFFIXES.has(extname(name).toLowerCase()))
      .sort()
      .map((name) => join(path, name));
  } catch (error) {
    throw new CommandError(`cannot read ${path}: ${(error as Error).message}`);
  }
}

interface RuleText {
  readonly text: string;
  /** As the file calls it, where it holds several. */
  readonly name?: string;
}

function textsIn(file: string): RuleText[] {
  let text: string;
  try {
    if (statSync(file).size > LARGEST) throw new Error(`it has more than ${LARGEST} bytes`);
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandError(`cannot read ${file}: ${(error as Error).message}`);
  }
  const { Rules: listed } = (jsonIn(text) ?? {}) as { Rules?: unknown };
  if (!Array.isArray(listed)) return [{ text }];
  return listed.flatMap((rule: unknown) => {
    const { Name, EventPattern } = (rule ?? {}) as { Name?: unknown; EventPattern?: unknown };
    // A rule without a pattern is one by the clock.
    return EventPattern === undefined ? [] : [{ text: JSON.stringify(rule), name: String(Name ?? 'rule') }];
  });
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Title of a Sigma rule, and whether it is for other logs. */
function aboutOf(text: string): { title?: string | undefined; isOther: boolean } {
  if (kindOfRule(text) !== 'sigma') return { isOther: false };
  try {
    const document: unknown = parse(text, { maxAliasCount: 20 });
    const { title, logsource } = (document ?? {}) as { title?: unknown; logsource?: { service?: unknown } };
    const isOther = logsource?.service !== undefined && logsource.service !== 'cloudtrail';
    return { title: typeof title === 'string' ? title.slice(0, 200) : undefined, isOther };
  } catch {
    // Told with the rule.
    return { isOther: false };
  }
}

const nameOf = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 100) || 'rule';

function outcomeOf(text: string): ReadRule['outcome'] {
  if (kindOfRule(text) === 'filter') return { problem: 'it is no Sigma rule and no EventBridge pattern' };
  try {
    return asFilterPatterns(text);
  } catch (error) {
    if (error instanceof RuleError || error instanceof PatternError) return { problem: error.message };
    throw error;
  }
}
