import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { AccountReading } from '../audit/fleet/collect-fleet.ts';
import type { Scenario } from '../audit/state.ts';
import type { Caller } from './audit-caller.ts';
import { CommandError, EXIT } from './terminal.ts';

/** What an interrupted audit has read, a line an account. */
export interface Resume {
  readonly known: ReadonlyMap<string, AccountReading>;
  add(reading: AccountReading): void;
}

const FORM = 'audit-resume/1';

/**
 * Opens the file of `--resume`: reads what is in it, and appends what comes. Accounts that could not be
 * entered are tried again.
 * @throws CommandError when the file belongs to an audit of another endpoint or region
 */
export function openResume(file: string | undefined, { region, endpoint }: Caller): Resume {
  if (file === undefined) return { known: new Map(), add: () => undefined };
  const head = JSON.stringify({ form: FORM, region, endpoint });
  const known = new Map<string, AccountReading>();
  try {
    if (!existsSync(file)) writeFileSync(file, `${head}\n`, { mode: 0o600 });
    const [first, ...lines] = readFileSync(file, 'utf8').split('\n');
    if (first !== head) {
      throw new CommandError(
        `--resume ${file} is of another audit: it begins with ${first?.slice(0, 200)}, not ${head}`,
      );
    }
    for (const line of lines) {
      const reading = readingIn(line);
      if (reading?.entered) known.set(reading.audited.account, reading);
    }
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`--resume ${file}: ${(error as Error).message}`);
  }
  return { known, add: (reading) => appendFileSync(file, `${JSON.stringify(reading)}\n`) };
}

/** The last line may have been cut off where the audit was. */
function readingIn(line: string): AccountReading | undefined {
  try {
    const reading = JSON.parse(line) as AccountReading | null;
    return reading?.audited && reading.collected ? reading : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Writes the states that were judged, as `--snapshot` reads them, and every answer they rest on. One
 * account makes one scenario; several are listed under `scenarios`.
 */
export function saveEvidence(
  file: string,
  scenarios: ReadonlyMap<string, Scenario>,
  readings: readonly AccountReading[],
): void {
  const answers = readings.flatMap((reading) => reading.answers);
  const all = [...scenarios.values()];
  const document = all.length === 1 ? { ...all[0], answers } : { scenarios: all, answers };
  try {
    writeFileSync(file, `${JSON.stringify(document, null, 1)}\n`, { mode: 0o600 });
  } catch (error) {
    throw new CommandError(`--save ${file}: ${(error as Error).message}`, EXIT.unfinished);
  }
}
