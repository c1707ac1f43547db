// Fills in the tables of docs/patterns.md, each cell of which the prover works out. Run: npx tsx tools/make-pattern-tables.ts
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BENCHMARKS, type Benchmark, DEFAULT_BENCHMARK } from '../src/audit/controls/benchmark.ts';
import { type Control, canonicalPattern, numberIn, printedPattern } from '../src/audit/controls/control.ts';
import { CONTROLS } from '../src/audit/controls/find-control.ts';
import { compareRules, filterRule, type Rule } from '../src/pattern/index.ts';
import { readRule } from '../src/pattern/rules/index.ts';
import { ROOT_RULES } from '../test/pattern/root-rules.ts';

export const PATTERNS_FILE = fileURLToPath(new URL('../docs/patterns.md', import.meta.url));

/** The page with every part between `<!-- made: NAME -->` and `<!-- end -->` made anew. */
export function patternsText(page: string): string {
  const parts: Readonly<Record<string, () => string>> = {
    versions: versionsTable,
    products: productsTable,
    differences: productDifferences,
  };
  return page.replace(
    /(<!-- made: (\w+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_, start: string, name: string, end: string) => {
      const make = parts[name];
      if (!make) throw new Error(`docs/patterns.md asks for "${name}", which this tool does not make`);
      return `${start}\n${make()}\n\n${end}`;
    },
  );
}

const cell = (text: string): string => text.replaceAll('|', '\\|');
const code = (text: string): string => `\`${cell(text)}\``;

function versionsTable(): string {
  const rows = CONTROLS.flatMap((control) => {
    const canonical = canonicalPattern(control, DEFAULT_BENCHMARK);
    return [...variantsOf(control)].map(([text, where]) => {
      const [a, b] = [filterRule(text), filterRule(canonical)];
      const { relation, messages } = compareRules(a, b);
      const number = numberIn(control, DEFAULT_BENCHMARK) ?? '';
      const cells = [number, control.slug, where.join(', '), text === canonical ? 'is it' : relation];
      return `| ${[...cells, ...[messages.onlyA, messages.onlyB].map((message) => example(message, a, b, text, canonical))].join(' | ')} |`;
    });
  });
  return [
    '| 5.0.0 | control | form | against 5.0.0 | matched by this form only | matched by 5.0.0 only |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

/** Each distinct text, and where it is printed. */
function variantsOf(control: Control): Map<string, string[]> {
  const variants = new Map<string, Benchmark[]>();
  for (const version of BENCHMARKS)
    if (numberIn(control, version) !== undefined) {
      const text = printedPattern(control, version);
      variants.set(text, [...(variants.get(text) ?? []), version]);
    }
  const named = new Map([...variants].map(([text, versions]) => [text, [span(versions)]]));
  for (const text of control.accepted) if (!named.has(text)) named.set(text, ['accepted form']);
  return named;
}

const span = (versions: readonly string[]): string =>
  versions.length > 1 ? `${versions[0]} to ${versions.at(-1)}` : (versions[0] ?? '');

/** What is left of an event without the members that neither rule looks at. */
function example(message: string | null, a: Rule, b: Rule, ...texts: readonly string[]): string {
  if (message === null) return '';
  const verdict = (event: unknown): string => {
    const text = JSON.stringify(event);
    return [a, b].map((rule) => rule.members.some((member) => member.matches(text))).join();
  };
  const event = JSON.parse(message) as Record<string, unknown>;
  const wanted = verdict(event);
  for (const name of Object.keys(event).filter((each) => !texts.some((text) => text.includes(each)))) {
    const { [name]: _, ...rest } = event;
    if (verdict(rest) === wanted) delete event[name];
  }
  return code(JSON.stringify(event));
}

const SIGNS: Readonly<Record<string, string>> = {
  equivalent: '=',
  narrower: 'less',
  broader: 'more',
  overlapping: 'both ways',
  disjoint: 'nothing shared',
  uncertain: '?',
};

function productsTable(): string {
  const head = `| rule | ${ROOT_RULES.map(({ product }) => product).join(' | ')} |`;
  const rows = ROOT_RULES.map(({ product, rule }) => {
    const cells = ROOT_RULES.map((other) => SIGNS[compareRules(readRule(rule), readRule(other.rule)).relation] ?? '');
    return `| **${product}** | ${cells.join(' | ')} |`;
  });
  return [head, `|---|${ROOT_RULES.map(() => '---|').join('')}`, ...rows].join('\n');
}

function productDifferences(): string {
  const [cis, ...others] = ROOT_RULES;
  const rows = others.map(({ product, words, rule }) => {
    const [a, b] = [readRule(rule), readRule(cis!.rule)];
    const { messages } = compareRules(a, b);
    return `| ${product} | ${words} | ${example(messages.onlyA, a, b, rule, cis!.rule)} | ${example(messages.onlyB, a, b, rule, cis!.rule)} |`;
  });
  return [
    '| rule | rings for | rings, and CIS 4.3 does not | stays silent, and CIS 4.3 rings |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(PATTERNS_FILE, patternsText(readFileSync(PATTERNS_FILE, 'utf8')));
