import {
  type Compilable,
  CompiledQuery,
  type Insertable,
  type InsertQueryBuilder,
  type InsertResult,
  type Kysely,
} from 'kysely';
import type { Tables } from './tables.ts';

/** Stands for a value while the text of a statement is made. */
class Marker {
  readonly name: string | number;

  constructor(name: string) {
    const place = Number(name);
    this.name = Number.isInteger(place) ? place : name;
  }
}

interface Text {
  readonly sql: string;
  /** The names of the values, in the order in which the text asks for them; anything else stays as it is. */
  readonly parameters: readonly unknown[];
}

/**
 * A statement whose text Kysely makes once for each database: for the few that run for every batch of events, making
 * the text costs more than running it. `build` is given stand-ins for the values, and may do nothing but hand them on.
 */
export class Prepared<Values extends object, Row> {
  readonly #build: (db: Kysely<Tables>, values: Values) => Compilable<Row>;
  readonly #texts = new WeakMap<Kysely<Tables>, Text>();

  constructor(build: (db: Kysely<Tables>, values: Values) => Compilable<Row>) {
    this.#build = build;
  }

  async rows(db: Kysely<Tables>, values: Values): Promise<Row[]> {
    const { sql, parameters } = this.#textFor(db);
    const given = values as Readonly<Record<string | number, unknown>>;
    const query = CompiledQuery.raw(
      sql,
      parameters.map((each) => (each instanceof Marker ? given[each.name] : each)),
    );
    return (await db.executeQuery<Row>(query)).rows;
  }

  #textFor(db: Kysely<Tables>): Text {
    let text = this.#texts.get(db);
    if (!text) {
      const markers = new Proxy({}, { get: (_, name) => new Marker(String(name)) }) as Values;
      text = this.#build(db, markers).compile();
      this.#texts.set(db, text);
    }
    return text;
  }
}

type Row<Table extends keyof Tables> = Insertable<Tables[Table]>;

/** Rows that one statement takes: the more of them, the fewer statements; the fewer sizes, the fewer texts. */
const SIZES = [64, 16, 4, 1];

/** Inserts any number of rows with few prepared statements. */
export class PreparedInsert<Table extends keyof Tables> {
  readonly #columns: readonly (keyof Row<Table> & string)[];
  readonly #statements: ReadonlyMap<number, Prepared<readonly unknown[], unknown>>;

  /** `finish` may say what becomes of rows that are there already. */
  constructor(
    table: Table,
    columns: readonly (keyof Row<Table> & string)[],
    finish: (query: InsertQueryBuilder<Tables, Table, InsertResult>) => Compilable<unknown> = (query) => query,
  ) {
    this.#columns = columns;
    const build = (size: number) => (db: Kysely<Tables>, values: readonly unknown[]) => {
      const rows = Array.from({ length: size }, (_, i) =>
        Object.fromEntries(columns.map((column, place) => [column, values[i * columns.length + place]])),
      );
      return finish(db.insertInto(table).values(rows as never));
    };
    this.#statements = new Map(SIZES.map((size) => [size, new Prepared(build(size))]));
  }

  async run(db: Kysely<Tables>, rows: readonly Row<Table>[]): Promise<void> {
    let at = 0;
    for (const [size, statement] of this.#statements)
      for (; rows.length - at >= size; at += size) await statement.rows(db, this.#valuesOf(rows, at, size));
  }

  #valuesOf(rows: readonly Row<Table>[], at: number, size: number): unknown[] {
    const values: unknown[] = [];
    for (const row of rows.slice(at, at + size)) for (const column of this.#columns) values.push(row[column]);
    return values;
  }
}
