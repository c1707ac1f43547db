import { parsePattern } from '../parse-pattern.ts';
import type { Pattern, TextPattern } from '../syntax-tree.ts';
import { jsonTraps } from './json-traps.ts';
import { type Line, plainWords } from './plain-words.ts';
import { spliced, type Trap } from './trap.ts';

/** What a pattern means, and where it probably does not mean what its writer thinks. */
export interface Explanation {
  readonly kind: Pattern['kind'];
  readonly words: readonly Line[];
  readonly traps: readonly Trap[];
}

/** Explains a filter pattern. Throws `PatternError` when it is none; `mendPattern` may know what was meant. */
export function explainPattern(text: string): Explanation {
  const pattern = parsePattern(text);
  return { kind: pattern.kind, words: plainWords(pattern), traps: trapsOf(text, pattern) };
}

function trapsOf(text: string, pattern: Pattern): readonly Trap[] {
  if (pattern.kind === 'json') return jsonTraps(text, pattern);
  return pattern.kind === 'text' ? textTraps(text, pattern) : [];
}

function textTraps(text: string, { terms }: TextPattern): Trap[] {
  const hasOthers = terms.some(({ role }) => role !== 'optional');
  return terms.flatMap((term): Trap[] => {
    const { start, end, role, literal } = term;
    if (role === 'optional' && hasOthers) {
      const message = `${text.slice(start, end)} is ignored, because there are terms without a question mark.`;
      const mended = spliced(text, start, end, '').replaceAll(/ {2,}/g, ' ').trim();
      return [{ code: 'optional-ignored', start, end, message, mended }];
    }
    const isOperator = literal.kind === 'text' && !literal.quoted && /^(?:or|and|not)$/i.test(literal.text);
    if (!isOperator || role !== 'include') return [];
    return [{ code: 'word-as-operator', start, end, message: `"${literal.text}" is looked for like any other word.` }];
  });
}
