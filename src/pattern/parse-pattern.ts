import { Cursor, isSpace } from './cursor.ts';
import type { InvalidPatternMessage } from './pattern-error.ts';
import { LONGEST_PATTERN, PatternError } from './pattern-error.ts';
import { checkQuotas } from './quotas.ts';
import { readDelimitedPattern } from './read-delimited-pattern.ts';
import { readJsonPattern } from './read-json-pattern.ts';
import { readTextPattern } from './read-text-pattern.ts';
import type { Pattern } from './syntax-tree.ts';

export interface ParseOptions {
  /** AWS's wording for a general syntax error. Metric filters and FilterLogEvents word it differently. */
  readonly invalid?: InvalidPatternMessage;
}

/**
 * Reads a CloudWatch Logs filter pattern. The first character decides its kind, as it does on AWS.
 * Throws `PatternError` for everything that is not a pattern.
 */
export function parsePattern(text: string, options: ParseOptions = {}): Pattern {
  checkLength(text);
  const invalid = options.invalid ?? 'Invalid filter pattern';
  const pattern = readPattern(text, invalid);
  checkQuotas(pattern, new Cursor(text, 0, text.length, invalid));
  return Object.freeze(pattern);
}

function readPattern(text: string, invalid: string): Pattern {
  const place = { start: 0, end: text.length };
  if (text.startsWith('{')) {
    const body = new Cursor(text, 1, closingBracket(text, '{', '}'), invalid);
    return { kind: 'json', root: readJsonPattern(body), ...place };
  }
  if (text.startsWith('[')) {
    const body = new Cursor(text, 1, closingBracket(text, '[', ']'), invalid);
    return { kind: 'delimited', entries: readDelimitedPattern(body), ...place };
  }
  const terms = readTextPattern(new Cursor(text, 0, text.length, invalid));
  return terms.length === 0 ? { kind: 'everything', ...place } : { kind: 'text', terms, ...place };
}

/** Where the pattern ends; white space may follow. */
function closingBracket(text: string, open: string, close: string): number {
  let last = text.length - 1;
  while (isSpace(text.charAt(last))) last -= 1;
  if (last > 0 && text.charAt(last) === close) return last;
  const message = `If a filter pattern starts with '${open}' it must end with '${close}'`;
  throw new PatternError(message, last + 1, `the pattern does not end with ${close}`, `Close it with ${close}.`);
}

function checkLength(text: string): void {
  // AWS counts characters, of which some take two units; counting is needed in the narrow case only.
  if (text.length <= LONGEST_PATTERN) return;
  if (text.length <= 2 * LONGEST_PATTERN && Array.from(text).length <= LONGEST_PATTERN) return;
  const message =
    `1 validation error detected: Value '${text}' at 'filterPattern' failed to satisfy constraint: ` +
    `Member must have length less than or equal to ${LONGEST_PATTERN}`;
  throw new PatternError(message, LONGEST_PATTERN, `a pattern has at most ${LONGEST_PATTERN} characters`);
}
