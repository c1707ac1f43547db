import { LARGEST_RECORD } from './record-item.ts';

const QUOTE = 34;
const COMMA = 44;
const NEWLINE = 10;
const RETURN = 13;

/** A row of CSV: the text of the wanted cell, undefined where the row has none or it is too large. */
export interface CsvRow {
  readonly cell: string | undefined;
  /** Byte at which the row begins. */
  readonly offset: number;
}

/**
 * Cuts a stream of CSV (RFC 4180: quotes doubled within quotes) into rows, and keeps one column of each. Memory is
 * bounded by one cell.
 */
export class CsvCells {
  /** Counts from 0; NaN for none. */
  readonly column: number;
  #offset = 0;
  #rowStart = 0;
  #at = 0;
  #cell: number[] = [];
  #size = 0;
  #inQuotes = false;
  /** The last byte was a quote within quotes: its end, or the first of two. */
  #afterQuote = false;
  #hasContent = false;

  constructor(column: number) {
    this.column = column;
  }

  *feed(chunk: Buffer): Generator<CsvRow> {
    for (const byte of chunk) {
      this.#offset += 1;
      if (this.#inQuotes && !this.#afterQuote) {
        if (byte === QUOTE) this.#afterQuote = true;
        else this.#keep(byte);
        continue;
      }
      if (this.#afterQuote) {
        this.#afterQuote = false;
        if (byte === QUOTE) {
          this.#keep(QUOTE);
          continue;
        }
        this.#inQuotes = false;
      }
      if (byte === QUOTE) this.#inQuotes = true;
      else if (byte === COMMA) this.#at += 1;
      else if (byte === NEWLINE) yield* this.#row();
      else if (byte !== RETURN) this.#keep(byte);
      this.#hasContent ||= byte !== NEWLINE && byte !== RETURN;
    }
  }

  /** The last row, where no newline follows it. */
  *end(): Generator<CsvRow> {
    if (this.#hasContent) yield* this.#row();
  }

  #keep(byte: number): void {
    this.#hasContent = true;
    if (this.#at !== this.column) return;
    this.#size += 1;
    if (this.#size > LARGEST_RECORD) return;
    this.#cell.push(byte);
  }

  *#row(): Generator<CsvRow> {
    const isThere = this.#at >= this.column && this.#size <= LARGEST_RECORD;
    const cell = isThere ? Buffer.from(this.#cell).toString('utf8') : undefined;
    if (this.#hasContent) yield { cell, offset: this.#rowStart };
    this.#rowStart = this.#offset;
    this.#at = 0;
    this.#cell = [];
    this.#size = 0;
    this.#hasContent = false;
  }
}

/** The place of the column of whole records in the header of a Lake query's results; undefined where it is no such header. */
export function eventColumn(header: string): number | 'missing' | undefined {
  const names = header
    .trim()
    .split(',')
    .map((name) => name.trim().replace(/^"|"$/g, '').toLowerCase());
  if (!names.every((name) => /^[a-z_][\w.]{0,127}$/.test(name))) return undefined;
  const column = names.indexOf('eventjson');
  if (column >= 0) return column;
  return names.some((name) => LAKE_COLUMNS.includes(name)) ? 'missing' : undefined;
}

const LAKE_COLUMNS = ['eventid', 'eventtime', 'eventname', 'eventsource', 'useridentity', 'awsregion'];
