import { purposeOf } from '../../trail/diary/purpose.ts';
import { type RootDiary, rootDiary } from '../../trail/diary/root-diary.ts';
import { accountOf, accountPhrase, principalOf, principalPhrase } from '../../trail/principal.ts';
import { textAt } from '../../trail/record.ts';
import type { FoundSession } from '../../trail/search/session-book.ts';
import type { SearchRule } from './rules.ts';

/** The calls that hand out central root access. */
const ASSUME_ROOT = '{ ($.eventSource = "sts.amazonaws.com") && ($.eventName = "AssumeRoot") }';
/** Access keys that are remembered with whoever got them. */
const MOST = 100_000;

/** Collects what a diary of root needs, while an archive is searched. */
export class DiaryKeeper {
  /** What must be searched for besides the rules, after them. */
  readonly patterns: readonly string[];
  readonly #root: number;
  readonly #rules: number;
  readonly #behind = new Map<string, string>();

  constructor(rules: readonly SearchRule[]) {
    this.#rules = rules.length;
    this.#root = rules.findIndex(({ control }) => control?.slug === 'root-usage');
    this.patterns = this.isUseful ? [ASSUME_ROOT] : [];
  }

  /** False where root usage is not searched for. */
  get isUseful(): boolean {
    return this.#root >= 0;
  }

  readonly purposeOf = (record: unknown, rules: readonly number[]): string | undefined =>
    rules.includes(this.#root) ? purposeOf(record) : undefined;

  readonly onRecord = (record: unknown, rules: readonly number[]): void => {
    if (!rules.includes(this.#rules)) return;
    const key = textAt(record, 'responseElements', 'credentials', 'accessKeyId');
    if (key === undefined || this.#behind.size >= MOST) return;
    this.#behind.set(key, `${principalPhrase(principalOf(record))} of ${accountPhrase(accountOf(record))}`);
  };

  /** The diary of the sessions that root usage found; undefined where it is not searched for. */
  diary(sessions: readonly FoundSession[], now: number): RootDiary | undefined {
    if (!this.isUseful) return undefined;
    const own = sessions.filter(({ rules }) => rules.has(this.#root));
    return rootDiary(own, now, (key) => this.#behind.get(key));
  }
}
