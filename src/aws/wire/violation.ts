/** One broken constraint. */
export interface Violation {
  /** Position in AWS's notation, such as `metricTransformations.1.member.metricName`. */
  readonly path: string;
  readonly value: unknown;
  readonly rule: string;
  readonly sensitive: boolean;
}

/** Beyond this many, a request is wrong enough; the message must stay readable. */
export const MOST_VIOLATIONS = 100;
const LONGEST_VALUE = 1200;

/** AWS's sentence for all the broken constraints of one request. */
export function describeViolations(violations: readonly Violation[]): string {
  const parts = violations.map(
    ({ path, value, rule, sensitive }) =>
      `Value ${shown(value, sensitive)}at '${path}' failed to satisfy constraint: ${rule}`,
  );
  return `${violations.length} validation error${violations.length === 1 ? '' : 's'} detected: ${parts.join('; ')}`;
}

function shown(value: unknown, sensitive: boolean): string {
  if (value === undefined) return 'null ';
  if (sensitive) return '';
  const text = printed(value, 0);
  return `'${text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text}' `;
}

/** As Java prints collections; cut short, because only the beginning is shown anyway. */
function printed(value: unknown, depth: number): string {
  if (value === null || typeof value !== 'object') return String(value);
  if (value instanceof Uint8Array) return `java.nio.HeapByteBuffer[pos=0 lim=${value.length} cap=${value.length}]`;
  if (value instanceof Date) return value.toISOString();
  if (depth > 4) return '…';
  if (Array.isArray(value)) {
    return `[${value
      .slice(0, 50)
      .map((item) => printed(item, depth + 1))
      .join(', ')}]`;
  }
  const entries = Object.entries(value).slice(0, 50);
  return `{${entries.map(([key, item]) => `${key}=${printed(item, depth + 1)}`).join(', ')}}`;
}
