import { Alphabet } from './alphabet.ts';
import { Automaton, machineOf } from './automaton.ts';
import type { Budget } from './budget.ts';
import { codePoint } from './code-points.ts';
import type { Language } from './language.ts';

/** Where each automaton of a product stands. */
export type Standing = readonly number[];

export interface Reached {
  readonly standing: Standing;
  /** A shortest text that leads here. */
  readonly text: string;
}

/** Several languages walked side by side: which of them hold a text, for all texts at once. */
export class Product {
  readonly #alphabet: Alphabet;
  readonly #automata: readonly Automaton[];
  readonly #budget: Budget;

  constructor(languages: readonly Language[], budget: Budget) {
    const machines = languages.map((language) => machineOf(language, budget));
    this.#budget = budget;
    this.#alphabet = new Alphabet(machines.flatMap(({ sets }) => sets));
    this.#automata = machines.map((machine) => new Automaton(machine, this.#alphabet, budget));
  }

  get start(): Standing {
    return this.#automata.map(({ start }) => start);
  }

  /** Goes on from a standing through a text. */
  read(standing: Standing, text: string): Standing {
    let at = standing;
    for (const letter of text) at = this.#move(at, this.#alphabet.partOf(codePoint(letter)));
    return at;
  }

  /** One character per language: 1 where the text read so far belongs to it, else 0. */
  verdicts(standing: Standing): string {
    return this.#automata.map((automaton, index) => (automaton.accepts(standing[index] ?? 0) ? '1' : '0')).join('');
  }

  /** Can the language at `index` hold any text that goes on from here? */
  isOpen(standing: Standing, index: number): boolean {
    return !this.#automata[index]?.isDead(standing[index] ?? 0);
  }

  /** Every standing that some text leads to, shortest texts first; does not go on from where `goesOn` is false. */
  *walk(goesOn: (standing: Standing) => boolean = () => true, from: Standing = this.start): Generator<Reached> {
    const seen = new Set([from.join()]);
    const queue: Reached[] = [{ standing: from, text: '' }];
    for (const reached of queue) {
      yield reached;
      if (!goesOn(reached.standing)) continue;
      for (const [part, letter] of this.#alphabet.letters.entries()) {
        const standing = this.#move(reached.standing, part);
        const key = standing.join();
        if (seen.has(key)) continue;
        seen.add(key);
        queue.push({ standing, text: reached.text + letter });
      }
    }
  }

  #move(standing: Standing, part: number): Standing {
    this.#budget.spend(this.#automata.length, 'the texts are too many to tell apart');
    return this.#automata.map((automaton, index) => automaton.move(standing[index] ?? 0, part));
  }
}
