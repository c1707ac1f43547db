import { compilePattern, PatternError } from '../../pattern/index.ts';

/** Whether AWS would take the text as a pattern. */
export function isValid(pattern: string): boolean {
  try {
    compilePattern(pattern);
    return true;
  } catch (error) {
    if (error instanceof PatternError) return false;
    throw error;
  }
}
