import type { ArchiveFile } from '../archive/archive-file.ts';
import { holdsRecord, type Selection } from '../archive/selection.ts';
import { type EventSummary, eventSummary, type Happening, happeningOf } from '../happening.ts';
import { accountPhrase, principalPhrase } from '../principal.ts';
import { eventIdOf } from '../record.ts';
import type { ScanOutcome } from '../scanner/scan-outcome.ts';
import { EventIdSet } from './event-id-set.ts';
import { type RuleFindings, RuleTally } from './rule-tally.ts';
import { type FoundSession, SessionBook } from './session-book.ts';

/** A match as whoever asked for events gets it. */
export interface FoundEvent {
  /** Compact JSON of the record. */
  readonly text: string;
  readonly rules: readonly number[];
  readonly file: string;
}

export interface SearchOptions {
  /** How many rules are searched for; they are known by their place. */
  readonly rules: number;
  /** Whether it is counted how often an alarm on a rule would have rung. */
  readonly ringsOf?: ((rule: number) => boolean) | undefined;
  readonly selection: Selection;
  /** Drop deliveries of an event that was counted already. */
  readonly unique: boolean;
  /** Random, for the memory of event ids. */
  readonly seed: number;
  /** How many events per rule are kept to be shown. */
  readonly shown: number;
  readonly onEvent?: ((event: FoundEvent) => void) | undefined;
  /** What an event was done for, where the rules that match it make somebody ask. */
  readonly purposeOf?: ((record: unknown, rules: readonly number[]) => string | undefined) | undefined;
  /** Sees every match, for what is asked of records besides rules. */
  readonly onRecord?: ((record: unknown, rules: readonly number[]) => void) | undefined;
}

/** Something that could not be read, or not wholly. */
export interface FileError {
  readonly file: string;
  readonly message: string;
}

/** An event to be shown. */
export interface ShownEvent extends EventSummary {
  readonly rules: readonly number[];
}

export interface SearchFindings {
  readonly files: number;
  readonly records: number;
  /** Inflated. */
  readonly bytes: number;
  readonly rules: readonly RuleFindings[];
  /** Matches of events that had been delivered before. */
  readonly repeated: number;
  readonly sessions: readonly FoundSession[];
  readonly sessionsTotal: number;
  readonly events: readonly ShownEvent[];
  readonly errors: readonly FileError[];
}

/** Gathers what the files of an archive hold, in whatever order they are read. */
export class ArchiveSearch {
  readonly #options: SearchOptions;
  readonly #seen: EventIdSet;
  readonly #tallies: RuleTally[];
  readonly #sessions = new SessionBook();
  readonly #shown: number[];
  readonly #events: ShownEvent[] = [];
  readonly #errors: FileError[] = [];
  #files = 0;
  #records = 0;
  #bytes = 0;
  #repeated = 0;

  constructor(options: SearchOptions) {
    this.#options = options;
    this.#seen = new EventIdSet(options.rules, options.seed);
    this.#tallies = Array.from({ length: options.rules }, (_, rule) => new RuleTally(options.ringsOf?.(rule)));
    this.#shown = new Array<number>(options.rules).fill(0);
  }

  get progress(): { readonly files: number; readonly records: number; readonly bytes: number } {
    return { files: this.#files, records: this.#records, bytes: this.#bytes };
  }

  /** Takes a record that matches `rules`. */
  take(file: ArchiveFile, text: string, rules: readonly number[]): void {
    const record: unknown = JSON.parse(text);
    this.#options.onRecord?.(record, rules);
    const own = rules.filter((rule) => rule < this.#options.rules);
    if (own.length === 0 || !holdsRecord(record, this.#options.selection, file.key?.account)) return;
    const eventId = eventIdOf(record);
    const fresh = eventId === undefined ? own : this.#seen.see(eventId, own);
    const isRepeated = fresh.length < own.length;
    if (isRepeated) this.#repeated += 1;
    const counted = this.#options.unique ? fresh : own;
    if (counted.length === 0) return;
    const happening = happeningOf(record);
    const who = whoOf(happening);
    for (const rule of counted) {
      const id = eventId === undefined ? 'missing' : fresh.includes(rule) ? 'new' : 'repeated';
      this.#tallies[rule]?.add(who, happening.time, id);
    }
    if (fresh.length > 0) {
      this.#show(happening, fresh);
      if (happening.time !== undefined) {
        const purpose = this.#options.purposeOf?.(record, own);
        this.#sessions.add({ happening: { ...happening, time: happening.time }, rules: fresh, purpose });
      }
    }
    this.#options.onEvent?.({ text, rules: counted, file: file.name });
  }

  /** Notes that a file was read, and what was wrong with it. */
  finish(file: ArchiveFile, outcome: ScanOutcome): void {
    this.#files += 1;
    this.#records += outcome.records;
    this.#bytes += outcome.bytes;
    const [damage] = outcome.damage;
    if (outcome.failure !== undefined) this.fail(file.name, outcome.failure);
    else if (damage) {
      const more = outcome.damages > 1 ? ` (and ${outcome.damages - 1} more)` : '';
      this.fail(file.name, `${damage.message} at byte ${damage.offset}${more}`);
    }
  }

  fail(file: string, message: string): void {
    this.#errors.push({ file, message });
  }

  findings(): SearchFindings {
    const { sessions, total } = this.#sessions.close();
    return {
      files: this.#files,
      records: this.#records,
      bytes: this.#bytes,
      rules: this.#tallies.map((tally) => tally.findings()),
      repeated: this.#repeated,
      sessions,
      sessionsTotal: total,
      events: this.#events.sort(byTime),
      errors: this.#errors.sort((one, other) => (one.file < other.file ? -1 : one.file > other.file ? 1 : 0)),
    };
  }

  #show(happening: Happening, rules: readonly number[]): void {
    const wanted = rules.filter((rule) => this.#shown[rule]! < this.#options.shown);
    if (wanted.length === 0) return;
    for (const rule of wanted) this.#shown[rule]! += 1;
    this.#events.push({ ...eventSummary(happening), rules });
  }
}

/** A role acts in many sessions; what counts is the role. */
function whoOf({ principal, account }: Happening): string {
  const { kind, name } = principal;
  const plain = kind === 'assumed-role' ? name.replace(/ \(session .*\)$/, '') : name;
  return `${principalPhrase({ kind, name: plain })} of ${accountPhrase(account)}`;
}

const byTime = (one: ShownEvent, other: ShownEvent): number =>
  (one.time ?? '') < (other.time ?? '') ? -1 : (one.time ?? '') > (other.time ?? '') ? 1 : 0;
