import { pick, type Random } from '../random-rules.ts';

/** Pieces that mean something in a pattern or an event. */
const PIECES = [
  ...'{}[]()"\'%*.,:;=!<>&|$?\\/-+_@# \t\n0123456789abcxyzABCXYZéß😀',
  '&&',
  '||',
  '!=',
  '>=',
  '<=',
  '...',
  '$.',
  '[*]',
  '.*',
  '[0]',
  "['a.b']",
  'NOT EXISTS',
  'IS NULL',
  'IS TRUE',
  'IS FALSE',
  '\\"',
  '\\\\',
  '\\u0041',
  '\\x41',
  '{2}',
  '{,3}',
  '{1,}',
  '[^a]',
  '%a|b%',
  'null',
  'true',
  '1e3',
  '1.0',
  '-0',
  '1e400',
  '9007199254740993',
  '\ud800',
  '\u0000',
  '\ufeff',
  '__proto__',
  'constructor',
];

const place = (random: Random, text: string): number => Math.floor(random() * (text.length + 1));

const EDITS: readonly ((random: Random, text: string, other: string) => string)[] = [
  (random, text) => inserted(text, place(random, text), pick(random, PIECES)),
  (random, text) => inserted(text, place(random, text), pick(random, PIECES)),
  (random, text) => {
    const at = place(random, text);
    return text.slice(0, at) + text.slice(at + 1 + Math.floor(random() * 3));
  },
  (random, text) => {
    const at = place(random, text);
    return text.slice(0, at) + pick(random, PIECES) + text.slice(at + 1);
  },
  (random, text) => {
    const [from, to] = [place(random, text), place(random, text)].sort((a, b) => a - b) as [number, number];
    return inserted(text, to, text.slice(from, to).slice(0, 60));
  },
  (random, text, other) => text.slice(0, place(random, text)) + other.slice(place(random, other)),
];

const inserted = (text: string, at: number, piece: string): string => text.slice(0, at) + piece + text.slice(at);

/** The text with a few edits, some of them taken from another text. */
export function mutated(random: Random, text: string, other: string): string {
  let result = text;
  for (let edits = 1 + Math.floor(random() * 3); edits > 0; edits -= 1)
    result = pick(random, EDITS)(random, result, other);
  return result;
}
