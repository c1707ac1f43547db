import { readFileSync } from 'node:fs';
import { logGroupOf } from '../audit/collect/arn.ts';
import { controlTowerNote } from '../audit/collect/control-tower.ts';
import { Pace } from '../audit/collect/pace.ts';
import { replay } from '../audit/collect/replay.ts';
import { type OpenDoor, openWire } from '../audit/collect/sdk-door.ts';
import { WatchedDoor } from '../audit/collect/watched-door.ts';
import { DEFAULT_BENCHMARK } from '../audit/controls/benchmark.ts';
import { findJudged, judgedControls, slugOf } from '../audit/controls/judged-control.ts';
import type { Finding } from '../audit/finding.ts';
import { type AccountReading, collectFleet } from '../audit/fleet/collect-fleet.ts';
import { type FleetVerdicts, judgeFleet } from '../audit/fleet/judge-fleet.ts';
import { sideBySide } from '../audit/fleet/side-by-side.ts';
import { readAccounts, type Target, TargetError, targetsOf } from '../audit/fleet/targets.ts';
import type { Replay, Report } from '../audit/report/report.ts';
import { systemClock } from '../base/clock.ts';
import { systemIds } from '../base/ids.ts';
import { version } from '../base/version.ts';
import type { AuditOptions } from './audit.ts';
import { baseCaller, type Caller, doorInto, identityLine } from './audit-caller.ts';
import { openResume, saveEvidence } from './audit-files.ts';
import { lookBack } from './audit-past.ts';
import { judgeOptions } from './audit-snapshot.ts';
import { CommandError, type Terminal } from './terminal.ts';

/** Accounts at a time, and connections for all of them. */
const WIDTH = 24;
const CONNECTIONS = 128;
const PROGRESS_EVERY = 20;

/** Asks the caller's accounts and judges them. Says first who asks what, where. */
export async function auditLive(options: AuditOptions, terminal: Terminal): Promise<Report> {
  const clock = systemClock;
  const pace = new Pace(clock, systemIds);
  const wire = openWire(CONNECTIONS);
  // Waiting for a rate to allow the next call keeps no process alive by itself.
  const hold = setInterval(() => undefined, 60_000);
  try {
    const caller = await baseCaller(options, wire, pace);
    terminal.note(identityLine(caller));
    const asked = slugsAsked(options);
    const targets = await findTargets(options, caller, pace);
    if (targets.length > 1) terminal.note(`auditing ${targets.length} accounts`);
    const resume = openResume(options.resume, caller);
    const readings = await collectFleet(
      targets,
      { region: caller.region, withSecurityHub: asked.includes(SECURITY_HUB) },
      {
        clock,
        pace,
        open: (target) => doorInto(target, caller, options, wire, pace),
        width: WIDTH,
        keepAnswers: options.save !== undefined,
        endpoint: caller.endpoint,
        known: resume.known,
        onRead(reading, done, all) {
          resume.add(reading);
          if (all > 1 && (done % PROGRESS_EVERY === 0 || done === all))
            terminal.note(`${done} of ${all} accounts read`);
        },
      },
    );
    const controls = withoutSecurityHub(asked, options, readings, caller.endpoint);
    const judging = { ...judgeOptions(options, clock.now()), controls };
    const verdicts = judgeFleet(readings, judging, options.org === true);
    const open = (account: string): OpenDoor =>
      doorInto(targets.find((target) => target.account === account)!, caller, options, wire, pace);
    const replays = options.replay ? await replayAll(readings, verdicts, open, pace) : [];
    const past = options.hindsight
      ? await lookBack(readings, verdicts.scenarios, {
          path: options.hindsight === true ? undefined : options.hindsight,
          options: judging,
          pace,
          open,
        })
      : undefined;
    if (options.save !== undefined) saveEvidence(options.save, verdicts.scenarios, readings);
    const note = controlTowerNote(verdicts.findings);
    const unserved =
      controls.length < asked.length ? ['Security Hub was not judged: this endpoint does not serve it'] : [];
    return {
      at: clock.now(),
      version: version(),
      audited: readings.map(({ audited }) => audited),
      findings: verdicts.findings,
      denials: [...readings.flatMap(({ denials }) => denials), ...(past?.denials ?? [])],
      replays,
      notes: [...verdicts.notes, ...(note === undefined ? [] : [note]), ...unserved, ...(past?.notes ?? [])],
      ...(past && { hindsights: past.hindsights }),
    };
  } finally {
    clearInterval(hold);
    wire.destroy();
  }
}

const SECURITY_HUB = slugOf({ kind: 'security-hub' });

/** The controls asked for, by slug; all of the benchmark's without a wish. */
function slugsAsked({ control, benchmark = DEFAULT_BENCHMARK }: AuditOptions): string[] {
  if (control.length === 0) return judgedControls(benchmark).map(slugOf);
  const found = control.map((name) => findJudged(name, benchmark));
  return [...new Set(found.flatMap((one) => ('problem' in one ? [] : slugOf(one))))];
}

/** An engine that is not AWS has no Security Hub to judge, unless somebody asks. */
function withoutSecurityHub(
  asked: readonly string[],
  options: AuditOptions,
  readings: readonly AccountReading[],
  endpoint: string,
): readonly string[] {
  const isTold = readings.some(
    ({ collected, denials }) =>
      collected.part.enabledRegions !== undefined ||
      denials.some(({ permission }) => permission === 'account:ListRegions'),
  );
  if (endpoint === 'AWS' || options.control.length > 0 || isTold) return asked;
  return asked.filter((slug) => slug !== SECURITY_HUB);
}

async function findTargets(options: AuditOptions, caller: Caller, pace: Pace): Promise<Target[]> {
  const { role, org = false, accounts, exclude, roleName } = options;
  const door = new WatchedDoor(caller.account, caller.door, pace, systemClock, false);
  try {
    const named = accounts === undefined ? undefined : readAccounts(readFileSync(accounts, 'utf8'));
    const wish = { roles: role, org, accounts: named, exclude, roleName };
    const targets = await targetsOf(wish, door, caller.arn, caller.region);
    if (targets.length === 0) throw new CommandError('no account is left to audit');
    return targets;
  } catch (error) {
    if (error instanceof TargetError) throw new CommandError(error.message);
    if ((error as NodeJS.ErrnoException).code !== undefined) {
      throw new CommandError(`--accounts ${accounts} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
    }
    throw error;
  }
}

/** Asks the endpoint's own matcher about each counterexample, where the caller may, in the account that owns the chain. */
async function replayAll(
  readings: readonly AccountReading[],
  verdicts: FleetVerdicts,
  open: (account: string) => OpenDoor,
  pace: Pace,
): Promise<Report['replays']> {
  const owned = ({ path, account }: Finding): boolean =>
    (logGroupOf(path.logGroup)?.account ?? account) === account && path.logGroup !== undefined;
  const failed = verdicts.findings.filter(
    (finding) => finding.verdict === 'FAIL' && finding.counterexample !== null && owned(finding),
  );
  const accounts = readings.filter(({ entered }) => entered).map(({ audited }) => audited.account);
  const said = await sideBySide(accounts, WIDTH, async (account) => {
    const own = failed.filter((finding) => finding.account === account);
    const scenario = verdicts.scenarios.get(account);
    if (own.length === 0 || !scenario) return [];
    const way = open(account);
    const door = new WatchedDoor(account, way, pace, systemClock, false);
    const answers: (Replay | undefined)[] = [];
    for (const finding of own) answers.push(await replay(finding, scenario, door));
    way.close();
    return answers;
  });
  return said.flat().filter((one) => one !== undefined);
}
