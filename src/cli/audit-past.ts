import { createReadStream } from 'node:fs';
import type { Pace } from '../audit/collect/pace.ts';
import { EVENT_DAYS, HISTORY_DAYS, readAlarmHistories, readRootEvents } from '../audit/collect/read-past.ts';
import type { OpenDoor } from '../audit/collect/sdk-door.ts';
import { type Denial, WatchedDoor } from '../audit/collect/watched-door.ts';
import { canonicalPattern } from '../audit/controls/control.ts';
import { CONTROLS } from '../audit/controls/find-control.ts';
import type { AccountReading } from '../audit/fleet/collect-fleet.ts';
import { type Hindsight, hindsight } from '../audit/hindsight/hindsight.ts';
import type { JudgeOptions } from '../audit/judge/judge-options.ts';
import type { Scenario } from '../audit/state.ts';
import { systemClock } from '../base/clock.ts';
import { compilePattern, type JsonObject } from '../pattern/index.ts';
import { readRecords } from '../trail/documents.ts';
import { recipientOf } from '../trail/record.ts';
import { filesUnder } from './ingest.ts';

const DAY = 86_400_000;
const ROOT_USAGE = 'root-usage';

export interface PastWish {
  /** A folder or file of records; the account's own event history without one. */
  readonly path: string | undefined;
  readonly options: JudgeOptions;
  readonly pace: Pace;
  readonly open: (account: string) => OpenDoor;
}

export interface PastReport {
  readonly hindsights: readonly Hindsight[];
  readonly denials: readonly Denial[];
  readonly notes: readonly string[];
}

/** Holds the uses of root that happened against what the alarms did, account by account. */
export async function lookBack(
  readings: readonly AccountReading[],
  scenarios: ReadonlyMap<string, Scenario>,
  wish: PastWish,
): Promise<PastReport> {
  const archive = wish.path === undefined ? undefined : await rootRecordsIn(wish.path, wish.options);
  const hindsights: Hindsight[] = [];
  const denials: Denial[] = [];
  const notes: string[] = [];
  for (const { audited, entered, collected } of readings) {
    const scenario = scenarios.get(audited.account);
    if (!entered || !scenario) continue;
    const door = new WatchedDoor(audited.account, wish.open(audited.account), wish.pace, systemClock, false);
    const now = systemClock.now();
    const regions = collected.part.enabledRegions ?? [...new Set([audited.region, 'us-east-1'])];
    const events = archive
      ? { records: archive.filter((record) => recipientOf(record) === audited.account), isWhole: true }
      : await readRootEvents(door, regions, now);
    if (!events.isWhole) notes.push(`the events of ${audited.account} could not all be read: uses may be missing`);
    const history = await readAlarmHistories(door, scenario.state.alarms, now);
    const past = { records: events.records, history, historySince: now - HISTORY_DAYS * DAY };
    hindsights.push(hindsight(scenario, past, wish.options, ROOT_USAGE));
    denials.push(...door.denials);
  }
  const since = archive ? 'the archive' : `the last ${EVENT_DAYS} days`;
  notes.push(`hindsight looks at ${since}; CloudWatch keeps what alarms did for ${HISTORY_DAYS} days`);
  return { hindsights, denials, notes };
}

/** Those records of an archive that the control is about. */
async function rootRecordsIn(path: string, { benchmark }: JudgeOptions): Promise<JsonObject[]> {
  const control = CONTROLS.find(({ slug }) => slug === ROOT_USAGE)!;
  const pattern = compilePattern(canonicalPattern(control, benchmark ?? '5.0.0'));
  const found: JsonObject[] = [];
  for await (const file of filesUnder([path])) {
    for await (const item of readRecords(createReadStream(file))) {
      if (item.kind === 'record' && pattern.matches(item.text)) found.push(JSON.parse(item.text) as JsonObject);
    }
  }
  return found;
}
