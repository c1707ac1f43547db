import { foldCombination } from '../combination.ts';
import { fieldTest } from '../literal-test.ts';
import type { FieldCondition, FieldEntry, Literal, Step, Term, TextPattern } from '../syntax-tree.ts';
import { termSearch } from '../text-test.ts';
import { ALWAYS, and, type Condition, not, or, valueAt } from './condition.ts';
import { globLanguage, type Language, searchLanguage, textLanguage } from './language.ts';
import { kindProbe, type Leaf, type Probe } from './probe.ts';
import { regexLanguage } from './regex-language.ts';

export const named = (name: string): readonly Step[] => [{ kind: 'name', name }];

/** A probe for texts of a language, and for nothing but strings. */
export function textProbe(languages: readonly Language[], holds: (text: string) => boolean): Probe {
  return {
    constants: [],
    languages,
    numbers: [],
    holds: (leaf: Leaf) => leaf.kind === 'string' && holds(leaf.text),
  };
}

export const isStringProbe = kindProbe(({ kind }) => kind === 'string');

/** What a text pattern asks of a message, which stands at `place`. */
export function textCondition(pattern: TextPattern, place: readonly Step[]): Condition {
  const terms = (role: Term['role']): Term[] => pattern.terms.filter((term) => term.role === role);
  const anyFound = (some: readonly Term[]): Condition => {
    const tests = some.map(termSearch);
    const languages = some.flatMap(({ literal }) => {
      if (literal.kind === 'regex') return [regexLanguage(literal.source)];
      return isAnywhere(literal.text) ? [] : [searchLanguage(textLanguage(literal.text))];
    });
    return valueAt(
      place,
      textProbe(languages, (text) => tests.some((test) => test(text))),
    );
  };
  const [included, excluded] = [terms('include'), terms('exclude')];
  if (included.length + excluded.length === 0) return anyFound(terms('optional'));
  return and(...included.map((term) => anyFound([term])), ...(excluded.length > 0 ? [not(anyFound(excluded))] : []));
}

/** A quoted blank is documented to be found in every message. */
const isAnywhere = (text: string): boolean => text === '' || text === ' ';

/** What an entry of a space-delimited pattern asks of the field at `place`. */
export function fieldCondition(entry: FieldEntry, place: readonly Step[]): Condition {
  if (!entry.condition) return ALWAYS;
  return foldCombination<FieldCondition, Condition>(entry.condition, {
    condition: (condition) => {
      if (condition.kind === 'field-mention') return ALWAYS;
      const { literal, operator } = condition;
      return valueAt(place, { ...fieldQuestions(literal), holds: fieldHolds(literal, fieldTest(operator, literal)) });
    },
    and: (sides) => and(...sides),
    or: (sides) => or(...sides),
  });
}

const fieldHolds =
  (literal: Literal, test: (field: string) => boolean) =>
  (leaf: Leaf): boolean =>
    leaf.kind === 'string' && test(literal.kind === 'number' ? (leaf.value ?? leaf.text) : leaf.text);

function fieldQuestions(literal: Literal): Omit<Probe, 'holds'> {
  const nothing = { constants: [], languages: [], numbers: [] };
  switch (literal.kind) {
    case 'text':
      return { ...nothing, constants: [literal.text] };
    case 'number':
      return { ...nothing, constants: [literal.text], numbers: [literal.text] };
    case 'glob':
      return { ...nothing, languages: [globLanguage(literal.parts)] };
    case 'regex':
      return { ...nothing, languages: [regexLanguage(literal.source)] };
  }
}
