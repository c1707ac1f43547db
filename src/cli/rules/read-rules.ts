import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { parse } from 'yaml';
import { repeatedKey } from '../../base/repeated-key.ts';
import { PatternError, RuleError } from '../../pattern/index.ts';
import { asFilterPatterns, kindOfRule, type Translation } from '../../pattern/rules/index.ts';
import { plainText, shownText } from '../../trail/plain-text.ts';
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
  const taken = new Set<string>();
  for (const file of paths.flatMap(filesAt)) {
    for (const { text, name: given } of textsIn(file)) {
      const { title, isOther } = aboutOf(text);
      if (isOther) {
        passed.push(file);
        continue;
      }
      const outcome = outcomeOf(text);
      const filters = 'problem' in outcome ? 1 : outcome.patterns.length;
      const name = freeName(nameOf(given ?? title ?? basename(file, extname(file))), filters, taken);
      rules.push({ file, name, title: title ?? given ?? name, outcome });
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

/** A name under which no other rule has a filter: the second of a rule's filters has `-2` behind it, and so on. */
function freeName(wanted: string, filters: number, taken: Set<string>): string {
  for (let times = 1; ; times += 1) {
    const name = times > 1 ? `${wanted}-${times}` : wanted;
    const own = Array.from({ length: filters }, (_, at) => (at === 0 ? name : `${name}-${at + 1}`));
    if (own.some((one) => taken.has(one))) continue;
    for (const one of own) taken.add(one);
    return name;
  }
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
  if (!Array.isArray(listed)) return documentsIn(text).map((document) => ({ text: document }));
  return listed.flatMap((rule: unknown) => {
    const { Name, EventPattern } = (rule ?? {}) as { Name?: unknown; EventPattern?: unknown };
    // A rule without a pattern is one by the clock.
    return EventPattern === undefined ? [] : [{ text: JSON.stringify(rule), name: shownText(Name, 200) ?? 'rule' }];
  });
}

/** A file of YAML may hold several documents: rules, and what correlates them. */
function documentsIn(text: string): string[] {
  const documents = text.split(/^---(?=\s|$).*$/m).filter((document) => /^\s*[^\s#]/m.test(document));
  return documents.length > 1 ? documents : [text];
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface About {
  readonly title?: string | undefined;
  readonly isOther: boolean;
}

/** Title of a Sigma rule, and whether it is for other logs. */
function aboutOf(text: string): About {
  if (kindOfRule(text) !== 'sigma') return { isOther: false };
  try {
    const document: unknown = parse(text, { maxAliasCount: 20 });
    const { title, logsource } = (document ?? {}) as { title?: unknown; logsource?: unknown };
    return { title: shownText(title, 200), isOther: isOtherLog(logsource) };
  } catch {
    // Told with the rule.
    return { isOther: false };
  }
}

/** Whether a log source names anything but CloudTrail. One that names nothing may be meant for it. */
function isOtherLog(logsource: unknown): boolean {
  const { product, service, category } = (logsource ?? {}) as Record<'product' | 'service' | 'category', unknown>;
  if (service !== undefined) return service !== 'cloudtrail';
  return (product !== undefined && product !== 'aws') || (product === undefined && category !== undefined);
}

const nameOf = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 100) || 'rule';

/** A problem quotes the rule, which may hold anything: it is told in one line. */
function outcomeOf(text: string): ReadRule['outcome'] {
  const outcome = translationOf(text);
  return 'problem' in outcome ? { problem: plainText(outcome.problem, 500) } : outcome;
}

function translationOf(text: string): ReadRule['outcome'] {
  if (/^correlation\s*:/m.test(text)) return { problem: 'counts and correlations are not compared' };
  if (kindOfRule(text) === 'filter') return { problem: 'it is no Sigma rule and no EventBridge pattern' };
  const repeated = kindOfRule(text) === 'event-bridge' ? repeatedKey(text) : undefined;
  if (repeated !== undefined) return { problem: `${repeated} stands there twice, and only one would count` };
  try {
    return asFilterPatterns(text);
  } catch (error) {
    if (error instanceof RuleError || error instanceof PatternError) return { problem: error.message };
    throw error;
  }
}
