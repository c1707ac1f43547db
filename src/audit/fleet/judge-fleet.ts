import { logGroupOf } from '../collect/arn.ts';
import type { Collected } from '../collect/collect-account.ts';
import { scenarioOf } from '../collect/scenario-of.ts';
import type { Denial } from '../collect/watched-door.ts';
import type { Finding } from '../finding.ts';
import { judge } from '../judge/judge.ts';
import type { JudgeOptions } from '../judge/judge-options.ts';
import type { Scenario } from '../state.ts';
import type { AccountReading } from './collect-fleet.ts';

/** Controls about the account itself: no chain elsewhere can answer for them. */
const OWN_CONTROLS: readonly string[] = ['security-hub-enabled'];

export interface FleetVerdicts {
  readonly findings: readonly Finding[];
  /** What was judged, by account; an account that others answer for has none. */
  readonly scenarios: ReadonlyMap<string, Scenario>;
  readonly notes: readonly string[];
}

/**
 * Judges every account that was read. A chain on an organization's trail is judged once, in the
 * account that owns its log group, and a PASS credited to the members whose events it gets.
 * @param options its `controls` are slugs
 * @param isOrganization whether all accounts were listed as members of the caller's organization, so
 *   that its trail also covers those that could not be entered
 */
export function judgeFleet(
  readings: readonly AccountReading[],
  options: JudgeOptions & { readonly controls: readonly string[] },
  isOrganization: boolean,
): FleetVerdicts {
  const byAccount = new Map(readings.map((reading) => [reading.audited.account, reading]));
  const collected = new Map(
    readings.filter(({ entered }) => entered).map(({ collected: part }) => [part.account, part] as const),
  );
  const owners = chainOwners(readings);
  const judged = new Map<string, readonly Finding[]>();
  const scenarios = new Map<string, Scenario>();
  for (const reading of readings) scenarios.set(reading.audited.account, scenarioFor(reading, byAccount, collected));
  const judgeOne = (account: string, controls = options.controls): readonly Finding[] =>
    controls.length === 0 ? [] : judge(scenarios.get(account)!, { ...options, controls });
  for (const owner of owners) if (byAccount.get(owner)?.entered) judged.set(owner, judgeOne(owner));
  const credits = creditable(owners, byAccount, judged);
  const findings = readings.flatMap((reading) => {
    const { account } = reading.audited;
    const known = judged.get(account);
    if (known) return known;
    const trails = reading.collected.part.trails.map(({ describe }) => describe.TrailARN);
    const covers = (credit: Finding): boolean =>
      reading.entered ? trails.includes(credit.path.trail ?? '') : isOrganization;
    const credited = new Map(credits.filter(covers).map((credit) => [credit.name, creditedTo(account, credit)]));
    const own = judgeOne(
      account,
      options.controls.filter((slug) => !credited.has(slug)),
    );
    const all = new Map([...credited, ...own.map((finding) => [finding.name, finding] as const)]);
    return options.controls.flatMap((slug) => all.get(slug) ?? []);
  });
  const unentered = readings.filter(({ entered }) => !entered).length;
  const notes = unentered > 0 ? [`${unentered} of ${readings.length} accounts could not be entered`] : [];
  return { findings, scenarios, notes };
}

function scenarioFor(
  reading: AccountReading,
  byAccount: ReadonlyMap<string, AccountReading>,
  collected: ReadonlyMap<string, Collected>,
): Scenario {
  const { collected: own, audited, entered } = reading;
  return scenarioOf(own, collected, denialsFor(reading, byAccount), audited.region, entered);
}

/** Accounts that own log groups of organization trails. */
function chainOwners(readings: readonly AccountReading[]): ReadonlySet<string> {
  const trails = readings.flatMap(({ collected }) => collected.part.trails);
  return new Set(
    trails
      .filter(({ describe }) => describe.IsOrganizationTrail)
      .flatMap(({ describe }) => logGroupOf(describe.CloudWatchLogsLogGroupArn)?.account ?? []),
  );
}

/** What was denied in the account and in those that its trails deliver to. */
function denialsFor(reading: AccountReading, byAccount: ReadonlyMap<string, AccountReading>): Denial[] {
  const owners = reading.collected.part.trails.flatMap(
    ({ describe }) => logGroupOf(describe.CloudWatchLogsLogGroupArn)?.account ?? [],
  );
  const others = new Set(owners.filter((owner) => owner !== reading.audited.account));
  return [...reading.denials, ...[...others].flatMap((owner) => byAccount.get(owner)?.denials ?? [])];
}

/** Passing chains on organization trails whose filters look at every account's events alike. */
function creditable(
  owners: ReadonlySet<string>,
  byAccount: ReadonlyMap<string, AccountReading>,
  judged: ReadonlyMap<string, readonly Finding[]>,
): Finding[] {
  return [...owners].flatMap((owner) => {
    const part = byAccount.get(owner)?.collected.part;
    // A filter that selects by account may pass for its owner and miss the members.
    if (!part || part.metricFilters.some(({ fieldSelectionCriteria }) => fieldSelectionCriteria)) return [];
    const shared = new Set(
      part.trails.filter(({ describe }) => describe.IsOrganizationTrail).map(({ describe }) => describe.TrailARN),
    );
    return (judged.get(owner) ?? []).filter(
      ({ verdict, name, path }) => verdict === 'PASS' && !OWN_CONTROLS.includes(name) && shared.has(path.trail ?? ''),
    );
  });
}

const creditedTo = (account: string, credit: Finding): Finding => ({
  ...credit,
  account,
  evidence: [
    ...credit.evidence,
    {
      source: 'organization trail',
      about: credit.path.trail ?? '',
      fact: `One chain in account ${credit.account} rings for every member; it was judged there.`,
    },
  ],
});
