import { readFileSync } from 'node:fs';
import { DEFAULT_BENCHMARK } from '../../../src/audit/controls/benchmark.ts';
import { canonicalPattern } from '../../../src/audit/controls/control.ts';
import { controlsOf } from '../../../src/audit/controls/find-control.ts';
import {
  type CompiledPattern,
  compilePattern,
  EventView,
  explainPattern,
  mendPattern,
  PatternError,
  PatternSet,
} from '../../../src/pattern/index.ts';
import { eventMaker, pick, type Random, randomOf, randomPattern } from '../random-rules.ts';
import { mutated } from './mutations.ts';
import { judgeNaively } from './naive-evaluator.ts';
import { naiveRegex } from './naive-values.ts';
import { longestWait, waitsInLine } from './waits.ts';

/** Patterns judged together, at most, and events that each such set meets. */
const LARGEST_SET = 10;
const EVENTS_PER_SET = 30;
/** The share of patterns that are explained, or mended, too: that takes far longer than judging. */
const EXPLAINED = 1 / 1000;
/** Longer events only make the naive way slow. */
const LONGEST_EVENT = 400;

const file = new URL('../../data/filter-pattern-vectors.json', import.meta.url);
const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { vectors: { pattern: string; event: string }[] };
const CIS = controlsOf(DEFAULT_BENCHMARK).map((control) => canonicalPattern(control, DEFAULT_BENCHMARK));
const PATTERNS = [...new Set([...vectors.map(({ pattern }) => pattern), ...CIS])].filter(({ length }) => length < 800);
const EVENTS = [...new Set(vectors.map(({ event }) => event))].filter(({ length }) => length < LONGEST_EVENT);

/** What a run has done so far. */
export interface Tally {
  patterns: number;
  valid: number;
  events: number;
  judgements: number;
  matches: number;
  /** Regular expressions that JavaScript's own engine does not know. */
  unjudged: number;
}

export interface FuzzOptions {
  /** Mutated patterns and events, together. */
  readonly runs: number;
  /** The same seed gives the same run. */
  readonly seed: number;
  /** Measures now and then that no event takes more than linear time, and tells how far the run is. */
  readonly tell?: (progress: string) => void;
}

/**
 * Mutates patterns and events. Throws at a pattern that is neither read nor refused as it should be,
 * and at an event that the set matcher, each pattern alone and the naive evaluator do not judge alike.
 */
export function fuzz({ runs, seed, tell }: FuzzOptions): Tally {
  const random = randomOf(seed);
  const tally: Tally = { patterns: 0, valid: 0, events: 0, judgements: 0, matches: 0, unjudged: 0 };
  const started = performance.now();
  const shown = (): string =>
    `${JSON.stringify(tally)} in ${((performance.now() - started) / 1000).toFixed(0)} s, longest wait ${longestWait().toFixed(1)} ms`;
  for (let round = 0; tally.patterns + tally.events < runs; round += 1) {
    const size = 1 + Math.floor(random() * LARGEST_SET);
    const members = Array.from({ length: size }, (_, id) => ({ id, compiled: somePattern(random, tally) }));
    judgeTogether(random, members, tally);
    if (!tell) continue;
    if (round % 1000 === 0) {
      const slow = waitsInLine(random, members, () => someEvent(random, members));
      if (slow.length > 0) throw new Error(`round ${round}: ${slow.join()}`);
    }
    if (round % 5000 === 0) tell(shown());
  }
  tell?.(`done: ${shown()}`);
  return tally;
}

/** The next mutated pattern that is valid; the invalid ones on the way are refused as invalid, and no worse. */
function somePattern(random: Random, tally: Tally): CompiledPattern {
  for (;;) {
    const diet = { wildcards: random() < 0.3, depth: Math.floor(random() * 3) };
    const base = random() < 0.7 ? pick(random, PATTERNS) : randomPattern(random, diet);
    const text = random() < 0.1 ? base : mutated(random, base, pick(random, PATTERNS));
    tally.patterns += 1;
    const compiled = compiledOrNone(text, random() < EXPLAINED);
    if (!compiled) continue;
    tally.valid += 1;
    if (isJudgeable(compiled)) return compiled;
    tally.unjudged += 1;
  }
}

function compiledOrNone(text: string, isExplained: boolean): CompiledPattern | undefined {
  try {
    const compiled = compilePattern(text);
    if (isExplained) explainPattern(text);
    return compiled;
  } catch (error) {
    if (!(error instanceof PatternError)) throw new Error(`pattern ${JSON.stringify(text)}`, { cause: error });
    const mended = isExplained ? mendPattern(text) : undefined;
    if (mended !== undefined) compilePattern(mended);
    return undefined;
  }
}

/** Can JavaScript's own engine judge all of its regular expressions? */
function isJudgeable({ pattern }: CompiledPattern): boolean {
  try {
    JSON.stringify(pattern, (_, node: unknown) => {
      const { kind, source } = Object(node) as { kind?: unknown; source?: string };
      if (kind === 'regex') naiveRegex(source ?? '');
      return node;
    });
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

type Members = readonly { readonly id: number; readonly compiled: CompiledPattern }[];

function someEvent(random: Random, members: Members): string {
  const wanted = members.map(({ compiled }) => compiled.text);
  const base = random() < 0.4 ? eventMaker(random, [pick(random, wanted)])() : pick(random, EVENTS);
  return random() < 0.3 ? base : mutated(random, base, pick(random, EVENTS)).slice(0, LONGEST_EVENT);
}

function judgeTogether(random: Random, members: Members, tally: Tally): void {
  const set = new PatternSet(members);
  for (let i = 0; i < EVENTS_PER_SET; i += 1) {
    const event = someEvent(random, members);
    tally.events += 1;
    const context = (): string =>
      `event ${JSON.stringify(event)}, patterns ${JSON.stringify(members.map(({ compiled }) => compiled.text))}`;
    try {
      const naive = members.filter(({ compiled }) => judgeNaively(compiled.pattern, event)).map(({ id }) => id);
      const together = set.matching(event);
      const view = new EventView(event);
      const alone = members.filter(({ compiled }) => compiled.matchesEvent(view)).map(({ id }) => id);
      tally.judgements += members.length;
      tally.matches += naive.length;
      if (`${naive}` !== `${together}` || `${naive}` !== `${alone}`)
        throw new Error(`naive ${naive}, together ${together}, alone ${alone}`);
      for (const id of together) members[id]?.compiled.extract(event);
    } catch (error) {
      throw new Error(`${String(error)}: ${context()}`, { cause: error });
    }
  }
}
