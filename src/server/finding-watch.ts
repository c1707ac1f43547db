import type { Finding } from '../audit/finding.ts';
import { asffReport } from '../audit/report/asff.ts';
import { findingKey } from '../audit/report/finding-id.ts';
import { ocsfReport } from '../audit/report/ocsf.ts';
import type { Timer } from '../base/clock.ts';
import { version } from '../base/version.ts';
import type { ChainContext } from '../chain/context.ts';
import type { OwnChains } from './own-chains/own-chains.ts';

const PERIOD = 60_000;

/**
 * Judges the engine's own chains every minute and notes, for forwards, each finding whose verdict, broken links or
 * warnings have changed. Runs only where a forward wants findings.
 */
export class FindingWatch {
  readonly #context: ChainContext;
  readonly #own: Pick<OwnChains, 'findings'>;
  #known: Map<string, string> | undefined;
  #timer: Timer | undefined;
  #looking: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(context: ChainContext, own: Pick<OwnChains, 'findings'>) {
    this.#context = context;
    this.#own = own;
  }

  start(): void {
    this.#schedule(0);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#looking;
  }

  #schedule(delay: number): void {
    if (this.#stopped) return;
    const { clock, log } = this.#context;
    this.#timer = clock.after(delay, () => {
      this.#looking = this.look()
        .catch((error: unknown) =>
          log.warn({ error: String(error) }, 'Findings could not be noted and are tried again'),
        )
        .then(() => this.#schedule(PERIOD));
    });
  }

  /** One look; resolves when what has changed is committed. */
  async look(): Promise<void> {
    const { clock, signals, store } = this.#context;
    this.#known ??= await this.#readKnown();
    const known = this.#known;
    const at = clock.now();
    const changed = (await this.#own.findings()).filter(
      (finding) => known.get(findingKey(finding)) !== gistOf(finding),
    );
    if (changed.length === 0) return;
    await store.write(async (tx) => {
      for (const finding of changed)
        await tx.db
          .insertInto('finding_changes')
          .values({ key: findingKey(finding), at, gist: gistOf(finding), documents: documentsOf(finding, at) })
          .execute();
      tx.onCommit(() => signals.raise('findings'));
    });
    for (const finding of changed) known.set(findingKey(finding), gistOf(finding));
  }

  async #readKnown(): Promise<Map<string, string>> {
    const rows = await this.#context.store.read
      .selectFrom('finding_changes')
      .select(['key', 'gist'])
      .where('id', 'in', ({ selectFrom }) =>
        selectFrom('finding_changes')
          .select(({ fn }) => fn.max('id').as('newest'))
          .groupBy('key'),
      )
      .execute();
    return new Map(rows.map(({ key, gist }) => [key, gist]));
  }
}

const gistOf = ({ verdict, brokenLinks, warnings, exception }: Finding): string =>
  JSON.stringify([verdict, brokenLinks, warnings, exception !== undefined]);

/** The finding, and the forms that the audit's reports have for it. */
function documentsOf(finding: Finding, at: number): string {
  const report = { at, version: version(), audited: [], findings: [finding], denials: [], replays: [], notes: [] };
  const [ocsf] = JSON.parse(ocsfReport(report)) as object[];
  const { Findings } = JSON.parse(asffReport(report)) as { Findings: object[] };
  return JSON.stringify({ finding, ocsf, asff: Findings[0] });
}
