import { freshDrill, meansFor } from '../declarations.ts';
import type { Evidence } from '../finding.ts';
import { eventBridgeMeans } from './event-bridge-means.ts';
import type { JudgeOptions } from './judge-options.ts';
import { logGroupNamed } from './log-group-name.ts';
import type { Means } from './means.ts';
import { outcomeOf, type Path } from './path.ts';
import { subscriptionFilterMeans } from './subscription-filter-means.ts';
import { trailLinks } from './trail-links.ts';
import type { Walk } from './walk.ts';

/** What else may ring where the benchmark's chain does not, and what it makes of the verdict. */
export interface OtherMeans {
  /** `proved`: somebody confirmed a drill not long ago. `possible`: a person must decide. */
  readonly kind: 'none' | 'possible' | 'proved';
  readonly says: readonly string[];
  readonly evidence: readonly Evidence[];
}

const NONE: OtherMeans = { kind: 'none', says: [], evidence: [] };

/** Looks beside the chain, once that is not whole. */
export function otherMeans(walk: Walk, path: Path, options: JudgeOptions): OtherMeans {
  if (outcomeOf(path) === 'whole') return NONE;
  const { view, target } = walk;
  const recording = recordingGroups(walk);
  const proof = recording.some(({ isWhole }) => isWhole) ? provedBy(walk, options) : NONE;
  if (proof.kind === 'proved') return proof;
  // CloudTrail hands events on only while a trail is logging.
  const isLogging = view.trails.some(({ status }) => status?.IsLogging === true);
  const groups = new Set(recording.flatMap(({ group }) => group ?? []));
  const found: readonly Means[] = isLogging
    ? [...eventBridgeMeans(view, target), ...subscriptionFilterMeans(view, groups, target)]
    : [];
  const live = found.filter(({ mayRing }) => mayRing);
  return {
    kind: live.length > 0 || proof.kind === 'possible' ? 'possible' : 'none',
    says: [...live.map(({ says }) => says), ...proof.says],
    evidence: [
      ...found.map(({ name, says }) => ({ source: 'other means', about: name, fact: says })),
      ...proof.evidence,
    ],
  };
}

/** The trails that record the target's events, with the log groups that they deliver to. */
function recordingGroups({ view, target, settings }: Walk) {
  return view.trails.map((trail) => {
    const group = logGroupNamed(trail.describe.CloudWatchLogsLogGroupArn);
    const links = trailLinks(view, trail, group, target, settings);
    const holds = (codes: readonly string[]) =>
      links.every(({ code, status }) => status === 'holds' || !codes.includes(code));
    return {
      isWhole: holds(['T1', 'T2', 'T3']),
      group: group && holds(['T2', 'T5']) ? `${group.account}/${group.region}/${group.name}` : undefined,
    };
  });
}

function provedBy({ view, target }: Walk, { declared, now }: JudgeOptions): OtherMeans {
  const means = declared ? meansFor(declared, target.control.slug, view.account) : [];
  for (const each of means) {
    const drill = freshDrill(each, now);
    if (!drill) continue;
    const by = drill.confirmedBy === undefined ? '' : ` by ${drill.confirmedBy}`;
    const says = `${each.name} rang in a drill of ${drill.at}, confirmed at ${drill.confirmedAt}${by}; that holds for ${each.validDays} days.`;
    const event = drill.eventId === undefined ? '' : ` Event ${drill.eventId}.`;
    return { kind: 'proved', says: [says], evidence: [{ source: 'drill', about: each.name, fact: `${says}${event}` }] };
  }
  if (means.length === 0) return NONE;
  const says = means.map(
    ({ name, validDays }) => `${name} is said to ring, but no drill of the last ${validDays} days has been confirmed.`,
  );
  return {
    kind: 'possible',
    says,
    evidence: means.map(({ name }, i) => ({ source: 'declared means', about: name, fact: says[i] ?? '' })),
  };
}
