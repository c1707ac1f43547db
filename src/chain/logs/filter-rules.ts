import { Refusal } from '../../base/refusal.ts';
import {
  type CompiledPattern,
  compilePattern,
  type InvalidPatternMessage,
  isValidReference,
  PatternError,
  parseNumber,
} from '../../pattern/index.ts';
import { readFieldSelection } from './field-selection.ts';
import type { MetricFilterDraft, MetricTransformation } from './metric-filter.ts';

/** AWS allows this many dimensions, system fields included. */
const MOST_DIMENSIONS = 3;

const SYSTEM_FIELDS: ReadonlySet<string> = new Set(['@aws.account', '@aws.region']);

/** The refusal that CloudWatch Logs uses for almost everything. */
export const invalid = (message: string): Refusal => new Refusal('InvalidParameterException', message);
const invalidTransformation = (what: string): Refusal => invalid(`Invalid metric transformation: ${what}`);

/**
 * Checks a metric filter as PutMetricFilter does: first the pattern, then the transformation. Gives
 * the compiled pattern, or refuses with AWS's InvalidParameterException and message. What AWS was
 * not seen to refuse, but cannot publish, is refused in our own words.
 */
export function checkMetricFilter(draft: MetricFilterDraft): CompiledPattern {
  const compiled = compileMetricPattern(draft.pattern);
  const { transformation, options } = draft;
  checkDimensions(compiled, transformation, options.emitSystemFieldDimensions ?? []);
  if (parseNumber(transformation.metricValue) === undefined && !isValidReference(compiled, transformation.metricValue))
    throw invalidTransformation(`metric value ${transformation.metricValue} must be a valid number`);
  if (transformation.metricName === '') throw invalidTransformation('metric name must not be empty');
  if (transformation.metricNamespace === '') throw invalidTransformation('metric namespace must not be empty');
  if (transformation.defaultValue !== undefined && !Number.isFinite(transformation.defaultValue))
    throw invalidTransformation(`default value ${transformation.defaultValue} must be a valid number`);
  if (transformation.metricNamespace.startsWith(':'))
    throw invalidTransformation('metric namespace must not begin with a colon');
  checkFieldSelection(options.fieldSelectionCriteria);
  return compiled;
}

/** Refuses `fieldSelectionCriteria` that cannot be read. */
export function checkFieldSelection(criteria = ''): void {
  if (!readFieldSelection(criteria)) throw invalid('Invalid field selection criteria');
}

/** Compiles the pattern of a metric filter; refuses with AWS's words for metric filters. */
export const compileMetricPattern = (text: string): CompiledPattern =>
  compileInWords(text, 'Invalid metric filter pattern');

/** Compiles the pattern of a search or of a subscription filter; refuses with AWS's words for those. */
export const compileFilterPattern = (text: string): CompiledPattern => compileInWords(text, 'Invalid filter pattern');

function compileInWords(text: string, words: InvalidPatternMessage): CompiledPattern {
  try {
    return compilePattern(text, { invalid: words });
  } catch (error) {
    if (error instanceof PatternError) throw invalid(error.message);
    throw error;
  }
}

function checkDimensions(
  compiled: CompiledPattern,
  { dimensions = {}, defaultValue }: MetricTransformation,
  systemFields: readonly string[],
): void {
  const unknown = systemFields.find((field) => !SYSTEM_FIELDS.has(field));
  if (unknown !== undefined) throw invalid(`Invalid system field: ${unknown}`);
  const names = Object.keys(dimensions);
  if (names.length + systemFields.length === 0) return;
  if (defaultValue !== undefined)
    throw invalidTransformation('dimensions and default value are mutually exclusive properties');
  if (names.length + new Set(systemFields).size > MOST_DIMENSIONS)
    throw invalidTransformation(`a metric filter can have at most ${MOST_DIMENSIONS} dimensions`);
  if (names.length === 0) return;
  const { kind } = compiled.pattern;
  if (kind !== 'json' && kind !== 'delimited')
    throw invalid('The specified filter pattern does not support dimensions');
  if (names.some((name) => name.trim() === '' || name.startsWith(':')))
    throw invalidTransformation('dimension name must not be empty or begin with a colon');
  if (Object.values(dimensions).some((reference) => !isValidReference(compiled, reference)))
    throw invalidTransformation('dimension value must be valid selector');
}
