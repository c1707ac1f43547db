import { and, type Condition, not, or } from '../prover/condition.ts';
import { RuleError } from './rule-error.ts';

const PATH = ['detection', 'condition'];
const MOST_TOKENS = 2000;
const DEEPEST = 100;

/** Reads `selection and not 1 of filter_*`, given what the named searches ask. Throws `RuleError`. */
export function sigmaCondition(text: string, searches: ReadonlyMap<string, Condition>): Condition {
  if (text.includes('|')) throw new RuleError('counts and correlations are not compared', PATH);
  const tokens = text.match(/[()]|[^\s()]+/g) ?? [];
  if (tokens.length > MOST_TOKENS) throw new RuleError('the condition is too long', PATH);
  const reading = new Reading(tokens, searches);
  const condition = reading.alternatives(0);
  reading.end();
  return condition;
}

class Reading {
  readonly #tokens: readonly string[];
  readonly #searches: ReadonlyMap<string, Condition>;
  #at = 0;

  constructor(tokens: readonly string[], searches: ReadonlyMap<string, Condition>) {
    this.#tokens = tokens;
    this.#searches = searches;
  }

  alternatives(depth: number): Condition {
    if (depth > DEEPEST) throw new RuleError('the condition nests too deep', PATH);
    const operands = [this.#conjuncts(depth)];
    while (this.#take('or')) operands.push(this.#conjuncts(depth));
    return or(...operands);
  }

  end(): void {
    const token = this.#tokens[this.#at];
    if (token !== undefined) throw new RuleError(`"${token}" is not expected here`, PATH);
  }

  #conjuncts(depth: number): Condition {
    const operands = [this.#operand(depth)];
    while (this.#take('and')) operands.push(this.#operand(depth));
    return and(...operands);
  }

  #operand(depth: number): Condition {
    let isNegated = false;
    while (this.#take('not')) isNegated = !isNegated;
    const condition = this.#primary(depth);
    return isNegated ? not(condition) : condition;
  }

  #primary(depth: number): Condition {
    if (this.#take('(')) {
      const inner = this.alternatives(depth + 1);
      if (!this.#take(')')) throw new RuleError('a parenthesis is not closed', PATH);
      return inner;
    }
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new RuleError('the condition ends too early', PATH);
    this.#at += 1;
    const isQuantity = /^(?:1|any|all)$/i.test(token) && this.#take('of');
    if (isQuantity) return this.#some(/^all$/i.test(token) ? and : or);
    const search = this.#searches.get(token);
    if (!search) throw new RuleError(`there is no search "${token}"`, PATH);
    return search;
  }

  #some(join: typeof and): Condition {
    const wanted = this.#tokens[this.#at] ?? '';
    this.#at += 1;
    const isThem = /^them$/i.test(wanted);
    // Searches whose names begin with an underscore are parts of others.
    const fits = (name: string): boolean =>
      isThem ? !name.startsWith('_') : wanted.endsWith('*') ? name.startsWith(wanted.slice(0, -1)) : name === wanted;
    const found = [...this.#searches].filter(([name]) => fits(name)).map(([, condition]) => condition);
    if (found.length === 0) throw new RuleError(`there is no search "${wanted}"`, PATH);
    return join(...found);
  }

  #take(word: string): boolean {
    if (this.#tokens[this.#at]?.toLowerCase() !== word) return false;
    this.#at += 1;
    return true;
  }
}
