import { parseArn } from '../../base/scope.ts';
import type { ScannerOpinion } from '../finding.ts';
import type { AccountView } from '../judge/account-view.ts';
import { type LogGroupName, logGroupNamed } from '../judge/log-group-name.ts';
import type { Target } from '../judge/target.ts';
import type { MetricFilter } from '../state.ts';

/** One scanner, as its source or its documentation of the time named has it. */
export interface Scanner {
  readonly tool: string;
  /** What was looked at. */
  readonly as: string;
  opinion(view: AccountView, target: Target): Omit<ScannerOpinion, 'tool'>;
}

/** Scanners run with the credentials of one account: of others they see the trails alone. */
export const ownFilters = (view: AccountView): readonly MetricFilter[] =>
  view.scenario.state.metricFilters.filter(({ account }) => account === view.account);

/** The log groups of all trails, as far as a scanner tells them from the ARN. */
export const trailGroups = (view: AccountView): readonly LogGroupName[] =>
  view.scenario.state.trails.flatMap(({ describe }) => logGroupNamed(describe.CloudWatchLogsLogGroupArn) ?? []);

export const ownAlarms = (view: AccountView) =>
  view.scenario.state.alarms.filter(({ account, type }) => account === view.account && type === 'metric');

export const topicAccount = (arn: string): string => parseArn(arn)?.account ?? '';

/** The text of a regular expression that finds a text as it stands. */
export const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Whether the terms come one after the other, with something between; the earliest place of each decides. */
export function comeInOrder(text: string, terms: readonly RegExp[]): boolean {
  let from = 0;
  for (const term of terms) {
    const found = term.exec(text.slice(from));
    if (!found) return false;
    from += found.index + found[0].length + 1;
  }
  return true;
}
