import { isSilenced, type Silenceable } from '../answers/silence-matcher.ts';
import type { Silence } from '../answers/silences.ts';
import type { ChainProblem } from './chain-problem.ts';

type Named = Omit<Silenceable, 'detail'>;

/** Whether a silence holds whatever the alarm rings for, and not only for some of those who set it off. */
const isWhole = ({ matcher }: Silence): boolean =>
  matcher.principal === undefined && matcher.sourceAddress === undefined;

/** That nobody is told of an alarm, because somebody said so, and until when. The last to end counts. */
export function silenceProblems(alarm: Named, silences: readonly Silence[], endpoint: string): ChainProblem[] {
  const over = silences.filter((silence) => isWhole(silence) && isSilenced(silence.matcher, { ...alarm, detail: {} }));
  const last = over.toSorted((a, b) => b.endsAt - a.endsAt)[0];
  if (!last) return [];
  return [
    {
      code: 'silenced',
      message: `silenced until ${new Date(last.endsAt).toISOString()} by ${last.owner}: ${last.reason}`,
      fix: `trailbell silence end ${last.id} --endpoint-url ${endpoint}`,
      silent: false,
    },
  ];
}

/** Silences whose names fit no alarm at all: most likely one was misspelled, and the rings that were meant go on. */
export function idleSilences(
  silences: readonly Silence[],
  alarms: readonly Pick<Named, 'alarm' | 'account' | 'region'>[],
): Silence[] {
  const fits = ({ matcher: { alarm, account, region } }: Silence) => {
    const names = Object.fromEntries(
      Object.entries({ alarm, account, region }).filter(([, pattern]) => pattern !== undefined),
    );
    return alarms.some((each) => isSilenced(names, { ...each, severity: undefined, detail: {} }));
  };
  return silences.filter((silence) => !fits(silence));
}
