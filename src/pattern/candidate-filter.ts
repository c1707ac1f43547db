import { fitsGlob } from './glob.ts';
import { type Finding, MemberFinder } from './member-finder.ts';
import { type Clue, type Need, subjectOf } from './necessary-clues.ts';

/** Looking through a message more often than this costs more than reading it as JSON. */
const MOST_SEARCHES = 24;

/** Indexes of patterns taken note of, each once. A list beside flags costs half of a set where few are marked. */
class Marks {
  #marked: number[] = [];
  readonly #isMarked: Uint8Array;

  constructor(size: number) {
    this.#isMarked = new Uint8Array(size);
  }

  get isEmpty(): boolean {
    return this.#marked.length === 0;
  }

  add(index: number): void {
    if (this.#isMarked[index] !== 0) return;
    this.#isMarked[index] = 1;
    this.#marked.push(index);
  }

  addAll(indexes: readonly number[]): void {
    for (let i = 0; i < indexes.length; i += 1) this.add(indexes[i] ?? 0);
  }

  /** All that are marked and those given too, in order; begins anew. */
  taken(others: readonly number[]): number[] {
    this.addAll(others);
    const marked = this.#marked;
    if (marked.length > 1) marked.sort((a, b) => a - b);
    for (let i = 0; i < marked.length; i += 1) this.#isMarked[marked[i] ?? 0] = 0;
    this.#marked = [];
    return marked;
  }
}

/** First letter and length of a text in one number. An empty text has no first letter. */
const outlineOf = (first: number, length: number): number => (length === 0 ? 0 : length * 0x10000 + first);

/** Members of one name, and who waits for what in them. */
class NamePlan implements Finding {
  readonly #values = new Map<string, number[]>();
  readonly #outlines = new Set<number>();
  readonly #globs: { readonly parts: readonly string[]; readonly index: number }[] = [];
  readonly #anything: number[] = [];
  readonly #marks: Marks;
  readonly finder: MemberFinder;

  constructor(name: string, marks: Marks) {
    this.finder = new MemberFinder(name);
    this.#marks = marks;
  }

  add(clue: Exclude<Clue, { kind: 'text' }>, index: number): void {
    if (clue.kind === 'value') {
      this.#values.set(clue.value, [...(this.#values.get(clue.value) ?? []), index]);
      this.#outlines.add(outlineOf(clue.value.charCodeAt(0), clue.value.length));
    } else if (clue.kind === 'glob') this.#globs.push({ parts: clue.parts, index });
    else this.#anything.push(index);
  }

  mayWant(first: number, length: number): boolean {
    return this.#globs.length + this.#anything.length > 0 || this.#outlines.has(outlineOf(first, length));
  }

  /** The only value that anybody waits for, when it can be looked for as it is. */
  get onlyValue(): string | undefined {
    const [only] = this.#values.keys();
    const isAlone = this.#values.size === 1 && this.#globs.length + this.#anything.length === 0;
    return isAlone && only !== undefined && only.length > 2 && !/["\\/\u0000-\u001f]/.test(only) ? only : undefined;
  }

  get waiting(): readonly number[] {
    return [...this.#values.values()].flat();
  }

  onString(value: string): void {
    const waiting = this.#values.get(value);
    if (waiting) this.#marks.addAll(waiting);
    for (const { parts, index } of this.#globs) if (fitsGlob(parts, value)) this.#marks.add(index);
    this.onOther();
  }

  onUnclear(): void {
    for (const indexes of this.#values.values()) this.#marks.addAll(indexes);
    this.onNumber();
  }

  onNumber(): void {
    for (const { index } of this.#globs) this.#marks.add(index);
    this.onOther();
  }

  onOther(): void {
    this.#marks.addAll(this.#anything);
  }
}

/** Tells which patterns a message can match at all, by looking through its raw text a few times. */
export class CandidateFilter {
  readonly #marks: Marks;
  readonly #all: readonly number[];
  readonly #always: readonly number[];
  readonly #names: readonly NamePlan[];
  readonly #texts: readonly { readonly text: string; readonly indexes: readonly number[] }[];

  /** `needs` by index of the pattern. */
  constructor(needs: readonly (readonly Need[])[]) {
    this.#all = [...needs.keys()];
    this.#marks = new Marks(needs.length);
    const popularity = popularityOf(needs);
    const names = new Map<string, NamePlan>();
    const texts = new Map<string, number[]>();
    const always: number[] = [];
    for (const [index, options] of needs.entries()) {
      const need = [...options].sort((a, b) => costOf(a, popularity) - costOf(b, popularity))[0];
      if (!need) always.push(index);
      for (const clue of need ?? []) {
        if (clue.kind === 'text') texts.set(clue.text, [...(texts.get(clue.text) ?? []), index]);
        else {
          const plan = names.get(clue.name) ?? new NamePlan(clue.name, this.#marks);
          names.set(clue.name, plan);
          plan.add(clue, index);
        }
      }
    }
    for (const [name, plan] of names) {
      const value = plan.onlyValue;
      if (value === undefined) continue;
      texts.set(value, [...(texts.get(value) ?? []), ...plan.waiting]);
      names.delete(name);
    }
    const isWorthIt = names.size + texts.size <= MOST_SEARCHES;
    this.#always = isWorthIt ? always : this.#all;
    this.#names = isWorthIt ? [...names.values()] : [];
    this.#texts = isWorthIt ? [...texts].map(([text, indexes]) => ({ text, indexes })) : [];
  }

  /** Which patterns may match the message, by index and in order. */
  candidates(message: string): readonly number[] {
    const isEscaped = message.includes('\\');
    // An escape of this kind can hide any text.
    if (isEscaped && message.includes('\\u')) return this.#all;
    for (const plan of this.#names) plan.finder.find(message, isEscaped, plan);
    for (const { text, indexes } of this.#texts) if (message.includes(text)) this.#marks.addAll(indexes);
    return this.#marks.isEmpty ? this.#always : this.#marks.taken(this.#always);
  }
}

/** How many patterns could be told by each member. */
function popularityOf(needs: readonly (readonly Need[])[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const options of needs) {
    const subjects = new Set(options.filter(isTelling).map((need) => subjectOf(need) ?? ''));
    for (const subject of subjects) counts.set(subject, (counts.get(subject) ?? 0) + 1);
  }
  return counts;
}

/** Is it about the value of one member? That members of a name are there tells little. */
const isTelling = (need: Need): boolean =>
  Boolean(subjectOf(need)) && need.every(({ kind }) => kind === 'value' || kind === 'glob');

/** Members that many patterns ask about come first: the message is looked through once for them all. */
function costOf(need: Need, popularity: ReadonlyMap<string, number>): number {
  if (isTelling(need)) return 1 / (popularity.get(subjectOf(need) ?? '') ?? 1);
  if (need.some(({ kind }) => kind === 'name')) return 1000 + need.length;
  return 2 + need.length;
}
