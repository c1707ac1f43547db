import type { Alphabet } from './alphabet.ts';
import type { Budget } from './budget.ts';
import { type CodePoints, EVERY_CODE_POINT } from './code-points.ts';
import type { Language } from './language.ts';

/** A way from one state to another: for free, for free at an end of the text, or for a character. */
interface Edge {
  readonly to: number;
  readonly on: CodePoints | 'free' | 'start' | 'end';
}

/** A nondeterministic automaton. State 0 is the first, `accept` the last. */
export interface Machine {
  readonly edges: readonly (readonly Edge[])[];
  readonly accept: number;
  /** The character sets on its edges. */
  readonly sets: readonly CodePoints[];
  /** States that any text leads back to. */
  readonly loops: readonly number[];
}

/** Builds the automaton of a language, by Thompson's construction. */
export function machineOf(language: Language, budget: Budget): Machine {
  const edges: Edge[][] = [[]];
  const sets = new Set<CodePoints>();
  const loops: number[] = [];
  const state = (): number => {
    budget.spend(1, 'an expression is too large');
    return edges.push([]) - 1;
  };
  const link = (from: number, to: number, on: Edge['on']): void => void edges[from]?.push({ to, on });

  /** Adds the way through `part` from a state, and tells where it ends. */
  const add = (part: Language, from: number): number => {
    switch (part.kind) {
      case 'char': {
        const to = state();
        sets.add(part.set);
        link(from, to, part.set);
        return to;
      }
      case 'edge': {
        const to = state();
        link(from, to, part.at);
        return to;
      }
      case 'sequence':
        return part.parts.reduce((at, next) => add(next, at), from);
      case 'choice': {
        const to = state();
        for (const option of part.options) {
          const first = state();
          link(from, first, 'free');
          link(add(option, first), to, 'free');
        }
        return to;
      }
      case 'repeat': {
        let at = from;
        for (let i = 0; i < part.least; i += 1) at = add(part.body, at);
        if (part.most === undefined) {
          const loop = state();
          link(at, loop, 'free');
          link(add(part.body, loop), loop, 'free');
          if (part.body.kind === 'char' && part.body.set === EVERY_CODE_POINT) loops.push(loop);
          return loop;
        }
        const to = state();
        link(at, to, 'free');
        for (let i = part.least; i < part.most; i += 1) {
          at = add(part.body, at);
          link(at, to, 'free');
        }
        return to;
      }
    }
  };
  const accept = add(language, 0);
  return { edges, accept, sets: [...sets], loops };
}

/** A deterministic automaton over the parts of an alphabet, made state by state as it is walked. */
export class Automaton {
  readonly start = 0;
  readonly #machine: Machine;
  readonly #size: number;
  readonly #budget: Budget;
  readonly #numbers = new Map<string, number>();
  readonly #states: number[][] = [];
  readonly #accepts: boolean[] = [];
  readonly #moves: (number | undefined)[] = [];
  /** The parts of the alphabet on each character edge of the machine. */
  readonly #parts = new Map<CodePoints, ReadonlySet<number>>();
  /** States of the machine from which every text is accepted, whatever else could be reached. */
  readonly #universal: ReadonlySet<number>;

  constructor(machine: Machine, alphabet: Alphabet, budget: Budget) {
    this.#machine = machine;
    this.#size = alphabet.size;
    this.#budget = budget;
    for (const set of machine.sets) this.#parts.set(set, new Set(alphabet.partsIn(set)));
    this.#universal = new Set(
      machine.loops.filter((loop) => this.#closure([loop], { start: false, end: false }).includes(machine.accept)),
    );
    const first = this.#closure([0], { start: true, end: false });
    const whole = this.#closure([0], { start: true, end: true });
    this.#number(first, 'start', whole.includes(machine.accept));
  }

  accepts(state: number): boolean {
    return this.#accepts[state] ?? false;
  }

  /** Is there no way on from here, for any text? */
  isDead(state: number): boolean {
    return this.#states[state]?.length === 0;
  }

  /** The state after one more character of the alphabet's part. */
  move(state: number, part: number): number {
    const key = state * this.#size + part;
    let next = this.#moves[key];
    if (next === undefined) {
      next = this.#moveOf(state, part);
      this.#moves[key] = next;
    }
    return next;
  }

  #moveOf(state: number, part: number): number {
    const reached: number[] = [];
    for (const from of this.#states[state] ?? [])
      for (const { to, on } of this.#machine.edges[from] ?? [])
        if (typeof on !== 'string' && this.#parts.get(on)?.has(part)) reached.push(to);
    this.#budget.spend(1 + reached.length, 'the texts are too many to tell apart');
    const closed = this.#closure(reached, { start: false, end: false });
    return this.#number(closed, '');
  }

  #number(reached: number[], prefix: string, accepts?: boolean): number {
    // Without this, a search for any of many texts would remember which of them it has found.
    const universal = reached.find((state) => this.#universal.has(state));
    const states = universal === undefined ? reached : this.#closure([universal], { start: false, end: false });
    const key = universal === undefined ? prefix + states.join() : 'universal';
    let number = this.#numbers.get(key);
    if (number === undefined) {
      this.#budget.spend(states.length, 'the texts are too many to tell apart');
      number = this.#states.push(states) - 1;
      this.#numbers.set(key, number);
      this.#accepts.push(accepts ?? this.#closure(states, { start: false, end: true }).includes(this.#machine.accept));
    }
    return number;
  }

  /** The states that can be reached without a character. */
  #closure(states: readonly number[], at: { readonly start: boolean; readonly end: boolean }): number[] {
    const found = new Set(states);
    for (const state of found)
      for (const { to, on } of this.#machine.edges[state] ?? [])
        if (on === 'free' || (on === 'start' && at.start) || (on === 'end' && at.end)) found.add(to);
    return [...found].sort((a, b) => a - b);
  }
}
