import { parsePattern } from '../parse-pattern.ts';
import { LONGEST_PATTERN, PatternError } from '../pattern-error.ts';

const MOST_REPAIRS = 12;

/** Makes a change near the place where reading stopped, or gives the text back as it was. */
type Repair = (text: string, offset: number) => string;

/**
 * What the writer of an invalid pattern probably meant, as a pattern that is valid; undefined when no
 * simple repair leads to one. Knows the misprints that are common in the wild.
 */
export function mendPattern(text: string): string | undefined {
  let current = text;
  let offset = faultOf(current);
  for (let round = 0; offset !== undefined && round < MOST_REPAIRS; round += 1) {
    const next = betterOf(current, offset);
    if (!next) return undefined;
    [current, offset] = [next.text, next.offset];
  }
  return offset === undefined && current !== text ? current : undefined;
}

/** The first repair after which less is left to read. */
function betterOf(text: string, offset: number): { text: string; offset: number | undefined } | undefined {
  for (const repair of REPAIRS) {
    const attempt = repair(text, offset);
    if (attempt === text || attempt.length > LONGEST_PATTERN) continue;
    const fault = faultOf(attempt);
    if (fault === undefined || attempt.length - fault < text.length - offset) return { text: attempt, offset: fault };
  }
  return undefined;
}

function faultOf(text: string): number | undefined {
  try {
    parsePattern(text);
    return undefined;
  } catch (error) {
    if (error instanceof PatternError) return error.offset;
    throw error;
  }
}

/** Changes what an expression finds at the offset, white space before it passed over. */
const at =
  (expression: RegExp, replacement: string): Repair =>
  (text, offset) =>
    text.slice(0, offset) +
    text.slice(offset).replace(new RegExp(`^(\\s*)${expression.source}`, 'i'), `$1${replacement}`);

/** Puts quotes around the value that ends, or stands, where reading stopped. */
function quoteValue(text: string, offset: number): string {
  const start = text.slice(0, offset).search(/[=<>]\s*[^=<>"\s][^=<>"]*$|[=<>]\s*$/);
  if (start < 0) return text;
  const from = start + (/^[=<>]\s*/.exec(text.slice(start))?.[0].length ?? 1);
  const value = /^[^"()|]*?(?=\s*(?:\)|&&|\|\||\}\s*$|$))/.exec(text.slice(from))?.[0] ?? '';
  return value === '' ? text : `${text.slice(0, from)}"${value}"${text.slice(from + value.length)}`;
}

/** `($.a = x || (`: the parenthesis belongs around the first condition. */
const closeFirst: Repair = (text, offset) =>
  text.slice(0, offset) +
  text
    .slice(offset)
    .replace(/^\((\s*\$[^()"]*(?:"[^"]*")?)(\s*(?:&&|\|\|)\s*\()/, (_, condition: string, rest: string) => {
      const trimmed = condition.trimEnd();
      return `(${trimmed})${condition.slice(trimmed.length)}${rest}`;
    });

/** A closing parenthesis too many. */
function dropStray(text: string, offset: number): string {
  const stray = /^\s*\)/.exec(text.slice(offset))?.[0];
  return stray === undefined ? text : text.slice(0, offset) + text.slice(offset + stray.length);
}

/** Adds the brackets that are open at the end. */
function closeBrackets(text: string): string {
  const open: string[] = [];
  const closing: Readonly<Record<string, string>> = { '(': ')', '{': '}' };
  let isQuoted = false;
  for (const char of text) {
    if (char === '"') isQuoted = !isQuoted;
    if (isQuoted) continue;
    if (char in closing) open.unshift(closing[char] ?? '');
    else if (char === open[0]) open.shift();
  }
  const end = /\}\s*$/.exec(text);
  if (text.startsWith('[') && !/\]\s*$/.test(text)) return `${text.trimEnd()}]`;
  if (!text.startsWith('{')) return isQuoted ? `${text}"` : text;
  const body = end ? text.slice(0, end.index).trimEnd() : text.trimEnd();
  const missing = open.filter((bracket) => bracket === ')');
  return `${body}${isQuoted ? '"' : ''}${missing.join('')} }`;
}

const REPAIRS: readonly Repair[] = [
  (text) => (/^\s+[{[]/.test(text) ? text.trimStart() : text),
  (text) => text.replaceAll(/[\u201c\u201d\u201e]/g, '"'),
  // `$.invokedByNOT EXISTS`
  (text, offset) => text.slice(0, offset).replace(/(\$[\w.-]+?)NOT(\s*)$/, '$1 NOT$2') + text.slice(offset),
  at(/NOTEXISTS\b/, 'NOT EXISTS'),
  (text, offset) => text.slice(0, offset).replace(/IS\s*$/i, '= *') + text.slice(offset).replace(/^NOT\s+NULL/i, ''),
  at(/EXISTS\b/, '= *'),
  at(/'([^']*)'/, '"$2"'),
  at(/[\u2018\u2019]([^\u2018\u2019]*)[\u2018\u2019]/, '"$2"'),
  at(/AND\b/, '&&'),
  at(/OR\b/, '||'),
  at(/&(?!&)/, '&&'),
  at(/\|(?!\|)/, '||'),
  at(/,/, ' &&'),
  (text, offset) => text.slice(0, offset).replace(/<\s*$/, '!=') + text.slice(offset).replace(/^\s*>/, ''),
  (text, offset) => text.slice(0, offset) + text.slice(offset).replace(/^\s*=+/, ''),
  (text, offset) => text.slice(0, offset).replace(/==?\s*$/, '= ') + text.slice(offset).replace(/^\s*==?/, ''),
  at(/(?=[A-Za-z_])/, '$.'),
  quoteValue,
  dropStray,
  closeFirst,
  closeBrackets,
  (text, offset) => (offset >= text.length - 1 ? text : text.slice(0, offset) + text.slice(offset + 1)),
];
