/** The databases a store can live in. */
export type Dialect = 'sqlite' | 'postgres';
