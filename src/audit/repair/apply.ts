import type { RepairPlan } from './plan.ts';
import { callOf, type Step } from './step.ts';

/** The way to AWS: makes one call and gives its answer. Rejects with AWS's error, `name` being its code. */
export type MakeCall = (step: Step) => Promise<Readonly<Record<string, unknown>>>;

export interface ApplySettings {
  readonly call: MakeCall;
  /** Names and ARNs of foreign resources that the user allows to be changed. */
  readonly allowed: ReadonlySet<string>;
  /** Told of each step when it is over. */
  readonly done?: (outcome: StepOutcome) => void;
}

export interface StepOutcome {
  readonly step: Step;
  /** `was there` where an earlier run had made it; `left out` where the user has not allowed it. */
  readonly outcome: 'done' | 'was there' | 'left out' | 'failed' | 'not tried';
  readonly error?: string;
  readonly answer?: Readonly<Record<string, unknown>>;
}

/** Errors that say that an earlier run of the same plan got so far. */
const THERE = new Set(['ResourceAlreadyExistsException', 'TrailAlreadyExistsException']);

/**
 * Does the steps of plans in order, each once though several plans hold it. A plan ends at its first step
 * that is left out or fails, since the rest stands on it; the other plans go on. Every call only adds or
 * sets, so a run that was interrupted anywhere is completed by another.
 */
export async function applyPlans(
  plans: readonly Pick<RepairPlan, 'steps'>[],
  settings: ApplySettings,
): Promise<StepOutcome[]> {
  const outcomes = new Map<string, StepOutcome>();
  for (const { steps } of plans) {
    let broken = false;
    for (const step of steps) {
      const key = JSON.stringify([callOf(step), step.scope, step.input]);
      const known = outcomes.get(key);
      if (known && known.outcome !== 'not tried') {
        broken ||= !isFine(known);
        continue;
      }
      const outcome = broken ? ({ step, outcome: 'not tried' } as const) : await applyStep(step, settings);
      outcomes.set(key, outcome);
      settings.done?.(outcome);
      broken ||= !isFine(outcome);
    }
  }
  return [...outcomes.values()];
}

const isFine = ({ outcome }: StepOutcome): boolean => outcome === 'done' || outcome === 'was there';

async function applyStep(step: Step, { call, allowed }: ApplySettings): Promise<StepOutcome> {
  if (step.foreign && !isAllowed(step, allowed)) return { step, outcome: 'left out' };
  try {
    return { step, outcome: 'done', answer: await call(step) };
  } catch (error) {
    const { name, message } = error as Error;
    if (THERE.has(name)) return { step, outcome: 'was there' };
    return { step, outcome: 'failed', error: `${name}: ${message}` };
  }
}

function isAllowed({ change }: Step, allowed: ReadonlySet<string>): boolean {
  if (!change) return false;
  const name = change.resource.split(/[/:]/).at(-1) ?? '';
  return allowed.has(change.resource) || allowed.has(name);
}
