import { type Kysely, type Migration, sql } from 'kysely';

/** Finds the few objects that were set aside among the millions that were read. */
export const setAside0012: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`create index intake_objects_set_aside on intake_objects (source, object) where status <> 'done'`.execute(
      db,
    );
  },
};
