/** A rule of another language that cannot be read, or asks for something that is not compared. */
export class RuleError extends Error {
  /** Where in the rule, as names from the outside in. */
  readonly path: readonly string[];

  constructor(reason: string, path: readonly string[] = []) {
    super(path.length === 0 ? reason : `${path.join('.')}: ${reason}`);
    this.name = 'RuleError';
    this.path = path;
  }
}
