import { conditionsOf } from '../../pattern/combination.ts';
import { compilePattern, type Literal, type Pattern } from '../../pattern/index.ts';
import { BENCHMARKS } from '../controls/benchmark.ts';
import { printedForms } from '../controls/control.ts';
import { CONTROLS } from '../controls/find-control.ts';
import { folded } from './folded-text.ts';
import type { Target } from './target.ts';
import { isValid } from './valid-pattern.ts';

/** Which control a printed pattern belongs to, by the pattern's text without its blanks. */
const OWNERS: ReadonlyMap<string, string> = new Map(
  CONTROLS.flatMap((control) =>
    BENCHMARKS.flatMap((version) =>
      printedForms(control, version).map((text) => [folded(text), control.slug] as const),
    ),
  ),
);

/**
 * Whether a filter was meant for the target, so that what is wrong with it is worth telling: it names a
 * value that the target names at the same place, in whatever case; or it matches all examples of the
 * target. What another control prints is that control's.
 */
export function isRelated(text: string, target: Target): boolean {
  const owner = OWNERS.get(folded(text));
  if (owner !== undefined) return owner === target.control.slug;
  if (!isValid(text)) return marksOf(target).some((mention) => folded(text).toLowerCase().includes(mention));
  const compiled = compilePattern(text);
  const matched = target.examples.filter((event) => compiled.matches(JSON.stringify(event)));
  if (matched.length === target.examples.length) return true;
  if (compiled.pattern.kind !== 'json' || literalsIn(compiled.pattern).some(({ kind }) => kind === 'regex'))
    return matched.length > 0;
  const named = mentionsOf(text);
  return marksOf(target).some((mention) => named.has(mention));
}

const literalsIn = (pattern: Pattern): readonly Literal[] =>
  pattern.kind === 'json'
    ? conditionsOf(pattern.root).flatMap((condition) => (condition.kind === 'compare' ? [condition.literal] : []))
    : [];

/** What tells that a filter is for the target: the names of its events where it lists them, else all it asks for. */
function marksOf({ pattern }: Target): readonly string[] {
  const mentions = [...mentionsOf(pattern)];
  const named = mentions.filter((mention) => mention.startsWith('$.eventname='));
  return named.length > 0 ? named : mentions;
}

/** Every `selector=text` of a JSON pattern, in lower case. */
function mentionsOf(text: string): ReadonlySet<string> {
  const { pattern } = compilePattern(text);
  if (pattern.kind !== 'json') return new Set();
  return new Set(
    conditionsOf(pattern.root).flatMap((condition) => {
      if (condition.kind !== 'compare' || condition.operator !== '=') return [];
      const { literal, selector } = condition;
      return literal.kind === 'regex' ? [] : [`${selector.text}=${literal.text}`.toLowerCase()];
    }),
  );
}
