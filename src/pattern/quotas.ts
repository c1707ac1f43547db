import { conditionsOf } from './combination.ts';
import type { Cursor } from './cursor.ts';
import { compileRegex, MOST_REPETITIONS } from './regular-expression.ts';
import { hasWildcard } from './select-values.ts';
import type { JsonCondition, Literal, Pattern, RegexLiteral, Selector } from './syntax-tree.ts';

/** AWS allows this many regular expressions in a JSON or space-delimited pattern. */
const MOST_REGEXES = 2;
/** AWS allows this many wildcard selectors in a pattern. */
const MOST_WILDCARDS = 3;

/** Throws a `PatternError` for a pattern that is well-formed but asks for more than AWS allows. */
export function checkQuotas(pattern: Pattern, cursor: Cursor): void {
  const regexes = literalsOf(pattern).filter((literal) => literal.kind === 'regex');
  const excess = pattern.kind === 'text' ? undefined : regexes[MOST_REGEXES];
  if (excess) throw cursor.fault(`a pattern may hold ${MOST_REGEXES} regular expressions only`, excess.start);
  const wildcards = selectorsOf(pattern).filter(hasWildcard);
  const fourth = wildcards[MOST_WILDCARDS];
  if (fourth) throw cursor.fault(`a pattern may hold ${MOST_WILDCARDS} wildcard selectors only`, fourth.start);
  checkRepetitions(regexes, cursor);
}

function checkRepetitions(regexes: readonly RegexLiteral[], cursor: Cursor): void {
  let sum = 0;
  for (const { source, start } of regexes) {
    sum += compileRegex(source).repetitions;
    if (sum > MOST_REPETITIONS) throw cursor.fault('the regular expressions repeat too much', start);
  }
}

function literalsOf(pattern: Pattern): Literal[] {
  switch (pattern.kind) {
    case 'everything':
      return [];
    case 'text':
      return pattern.terms.map(({ literal }) => literal);
    case 'json':
      return conditionsOf(pattern.root).flatMap((condition) =>
        condition.kind === 'compare' ? [condition.literal] : [],
      );
    case 'delimited':
      return pattern.entries
        .flatMap((entry) => (entry.kind === 'field' && entry.condition ? conditionsOf(entry.condition) : []))
        .flatMap((condition) => (condition.kind === 'field-compare' ? [condition.literal] : []));
  }
}

const selectorsOf = (pattern: Pattern): Selector[] =>
  pattern.kind === 'json' ? conditionsOf<JsonCondition>(pattern.root).map(({ selector }) => selector) : [];
