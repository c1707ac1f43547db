import type { Scope } from '../../base/scope.ts';

/** The services that a repair calls, as the AWS CLI spells them. */
export type RepairService = 'cloudtrail' | 'logs' | 'cloudwatch' | 'sns';

/** What is there already, and how a call changes it. */
export interface Change {
  /** Its name as a user says it with `--change`: an ARN, or the name where there is none. */
  readonly resource: string;
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
}

/** One call of a repair plan. */
export interface Step {
  readonly service: RepairService;
  /** AWS's name, such as `PutMetricFilter`. */
  readonly operation: string;
  readonly scope: Scope;
  /** The members of the request under AWS's names. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly why: string;
  /** Null for a call that only adds. */
  readonly change: Change | null;
  /** True where it changes what is not Trailbell's: only done when the user names the resource. */
  readonly foreign: boolean;
}

/** What no call of ours mends. */
export interface Blocker {
  readonly why: string;
  /** What the user can do, with the option or command. */
  readonly todo: string;
}

export type Mend = { readonly steps: readonly Step[] } | { readonly blocker: Blocker };

export const blocked = (why: string, todo: string): Mend => ({ blocker: { why, todo } });

/** How a step is named on a line: `logs:PutMetricFilter`. */
export const callOf = ({ service, operation }: Step): string => `${service}:${operation}`;
