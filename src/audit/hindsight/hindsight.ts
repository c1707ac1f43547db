import type { JsonObject } from '../../pattern/index.ts';
import { filterRule, ruleMatches } from '../../pattern/index.ts';
import { drillIdOf } from '../../trail/drill-record.ts';
import { type SessionSummary, sessionSummary } from '../../trail/headline.ts';
import type { Benchmark } from '../controls/benchmark.ts';
import { DEFAULT_BENCHMARK } from '../controls/benchmark.ts';
import { findControl } from '../controls/find-control.ts';
import type { Finding } from '../finding.ts';
import { AccountView } from '../judge/account-view.ts';
import { judge } from '../judge/judge.ts';
import type { JudgeOptions } from '../judge/judge-options.ts';
import { isRelated } from '../judge/related.ts';
import { type Target, targetOf } from '../judge/target.ts';
import { isValid } from '../judge/valid-pattern.ts';
import { type Scenario, StateError } from '../state.ts';
import { type AlarmHistory, readAlarmHistory, type Telling } from './alarm-history.ts';
import { type Use, usesIn } from './sessions.ts';

/** What happened, beside what the account looks like now. */
export interface Past {
  /** CloudTrail records of the account; those that the control is not about are left aside. */
  readonly records: readonly JsonObject[];
  /** Items of DescribeAlarmHistory, each with `account` and `region`. */
  readonly history: unknown;
  /** Milliseconds since 1970 back to which the history reaches: AWS keeps it for 30 days. */
  readonly historySince: number;
}

/** One use of what the control is about, and whether a bell rang for it. */
export interface JudgedUse {
  readonly session: SessionSummary;
  readonly outcome: 'rang' | 'missed' | 'unknown';
  /** The alarm that told somebody, and how long after the first event. */
  readonly ring: { readonly alarm: string; readonly at: string; readonly afterSeconds: number } | null;
  /** A sentence: which alarm told whom, or why none did. */
  readonly because: string;
}

export interface Hindsight {
  readonly control: string;
  readonly name: string;
  readonly account: string;
  readonly uses: readonly JudgedUse[];
  readonly rang: number;
  readonly missed: number;
  readonly unknown: number;
  /** Rings that no use explains. */
  readonly otherRings: number;
  /** `Root was used 4 times, the bell rang for 2 of them; 2 were missed.` */
  readonly says: string;
  /** What is judged of the account as it is now. */
  readonly now: Finding;
}

/** CloudTrail delivers within minutes as a rule, and an alarm's period comes on top. */
const LATEST_RING = 30 * 60_000;
/** Clocks of AWS services differ by seconds. */
const CLOCK_SKEW = 60_000;

/**
 * Holds what really happened against what the alarms did: which uses rang a bell, which did not, and why.
 * @throws StateError for a control without a chain, and for a history that is none
 */
export function hindsight(scenario: Scenario, past: Past, options: JudgeOptions, control = 'root-usage'): Hindsight {
  const benchmark: Benchmark = options.benchmark ?? DEFAULT_BENCHMARK;
  const found = findControl(control, benchmark);
  if ('problem' in found) throw new StateError(found.problem);
  const target = targetOf(found.control, benchmark, scenario.auditedAccount);
  const [now] = judge(scenario, { ...options, benchmark, controls: [found.control.slug] });
  if (!now) throw new StateError(`${control} is not in ${benchmark}`);
  // A drill looks like root, and was nobody.
  const records = past.records
    .filter((record) => drillIdOf(record) === undefined)
    .filter((record) => ruleMatches(target.rule, JSON.stringify(record)));
  const look: Look = { view: new AccountView(scenario), target, history: readAlarmHistory(past.history), past, now };
  const alarms = alarmsFor(look);
  const uses = usesIn(records).map((use) => judgeUse(use, alarms, look));
  const count = (outcome: JudgedUse['outcome']): number => uses.filter((use) => use.outcome === outcome).length;
  const rings = look.history.tellings.filter(({ alarm, outcome }) => outcome === 'Succeeded' && alarms.has(alarm));
  const told = { rang: count('rang'), missed: count('missed'), unknown: count('unknown') };
  return {
    control: found.number,
    name: found.control.slug,
    account: scenario.auditedAccount,
    uses,
    ...told,
    otherRings: rings.filter((ring) => isForAlarmState(look.history, ring) && !uses.some((use) => answers(ring, use)))
      .length,
    says: summary(found.control.slug, uses.length, told),
    now,
  };
}

interface Look {
  readonly view: AccountView;
  readonly target: Target;
  readonly history: AlarmHistory;
  readonly past: Past;
  readonly now: Finding;
}

/** The alarms that are on metrics fed for this control, and the composite alarms of their places. */
function alarmsFor({ view, target, history }: Look): ReadonlySet<string> {
  const { metricFilters, alarms } = view.scenario.state;
  const metrics = new Set(
    metricFilters
      .filter(({ filterPattern }) => isRelated(filterPattern, target))
      .flatMap(({ account, region, metricTransformations }) =>
        metricTransformations.map(
          ({ metricName, metricNamespace }) => `${account}/${region}/${metricNamespace}/${metricName}`,
        ),
      ),
  );
  const watching = alarms.filter(({ account, region, Namespace, MetricName, Metrics = [], type }) =>
    type === 'composite'
      ? metrics.size > 0
      : [{ Namespace, MetricName }, ...Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric ?? [])].some((metric) =>
          metrics.has(`${account}/${region}/${metric.Namespace}/${metric.MetricName}`),
        ),
  );
  const names = watching.map(({ account, region, AlarmName }) => `${account}/${region}/${AlarmName}`);
  // An alarm that was deleted since has a history all the same.
  const known = new Set(alarms.map(({ account, region, AlarmName }) => `${account}/${region}/${AlarmName}`));
  const gone = history.transitions.map(({ alarm }) => alarm).filter((alarm) => !known.has(alarm));
  return new Set([...names, ...gone]);
}

const iso = (at: number): string => new Date(at).toISOString();

function judgeUse({ session, records }: Use, alarms: ReadonlySet<string>, look: Look): JudgedUse {
  const { history, past } = look;
  const summed = sessionSummary(session);
  const own = <Item extends { alarm: string }>(items: readonly Item[]): readonly Item[] =>
    items.filter(({ alarm }) => alarms.has(alarm));
  const isNear = ({ at }: { at: number }): boolean =>
    at >= session.firstAt - CLOCK_SKEW && at <= session.lastAt + LATEST_RING;
  const tellings = own(history.tellings)
    .filter(isNear)
    .filter((telling) => isForAlarmState(history, telling));
  const ring = tellings.find(({ outcome }) => outcome === 'Succeeded');
  if (ring) {
    const afterSeconds = Math.max(0, Math.round((ring.at - session.firstAt) / 1_000));
    return {
      session: summed,
      outcome: 'rang',
      ring: { alarm: ring.name, at: iso(ring.at), afterSeconds },
      because: `Alarm ${ring.name} told ${ring.topic || 'its topic'} ${spanOf(afterSeconds)} after the first event.`,
    };
  }
  const missed = (because: string, outcome: 'missed' | 'unknown' = 'missed'): JudgedUse => ({
    session: summed,
    outcome,
    ring: null,
    because,
  });
  if (session.firstAt < past.historySince)
    return missed(`The history of alarms reaches back to ${iso(past.historySince)} only.`, 'unknown');
  if (look.view.denies('cloudwatch:DescribeAlarmHistory', { account: look.view.account, region: look.now.region }))
    return missed('The history of alarms could not be read.', 'unknown');
  const [untold] = tellings;
  if (untold?.outcome === 'Muted')
    return missed(`Alarm ${untold.name} went off, but a mute rule kept it from telling anybody.`);
  if (untold)
    return missed(
      `Alarm ${untold.name} went off, but could not tell ${untold.topic || 'its topic'}: ${untold.error || 'the action failed'}.`,
    );
  const entered = own(history.transitions).find((transition) => transition.to === 'ALARM' && isNear(transition));
  if (entered)
    return missed(
      `Alarm ${entered.name} went off at ${iso(entered.at)}, but told nobody: it had no action then, or its actions were switched off.`,
    );
  return missed(whySilent({ session, records }, alarms, look));
}

/** Why no alarm changed its state. */
function whySilent({ session, records }: Use, alarms: ReadonlySet<string>, look: Look): string {
  const { history, view, target, now } = look;
  if (alarms.size === 0) return `No alarm is there for it. ${now.reason}`;
  for (const alarm of alarms) {
    const before = history.transitions
      .filter((transition) => transition.alarm === alarm && transition.at < session.firstAt)
      .at(-1);
    if (before?.to !== 'ALARM') continue;
    const after = history.transitions.find(
      (transition) => transition.alarm === alarm && transition.at >= session.firstAt,
    );
    const until = after ? ` until ${iso(after.at)}` : '';
    return `Alarm ${before.name} was in ALARM already, since ${iso(before.at)}${until}: an alarm rings when it goes off, not while it is on.`;
  }
  const created = history.created.filter(({ alarm }) => alarms.has(alarm));
  const [first] = created;
  if (first && created.length >= alarms.size && first.at > session.firstAt)
    return `Alarm ${first.name} was created only afterwards, at ${iso(first.at)}.`;
  const patterns = view.scenario.state.metricFilters
    .map(({ filterPattern }) => filterPattern)
    .filter((text) => isValid(text) && isRelated(text, target));
  const messages = records.map((record) => JSON.stringify(record));
  if (patterns.length > 0 && !messages.some((message) => ruleMatches(filterRule(...patterns), message)))
    return `No metric filter matches what was done. ${now.verdict === 'PASS' ? '' : now.reason}`.trim();
  if (now.verdict === 'FAIL') return `The chain is broken, as it stands now: ${now.reason}`;
  const changed = history.changed.find(({ alarm, at }) => alarms.has(alarm) && at > session.firstAt);
  if (changed)
    return `No alarm went off. Alarm ${changed.name} was changed afterwards, at ${iso(changed.at)}; the chain may have been broken before.`;
  return `No alarm went off, although the chain holds as it stands now: it was mended since, or the events came too late. ${now.verdict === 'PASS' ? '' : now.reason}`.trim();
}

/** Whether the alarm had just entered ALARM, rather than gone back to OK, when it told. */
function isForAlarmState({ transitions }: AlarmHistory, { alarm, at }: Telling): boolean {
  const last = transitions.filter((transition) => transition.alarm === alarm && transition.at <= at + 5_000).at(-1);
  return last === undefined || last.to === 'ALARM';
}

const answers = (ring: Telling, use: JudgedUse): boolean => {
  const [from, to] = [Date.parse(use.session.started) - CLOCK_SKEW, Date.parse(use.session.ended) + LATEST_RING];
  return ring.at >= from && ring.at <= to;
};

const spanOf = (seconds: number): string =>
  seconds < 120 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`;

function summary(
  slug: string,
  uses: number,
  { rang, missed, unknown }: { rang: number; missed: number; unknown: number },
): string {
  const subject = slug === 'root-usage' ? 'Root was used' : 'It happened';
  if (uses === 0) return slug === 'root-usage' ? 'Root was not used.' : 'It did not happen.';
  const times = uses === 1 ? 'once' : uses === 2 ? 'twice' : `${uses} times`;
  if (rang === uses) return `${subject} ${times}, and the bell rang ${uses === 1 ? 'for it' : 'each time'}.`;
  const parts = [rang === 0 ? 'the bell never rang' : `the bell rang for ${rang} of them`];
  if (missed > 0) parts.push(missed === 1 ? '1 was missed' : `${missed} were missed`);
  if (unknown > 0) parts.push(`of ${unknown} nobody can say`);
  return `${subject} ${times}; ${parts.join(', ')}.`;
}
