/** The longest pattern that AWS accepts, in characters. */
export const LONGEST_PATTERN = 1024;

/** What AWS answers when a pattern is no pattern; the wording depends on the operation. */
export type InvalidPatternMessage = 'Invalid metric filter pattern' | 'Invalid filter pattern';

/**
 * A text that is no filter pattern. `message` is AWS's own wording, for the client of an API;
 * `reason` and `suggestion` are plain sentences for people.
 */
export class PatternError extends Error {
  /** Where reading stopped, in UTF-16 units from the start of the pattern. */
  readonly offset: number;
  readonly reason: string;
  /** What the writer probably meant, when that can be told. */
  readonly suggestion: string | undefined;

  constructor(message: string, offset: number, reason: string, suggestion?: string) {
    super(message);
    this.name = 'PatternError';
    this.offset = offset;
    this.reason = reason;
    this.suggestion = suggestion;
  }
}
