/** What one condition of the chain asks, and what is done where it does not hold. */
export interface LinkRule {
  /** Said of the state where it holds. */
  readonly holds: string;
  /** Said of the state where it does not. */
  readonly broken: string;
  readonly fix: string;
}

/**
 * The conditions of a chain, in its order. The codes are those of the findings' `brokenLinks`: they
 * are stable, and reports and tools may rely on them.
 */
export const LINKS = {
  T1: {
    holds: 'A trail records all regions.',
    broken: 'No trail records all regions.',
    fix: 'Create a multi-region trail, or make one of the trails multi-region.',
  },
  T2: {
    holds: 'The trail is logging.',
    broken: 'The trail is switched off: nothing is recorded.',
    fix: 'Start the trail.',
  },
  T3: {
    holds: 'The trail records all management events.',
    broken: 'The trail leaves out management events.',
    fix: 'Record all management events, read and write, with no source excluded.',
  },
  T4: {
    holds: 'The trail delivers to a log group.',
    broken: 'The trail delivers to no log group.',
    fix: 'Give the trail a log group and a role that may write to it.',
  },
  T5: {
    holds: 'Events arrive in the log group.',
    broken: 'Events do not arrive in the log group.',
    fix: 'Give the trail a role that may create streams and put events into its log group.',
  },
  L1: {
    holds: 'The log group can be read and filtered.',
    broken: 'The log group cannot be read, or cannot have metric filters.',
    fix: 'Audit the account that owns the log group too, or use a log group of class STANDARD.',
  },
  F1: {
    holds: 'The log group has metric filters for these events.',
    broken: 'No metric filter on the log group looks for these events.',
    fix: "Create a metric filter with the benchmark's pattern on the trail's log group.",
  },
  F2: {
    holds: 'The filters match every event that they should.',
    broken: 'The filters miss events that they should match.',
    fix: "Add a metric filter with the benchmark's pattern on the same metric.",
  },
  F3: {
    holds: 'One match counts.',
    broken: 'The metric does not tell one match from none.',
    fix: 'Publish 1 for each match, and no default value.',
  },
  F4: {
    holds: 'The filters leave everyday events alone.',
    broken: 'The filters match nearly every event: the alarm never rests, so it cannot ring.',
    fix: "Replace the filter's pattern by the benchmark's.",
  },
  A1: {
    holds: 'An alarm watches this very metric.',
    broken: 'No alarm watches this very metric.',
    fix: 'Create an alarm on the metric: same account, region, namespace, name and dimensions, and no unit.',
  },
  A2: {
    holds: 'One event turns the alarm from OK to ALARM.',
    broken: 'One event does not turn the alarm from OK to ALARM.',
    fix: 'Let the alarm look for a Sum of 1 or more in one period, with missing data not breaching.',
  },
  A3: {
    holds: 'Entering ALARM notifies a topic.',
    broken: 'Entering ALARM notifies no topic.',
    fix: 'Give the alarm a topic as its alarm action, and enable its actions.',
  },
  A4: {
    holds: 'The alarm can ring again.',
    broken: 'The alarm has been in ALARM so long that new events change nothing.',
    fix: 'Find out what keeps the alarm in ALARM; missing data should be treated as notBreaching.',
  },
  S1: {
    holds: 'The topic takes the message of the alarm.',
    broken: 'The topic does not take the message of the alarm.',
    fix: 'Let cloudwatch.amazonaws.com publish to the topic and use its key.',
  },
  S2: {
    holds: 'A confirmed subscriber gets the message.',
    broken: 'No confirmed subscriber gets the message.',
    fix: 'Subscribe somebody to the topic and confirm the subscription.',
  },
  H1: {
    holds: 'Security Hub is on in every enabled region.',
    broken: 'Security Hub is off in a region.',
    fix: 'Enable Security Hub in that region.',
  },
} as const satisfies Readonly<Record<string, LinkRule>>;

export type BrokenLink = keyof typeof LINKS;

/** The codes, in the order of the chain. */
export const LINK_CODES = Object.keys(LINKS) as readonly BrokenLink[];
