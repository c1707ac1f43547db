/** One thing that AWS says of a body: a fault, or a warning with which it is stored all the same. */
export interface Diagnostic {
  /** JSON pointer. */
  readonly path: string;
  readonly message: string;
}

export type JsonObject = Record<string, unknown>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Bounds what is told of a body that is wrong from end to end; the count is always whole. */
const MOST_KEPT = 100;

/** What is found in the body of a dashboard, in AWS's words. */
export class Findings {
  readonly faults: Diagnostic[] = [];
  readonly warnings: Diagnostic[] = [];
  /** How many faults there are in all. */
  count = 0;

  fault(path: string, message: string): void {
    this.count += 1;
    if (this.faults.length < MOST_KEPT) this.faults.push({ path, message });
  }

  warn(path: string, message: string): void {
    if (this.warnings.length < MOST_KEPT) this.warnings.push({ path, message });
  }

  required(path: string, object: JsonObject, names: readonly string[]): void {
    for (const name of names)
      if (!Object.hasOwn(object, name)) this.fault(path, `Should have required property '${name}'`);
  }

  object(path: string, value: unknown): value is JsonObject {
    if (isObject(value)) return true;
    this.fault(path, 'Should be object');
    return false;
  }

  /** A list within its bounds; one out of them is a list all the same. */
  array(path: string, value: unknown, { least = 0, most }: { least?: number; most: number }): value is unknown[] {
    if (!Array.isArray(value)) {
      this.fault(path, 'Should be array');
      return false;
    }
    if (value.length < least) this.fault(path, `Should NOT have less than ${least} items`);
    if (value.length > most) this.fault(path, `Should NOT have more than ${most} items`);
    return true;
  }

  string(path: string, value: unknown): value is string {
    if (typeof value === 'string') return true;
    this.fault(path, 'Should be string');
    return false;
  }

  /** A whole number within bounds, where there is one. */
  integer(path: string, value: unknown, least: number, most = Number.POSITIVE_INFINITY): void {
    if (value === undefined) return;
    if (!Number.isInteger(value)) this.fault(path, 'Should be integer');
    else if ((value as number) < least) this.fault(path, `Should be >= ${least}`);
    else if ((value as number) > most) this.fault(path, `Should be <= ${most}`);
  }

  /** Text of a form, where there is some. */
  pattern(path: string, value: unknown, pattern: RegExp, severity: 'fault' | 'warning' = 'fault'): void {
    if (value === undefined) return;
    const message = typeof value === 'string' ? `Should match pattern "${pattern.source}"` : 'Should be string';
    if (typeof value === 'string' && pattern.test(value)) return;
    if (severity === 'fault') this.fault(path, message);
    else this.warn(path, message);
  }

  /** One of several words; another is stored with a warning. */
  oneOf(path: string, name: string, value: unknown, allowed: readonly string[]): void {
    if (typeof value === 'string' && !allowed.includes(value))
      this.warn(
        `${path}/${name}`,
        `The value of "${name}" property is not valid. Should be equal to one of the allowed values: ${allowed.join(',')}`,
      );
  }
}
