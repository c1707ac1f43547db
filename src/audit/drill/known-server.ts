/** A server that is like AWS, and what is known of it. */
export interface KnownServer {
  readonly name: string;
  /** Whether alarms are judged there; undefined where that is not known. */
  readonly evaluates: boolean | undefined;
  /** Whether its own calls are recorded by its trails. */
  readonly records: boolean | undefined;
}

/** What a page of the endpoint answers; undefined where nothing does. */
export type GetPage = (path: string) => Promise<{ readonly status: number; readonly text: string } | undefined>;

interface Sign extends KnownServer {
  readonly path: string;
  readonly shows: (text: string) => boolean;
}

const SIGNS: readonly Sign[] = [
  // It keeps alarms as they are put and states as they are set, and nothing follows from either.
  {
    name: 'moto',
    evaluates: false,
    records: false,
    path: '/moto-api/data.json',
    shows: (text) => text.startsWith('{'),
  },
  {
    name: 'an engine of Trailbell',
    evaluates: true,
    records: false,
    path: '/readyz',
    shows: (text) => /^(ready|cannot ring: )/.test(text),
  },
  {
    name: 'LocalStack',
    evaluates: undefined,
    records: undefined,
    path: '/_localstack/health',
    shows: (text) => text.includes('"services"'),
  },
];

/** Tells servers that are not AWS by pages that only they have. Undefined for one that is not known. */
export async function knownServer(get: GetPage): Promise<KnownServer | undefined> {
  for (const { path, shows, name, evaluates, records } of SIGNS) {
    const page = await get(path);
    if (page && shows(page.text)) return { name, evaluates, records };
  }
  return undefined;
}
