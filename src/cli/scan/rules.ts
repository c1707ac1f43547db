import { existsSync, readFileSync } from 'node:fs';
import { BENCHMARKS, type Benchmark, benchmarkOf, DEFAULT_BENCHMARK } from '../../audit/controls/benchmark.ts';
import { canonicalPattern, numberIn } from '../../audit/controls/control.ts';
import { controlsOf, findControl } from '../../audit/controls/find-control.ts';
import { compilePattern, PatternError, type Relation } from '../../pattern/index.ts';
import { readRules } from '../rules/read-rules.ts';
import { CommandError } from '../terminal.ts';

/** Something to search for: a control of the benchmark, a pattern of the user's, or a rule of another tool. */
export interface SearchRule {
  /** Any one of them suffices. */
  readonly patterns: readonly [string, ...string[]];
  /** Number and slug of a control. */
  readonly control?: { readonly id: string; readonly slug: string; readonly title: string };
  /** The title of a rule that was read with `--rules`, and how the patterns relate to it. */
  readonly imported?: { readonly title: string; readonly relation: Relation };
  /** The text that was given for it. */
  readonly given: string;
}

export interface Question {
  readonly rules: readonly SearchRule[];
  readonly benchmark: Benchmark;
  readonly paths: readonly string[];
  /** Rules that no filter pattern can say, and why: they are not searched for. */
  readonly unsaid: readonly { readonly file: string; readonly message: string }[];
}

export interface QuestionOptions {
  readonly control: readonly string[];
  readonly pattern: readonly string[];
  /** Folders and files of Sigma rules and EventBridge patterns. */
  readonly rules?: readonly string[];
  readonly benchmark?: string;
}

/**
 * What is asked, and of which paths. Without a control or pattern it is all controls of the benchmark; a pattern
 * alone is searched for alone. Words after `--control A B` and `--pattern P Q` end up among the paths; what names
 * nothing there, but a control or a pattern, is taken for one.
 */
export function questionOf(words: readonly string[], options: QuestionOptions): Question {
  const benchmark = benchmarkNamed(options.benchmark);
  const controls = [...options.control];
  const patterns = [...options.pattern];
  const paths: string[] = [];
  for (const word of words) {
    if (word === '-' || word.startsWith('s3://') || existsSync(word)) paths.push(word);
    else if (controls.length > 0 && 'control' in findControl(word, benchmark)) controls.push(word);
    else if (patterns.length > 0 && /^\s*[{[]/.test(word)) patterns.push(word);
    else paths.push(word);
  }
  if (paths.length === 0) throw new CommandError('name what to search: a folder, a file, s3://bucket/prefix, or -');
  const { imported, unsaid } = importedRules(options.rules ?? []);
  const hasOwn = patterns.length + imported.length > 0;
  const isPlain = controls.length === 0 && (!hasOwn || options.benchmark !== undefined);
  const named = isPlain ? controlsOf(benchmark).map(({ slug }) => slug) : controls;
  const rules = [...named.map((name) => controlRule(name, benchmark)), ...patterns.map(patternRule), ...imported];
  return { rules: withoutRepeats(rules), benchmark, paths, unsaid };
}

function benchmarkNamed(text: string | undefined): Benchmark {
  if (text === undefined) return DEFAULT_BENCHMARK;
  const benchmark = benchmarkOf(text);
  if (benchmark) return benchmark;
  throw new CommandError(`--benchmark ${text} is not known; there are ${BENCHMARKS.join(', ')}`);
}

function controlRule(name: string, benchmark: Benchmark): SearchRule {
  const found = findControl(name, benchmark);
  if ('problem' in found) throw new CommandError(found.problem);
  const { control } = found;
  const id = numberIn(control, benchmark) ?? found.number;
  return {
    patterns: [canonicalPattern(control, benchmark)],
    control: { id, slug: control.slug, title: control.title },
    given: name,
  };
}

function patternRule(given: string): SearchRule {
  const pattern = given.startsWith('@') ? fileText(given.slice(1)) : given;
  try {
    compilePattern(pattern);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw new CommandError(
      `the pattern ${given} is invalid at ${error.offset}: ${error.reason} ("trailbell pattern explain" says more)`,
    );
  }
  return { patterns: [pattern], given };
}

function importedRules(paths: readonly string[]): { imported: SearchRule[]; unsaid: Question['unsaid'] } {
  const imported: SearchRule[] = [];
  const unsaid: { file: string; message: string }[] = [];
  for (const { file, title, outcome } of paths.length > 0 ? readRules(paths).rules : []) {
    const [first, ...others] = 'problem' in outcome ? [] : outcome.patterns;
    if ('problem' in outcome || first === undefined) {
      const problem = 'problem' in outcome ? outcome.problem : 'it has no pattern';
      unsaid.push({ file, message: `${title} was not searched for: ${problem}` });
      continue;
    }
    const { relation } = outcome.comparison;
    imported.push({ patterns: [first, ...others], imported: { title, relation }, given: title });
  }
  if (unsaid.length > 0 && imported.length === 0) throw new CommandError(`${unsaid[0]?.file}: ${unsaid[0]?.message}`);
  return { imported, unsaid };
}

function fileText(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new CommandError(`cannot read ${file}: ${(error as Error).message}`);
  }
}

/** A control that was named twice is searched for once; patterns are echoed as often as they were given. */
function withoutRepeats(rules: readonly SearchRule[]): SearchRule[] {
  const met = new Set<string>();
  return rules.filter(({ control }) => {
    if (!control) return true;
    const isNew = !met.has(control.slug);
    met.add(control.slug);
    return isNew;
  });
}
