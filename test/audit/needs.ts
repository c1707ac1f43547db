import type { Scenario } from '../../src/audit/state.ts';
import { parseArn } from '../../src/base/scope.ts';

/** What a server must have for a state to be built in it. */
const NEEDS = {
  'advanced event selectors': ({ state }) => state.trails.some(({ AdvancedEventSelectors }) => AdvancedEventSelectors),
  'a delivery that lost its rights': ({ state }) =>
    state.logGroups.length > 0 && state.trails.some(({ status }) => status?.LatestCloudWatchLogsDeliveryError),
  'organization trails': ({ state }) => state.trails.some(({ describe }) => describe.IsOrganizationTrail),
  'topics of accounts that cannot be read': ({ state, readableAccounts }) =>
    state.alarms.some(({ AlarmActions }) =>
      AlarmActions.some((arn) => !readableAccounts.includes(parseArn(arn)?.account ?? '')),
    ),
  'calls that are denied': ({ deniedCalls }) => deniedCalls.length > 0,
  keys: ({ state }) => state.topics.some(({ KmsMasterKeyId }) => KmsMasterKeyId),
  'EventBridge rules': ({ state }) => state.eventBridgeRules.length > 0,
  'Security Hub': ({ state }) => state.securityHub,
  'composite alarms': ({ state }) => state.alarms.some(({ type }) => type === 'composite'),
  'mute rules': ({ state }) => state.muteRules.length > 0,
  'subscriptions of which none is confirmed': ({ state: { subscriptions } }) =>
    subscriptions.length > 0 && subscriptions.every(({ SubscriptionArn }) => !SubscriptionArn.startsWith('arn:')),
  'system-field dimensions': ({ state }) =>
    state.metricFilters.some(({ emitSystemFieldDimensions }) => emitSystemFieldDimensions?.length),
  'field selections': ({ state }) => state.metricFilters.some(({ fieldSelectionCriteria }) => fieldSelectionCriteria),
} as const satisfies Readonly<Record<string, (scenario: Scenario) => unknown>>;

export type Need = keyof typeof NEEDS;

/** The first thing of `lacking` that a state needs; undefined where a server without them can hold it. */
export const needOf = (scenario: Scenario, lacking: readonly Need[]): Need | undefined =>
  lacking.find((need) => NEEDS[need](scenario));
