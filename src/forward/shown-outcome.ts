import { plainText } from '../trail/plain-text.ts';
import type { Outcome, Trouble } from './receiver.ts';

const LONGEST = 500;

/**
 * An outcome whose sentences fit on one line of a terminal, a log and a page: receivers quote the records that they refuse,
 * and whoever makes an event may write anything into it.
 */
export function shownOutcome(outcome: Outcome): Outcome {
  if (outcome.result !== 'sent') return shown(outcome);
  const { refused, again, ...rest } = outcome;
  return {
    ...rest,
    ...(refused && { refused: refused.map(shown) }),
    ...(again && { again: shown(again) }),
  };
}

const shown = <T extends Trouble>(trouble: T): T => ({ ...trouble, text: plainText(trouble.text, LONGEST) });
