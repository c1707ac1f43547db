/** One link of an account's chain, as a drill found it. */
export interface DrillStep {
  readonly link: 'audit' | 'trail' | 'metric filter' | 'metric' | 'alarm' | 'topic' | 'subscription' | 'receipt';
  readonly name: string;
  /** Milliseconds from the drill's own act to when this was reached; null where it was not, or takes no time. */
  readonly after: number | null;
  /** Null where it could not be proved, and is not proved broken either. */
  readonly holds: boolean | null;
  readonly says: string;
}

/** How a drill goes further than reading: what it puts in, or waits for. */
export type DrillLevel = 'read' | 'metric' | 'alarm' | 'inject' | 'live';

/** What a drill found, to be filed. */
export interface DrillProof {
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly account: string;
  readonly caller: string;
  readonly region: string;
  /** `AWS`, or the address asked instead. */
  readonly endpoint: string;
  /** What answers there, where it is known not to be AWS. */
  readonly server: string | null;
  /** Slug of the control, and its number. */
  readonly name: string;
  readonly control: string;
  readonly level: DrillLevel;
  /** `rang`: a bell was rung to its end. `holds`: all that was looked at holds. */
  readonly outcome: 'rang' | 'holds' | 'broken' | 'unproven';
  readonly steps: readonly DrillStep[];
  /** What this drill did not prove. */
  readonly notProved: readonly string[];
  /** What the drill made and could not take away again, with the command that does. */
  readonly left: readonly string[];
}

export const step = (
  link: DrillStep['link'],
  name: string,
  holds: DrillStep['holds'],
  says: string,
  after: number | null = null,
): DrillStep => ({ link, name, after, holds, says });

/** What came of all steps together. */
export function outcomeOf(steps: readonly DrillStep[]): DrillProof['outcome'] {
  // Somebody was told, be it by another way than this chain.
  if (steps.some(({ link, holds }) => link === 'receipt' && holds === true)) return 'rang';
  if (steps.some(({ holds }) => holds === false)) return 'broken';
  if (steps.some(({ holds }) => holds === null)) return 'unproven';
  return steps.some(({ link }) => link === 'subscription') ? 'rang' : 'holds';
}
