import type { Test } from './combination.ts';
import { compileRegex } from './regular-expression.ts';
import type { Term, TextPattern } from './syntax-tree.ts';

/**
 * Compiles a text pattern. Optional terms count only where there are no others, as AWS documents:
 * beside a required or an excluded term they are ignored.
 */
export function textTest(pattern: TextPattern): Test<string> {
  const searches = (role: Term['role']): Test<string>[] =>
    pattern.terms.filter((term) => term.role === role).map(termSearch);
  const [included, excluded, optional] = [searches('include'), searches('exclude'), searches('optional')];
  if (included.length + excluded.length === 0) return (message) => optional.some((isFound) => isFound(message));
  return (message) => included.every((isFound) => isFound(message)) && !excluded.some((isFound) => isFound(message));
}

/** Looks for one term, whatever its role. */
export function termSearch({ literal }: Term): Test<string> {
  if (literal.kind === 'regex') return compileRegex(literal.source).search;
  // A quoted blank is documented to match every event, also one without a blank.
  if (literal.text === '' || literal.text === ' ') return () => true;
  return (message) => message.includes(literal.text);
}
