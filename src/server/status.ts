import { listSilences } from '../chain/answers/silences.ts';
import { type DeadLetters, deadLetters } from '../chain/deliveries/dead-letters.ts';
import { type ChainState, chainStates } from '../chain/health/chain-states.ts';
import { deafHeartbeats } from '../chain/health/deaf-heartbeats.ts';
import { idleSilences } from '../chain/health/silence-problems.ts';
import { type IntakeFailure, intakeFailures } from '../chain/trails/intake-failures.ts';
import type { ForwardState } from '../forward/forward-states.ts';
import type { IntakeState } from '../intake/fetch/intake-state.ts';
import { isSetAside } from '../intake/object-marks.ts';
import type { Store } from '../store/store.ts';
import { organizationProblem } from './account-names/organization-names.ts';
import { type LastDrill, lastDrill } from './drill/last-drill.ts';
import { forwardProblems } from './forward-problems.ts';
import { lagWarnings } from './intakes/lag-warnings.ts';
import { type ControlState, controlStates } from './own-chains/control-state.ts';
import type { OwnChains } from './own-chains/own-chains.ts';
import type { HeartbeatState } from './watchdog/outside-heartbeat.ts';

/** The answer of `GET /api/v1/status`, and of `trailbell status --json`. */
export interface EngineStatus {
  /** False when a chain cannot ring, or something was lost. */
  readonly ok: boolean;
  readonly endpoint: string;
  readonly mail: 'smtp' | 'kept on this machine';
  readonly chains: readonly ChainState[];
  /** What `trailbell audit` says of each control that somebody means to be told of. */
  readonly controls: readonly ControlState[];
  /** Rings in the last 24 hours. */
  readonly rings: number;
  readonly deliveries: {
    readonly waiting: number;
    readonly dead: number;
    /** What was given up, by subscription and reason. */
    readonly givenUp: readonly DeadLetters[];
  };
  readonly intake: {
    readonly damaged: number;
    /** What brings no records at the moment although it should. */
    readonly failing: readonly IntakeFailure[];
    /** The intakes that fetch. */
    readonly sources: readonly IntakeState[];
  };
  /** The last drill of the schedule (--drill-every); null where there was none. */
  readonly drill: LastDrill | null;
  /** Since when a drill of the schedule is overdue; null where none is. */
  readonly drillOverdueSince: number | null;
  /** How the heartbeat to an address outside goes (--heartbeat-url); null where there is none. */
  readonly heartbeat: HeartbeatState | null;
  /** What goes on to other systems. */
  readonly forwards: readonly ForwardState[];
  readonly warnings: readonly string[];
}

export interface StatusSettings {
  readonly endpoint: string;
  readonly mailConfigured: boolean;
  readonly now: number;
  readonly own: OwnChains;
  readonly forwards?: (() => Promise<readonly ForwardState[]>) | undefined;
  readonly intakes: () => readonly IntakeState[];
  /** Undefined where there is no schedule of drills. */
  readonly drillOverdueSince?: ((now: number) => number | null) | undefined;
  /** Undefined where there is no heartbeat to the outside. */
  readonly heartbeat?: (() => HeartbeatState | undefined) | undefined;
}

const DAY = 86_400_000;
/** Subscriptions and reasons of what was given up. */
const LISTED = 50;

export async function engineStatus(store: Store, settings: StatusSettings): Promise<EngineStatus> {
  const { read } = store;
  const forwards = (await settings.forwards?.()) ?? [];
  const [chains, rings, deliveries, damaged, givenUp, drill, silences, deaf, failing, findings] = await Promise.all([
    chainStates(read, settings),
    read
      .selectFrom('rings')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('at', '>=', settings.now - DAY)
      .executeTakeFirstOrThrow(),
    read
      .selectFrom('deliveries')
      .select(({ fn }) => ['status', fn.countAll<number>().as('count')])
      .where('status', 'in', ['waiting', 'dead'])
      .groupBy('status')
      .execute(),
    read
      .selectFrom('intake_objects')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where(isSetAside)
      .executeTakeFirstOrThrow(),
    deadLetters(read, LISTED),
    lastDrill(read),
    listSilences(read, settings.now),
    deafHeartbeats(read),
    intakeFailures(read),
    settings.own.findings(),
  ]);
  const count = (status: string): number => deliveries.find((row) => row.status === status)?.count ?? 0;
  const controls = controlStates(findings, chains);
  const warnings: string[] = [];
  if (chains.length === 0) warnings.push('there is no alarm: start with --cis, or create one with put-metric-alarm');
  if (!settings.mailConfigured)
    warnings.push('mail is not configured: mails are kept, readable in the console (--smtp)');
  if (damaged.count > 0) warnings.push(`${damaged.count} damaged files were set aside; the console lists them`);
  if (drill?.failed) warnings.push(`the last drill did not ring: ${drill.failed} (trailbell drill)`);
  const sources = settings.intakes();
  warnings.push(...lagWarnings(sources).map(({ says, fix }) => `${says}: ${fix}`));
  for (const { source, error } of failing) warnings.push(`${source} cannot be read: ${error}`);
  for (const { id, matcher } of idleSilences(silences, chains))
    warnings.push(`silence ${id} fits no alarm: ${JSON.stringify(matcher)} (trailbell silence list)`);
  const drillOverdueSince = settings.drillOverdueSince?.(settings.now) ?? null;
  if (drillOverdueSince !== null)
    warnings.push(`a drill is overdue since ${new Date(drillOverdueSince).toISOString()}`);
  const heartbeat = settings.heartbeat?.() ?? null;
  if (heartbeat?.failing)
    warnings.push(`the heartbeat to the outside does not arrive: ${heartbeat.failing} (--heartbeat-url)`);
  for (const topic of deaf)
    warnings.push(`the heartbeats of ${topic} go to nobody: no subscription to it is confirmed (aws sns subscribe)`);
  for (const { says, fix } of forwardProblems(forwards)) warnings.push(`${says} (${fix})`);
  const isLosing = forwards.some(({ setAside, lostUnseen }) => setAside > 0 || lostUnseen > 0);
  const unnamed = await organizationProblem(read);
  if (unnamed !== undefined) warnings.push(unnamed);
  const dead = count('dead');
  return {
    ok:
      chains.length > 0 &&
      chains.every((chain) => chain.canRing) &&
      controls.every(({ verdict }) => verdict !== 'FAIL') &&
      failing.length === 0 &&
      !sources.some(({ isLagging }) => isLagging) &&
      dead === 0 &&
      !drill?.failed &&
      drillOverdueSince === null &&
      !isLosing,
    endpoint: settings.endpoint,
    mail: settings.mailConfigured ? 'smtp' : 'kept on this machine',
    chains,
    controls,
    rings: rings.count,
    deliveries: { waiting: count('waiting'), dead, givenUp },
    intake: { damaged: damaged.count, failing, sources },
    drill,
    drillOverdueSince,
    heartbeat,
    forwards,
    warnings,
  };
}
