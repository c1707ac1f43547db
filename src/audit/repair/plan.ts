import type { BrokenLink } from '../broken-links.ts';
import type { Control } from '../controls/control.ts';
import type { Finding } from '../finding.ts';
import type { Scenario } from '../state.ts';
import { mendAlarm } from './mend-alarm.ts';
import { mendCoverage, mendFilter } from './mend-filters.ts';
import { mendSubscription, mendTopic } from './mend-topic.ts';
import { mendDelivery, mendLogGroup, mendLogging, mendRegions, mendSelectors } from './mend-trail.ts';
import type { RepairOptions } from './repair-options.ts';
import { after } from './simulate.ts';
import { type Situation, situationOf } from './situation.ts';
import { type Blocker, blocked, callOf, type Mend, type Step } from './step.ts';

/** What would make one control's chain whole. */
export interface RepairPlan {
  readonly control: string;
  readonly name: string;
  readonly account: string;
  readonly region: string;
  /** As found. */
  readonly before: Finding;
  /** In the order in which they must be done. */
  readonly steps: readonly Step[];
  /** What stays broken, whatever is called. */
  readonly blockers: readonly Blocker[];
  /** What the judge would say once every step is done and subscribers have confirmed. */
  readonly after: Finding;
}

/** Judges one control in a state. */
export type JudgeControl = (scenario: Scenario) => Finding;

const MENDERS: Readonly<Record<BrokenLink, (situation: Situation) => Mend>> = {
  T1: mendRegions,
  T2: mendLogging,
  T3: mendSelectors,
  T4: mendLogGroup,
  T5: mendDelivery,
  L1: mendLogGroup,
  F1: mendFilter,
  F2: mendCoverage,
  F3: mendFilter,
  F4: mendFilter,
  A1: mendAlarm,
  A2: mendAlarm,
  A3: mendAlarm,
  A4: mendAlarm,
  S1: mendTopic,
  S2: mendSubscription,
  H1: () =>
    blocked(
      'Security Hub is off in an enabled region.',
      'aws securityhub enable-security-hub --region REGION (AWS Config must be on there, and both cost money).',
    ),
};

/** Far more than a chain has links: a plan that does not come to an end is a fault of ours. */
const MOST_ROUNDS = 20;

/**
 * Plans call by call: mends the first broken link of the best chain, judges the state as it would then
 * be, and goes on until the control passes or nothing more can be done. Pure; nothing is called.
 */
export function planRepair(
  scenario: Scenario,
  control: Control,
  judge: JudgeControl,
  options: RepairOptions,
): RepairPlan {
  const before = judge(scenario);
  const steps: Step[] = [];
  const blockers: Blocker[] = [];
  let [state, finding] = [scenario, before];
  for (let round = 0; finding.verdict !== 'PASS'; round += 1) {
    const mend = round < MOST_ROUNDS ? mendFirst(situationOf(state, finding, control, options)) : tooLong(finding);
    if ('blocker' in mend) {
      blockers.push(mend.blocker);
      break;
    }
    // A step that was planned before and changed nothing would be planned for ever.
    const fresh = mend.steps.filter((step) => !steps.some((one) => isSame(one, step)));
    if (fresh.length === 0) {
      blockers.push(noHelp(finding));
      break;
    }
    for (const step of fresh) state = after(state, step);
    steps.push(...fresh);
    finding = judge(state);
  }
  const { region, account } = steps[0]?.scope ?? { region: before.region, account: before.account };
  return { control: before.control, name: before.name, account, region, before, steps, blockers, after: finding };
}

function mendFirst(situation: Situation): Mend {
  const { finding } = situation;
  const link = finding.brokenLink;
  if (finding.verdict === 'UNKNOWN') {
    return blocked(`Nothing is changed on a guess: ${finding.reason}`, finding.fix || 'Give the missing permission.');
  }
  if (finding.verdict === 'REVIEW') {
    return blocked(`Another means may ring already: ${finding.reason}`, 'Prove it with a drill.');
  }
  return link ? MENDERS[link](situation) : noLink(finding);
}

/** Whether two steps are the same call in the same place. */
export const isSame = (one: Step, other: Step): boolean =>
  callOf(one) === callOf(other) &&
  one.scope.account === other.scope.account &&
  one.scope.region === other.scope.region &&
  JSON.stringify(one.input) === JSON.stringify(other.input);

const noLink = ({ reason }: Finding): Mend => blocked(reason, 'The audit names no link that could be mended.');

const noHelp = ({ reason, fix }: Finding): Blocker => ({
  why: `What a repair may add does not help: ${reason}`,
  todo: fix || 'See what the audit says.',
});

const tooLong = (finding: Finding): Mend => ({ blocker: noHelp(finding) });
