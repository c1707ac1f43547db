import type { Budget } from './budget.ts';
import type { Draft } from './draft.ts';
import { type Demand, EventBuilder } from './event-builder.ts';
import { allOf, anyOf, FALSE, type Formula, isFalse, isTrue, type Literal, TRUE } from './formula.ts';
import type { PathTree } from './path-tree.ts';
import { ARRAY, CONTAINERS, type Mask, MISSING, OBJECT, type ValueClasses } from './value-classes.ts';

/** What is known at one point of the search. */
interface Knowledge {
  readonly domains: Mask[];
  readonly demands: Map<number, readonly Demand[]>;
}

/** Looks for an event that fulfils a formula, by splitting on its alternatives. Finds one if there is one. */
export class FormulaSearch {
  readonly #tree: PathTree;
  readonly #classes: (node: number) => ValueClasses;
  readonly #budget: Budget;

  constructor(tree: PathTree, classes: (node: number) => ValueClasses, budget: Budget) {
    this.#tree = tree;
    this.#classes = classes;
    this.#budget = budget;
  }

  /** An event with values of the classes in `domains`, by place; undefined when there is none. */
  find(formula: Formula, domains: readonly Mask[]): Draft | undefined {
    const knowledge: Knowledge = { domains: [...domains], demands: new Map() };
    if (!this.#restrict(knowledge, 0, OBJECT)) return undefined;
    return this.#solve(knowledge, [formula]);
  }

  #solve(knowledge: Knowledge, formulas: readonly Formula[]): Draft | undefined {
    const open = this.#settle(knowledge, formulas);
    if (!open) return undefined;
    const [choice, ...rest] = open.sort((a, b) => partsOf(a).length - partsOf(b).length);
    if (!choice) return new EventBuilder(this.#tree, this.#classes, knowledge, this.#budget).build();
    for (const part of partsOf(choice)) {
      const branch = { domains: [...knowledge.domains], demands: new Map(knowledge.demands) };
      this.#budget.spend(knowledge.domains.length, 'the rules have too many alternatives');
      const found = this.#solve(branch, [part, ...rest]);
      if (found) return found;
      // Whatever fulfils a later alternative may as well not fulfil this one.
      if (!('parts' in part) && !this.#assert(knowledge, opposite(part, this.#all(part.node)))) return undefined;
    }
    return undefined;
  }

  #all(node: number): Mask {
    return this.#classes(node).all;
  }

  /** Asserts all that must hold, and gives back the alternatives left; undefined on a contradiction. */
  #settle(knowledge: Knowledge, formulas: readonly Formula[]): Formula[] | undefined {
    let open = [...formulas];
    for (let isNews = true; isNews; ) {
      isNews = false;
      const next: Formula[] = [];
      for (const formula of open) {
        const left = this.#simplify(knowledge, formula);
        if (isFalse(left)) return undefined;
        if (isTrue(left)) continue;
        if (left.kind === 'or') next.push(left);
        else {
          isNews = true;
          for (const part of partsOf(left))
            if ('parts' in part) next.push(part);
            else if (!this.#assert(knowledge, part)) return undefined;
        }
      }
      open = next;
    }
    return open;
  }

  #simplify(knowledge: Knowledge, formula: Formula): Formula {
    this.#budget.spend(1, 'the rules have too many alternatives');
    if (!('parts' in formula)) return this.#judge(knowledge, formula);
    const parts = formula.parts.map((part) => this.#simplify(knowledge, part));
    return formula.kind === 'and' ? allOf(parts) : anyOf(parts);
  }

  /** A literal that is decided already is true or false. */
  #judge({ domains, demands }: Knowledge, literal: Literal): Formula {
    const domain = domains[literal.node] ?? 0n;
    const { kind, mask } = literal;
    if (kind === 'in') return (domain & mask) === 0n ? FALSE : (domain & ~mask) === 0n ? TRUE : literal;
    if ((domain & mask) === 0n) return kind === 'some' ? FALSE : TRUE;
    const made = demands.get(this.#tree.wildcardOf(literal.node)) ?? [];
    const isMet = made.some((demand) => demand.node === literal.node && (demand.mask & domain & ~mask) === 0n);
    return isMet ? (kind === 'some' ? TRUE : FALSE) : literal;
  }

  #assert(knowledge: Knowledge, literal: Literal): boolean {
    const { node, mask } = literal;
    if (literal.kind === 'in') return this.#restrict(knowledge, node, mask);
    const { domains, demands } = knowledge;
    const every = this.#tree.wildcardOf(node);
    const made = demands.get(every) ?? [];
    if (literal.kind === 'none') {
      domains[node] = (domains[node] ?? 0n) & ~mask;
      return made.every((demand) => demand.node !== node || (demand.mask & (domains[node] ?? 0n)) !== 0n);
    }
    if (((domains[node] ?? 0n) & mask) === 0n) return false;
    demands.set(every, [...made, { node, mask }]);
    return this.#restrict(knowledge, this.#tree.at(every).parent, CONTAINERS);
  }

  /** Narrows the classes of a place, and of those above and below it that this decides. */
  #restrict(knowledge: Knowledge, id: number, mask: Mask): boolean {
    const { domains, demands } = knowledge;
    const before = domains[id] ?? 0n;
    const after = before & mask;
    if (after === before) return true;
    domains[id] = after;
    if (after === 0n) return false;
    this.#budget.spend(1, 'the rules have too many alternatives');
    const node = this.#tree.at(id);
    if ((after & CONTAINERS) === 0n && (demands.get(node.every) ?? []).length > 0) return false;
    if ((after & MISSING) === 0n && node.parent >= 0)
      if (!this.#restrict(knowledge, node.parent, node.step.kind === 'index' ? ARRAY : OBJECT)) return false;
    return node.children.every((child) => {
      const container = this.#tree.at(child).step.kind === 'index' ? ARRAY : OBJECT;
      return (after & container) !== 0n || this.#restrict(knowledge, child, MISSING);
    });
  }
}

const partsOf = (formula: Formula): readonly Formula[] => ('parts' in formula ? formula.parts : [formula]);

const opposite = (literal: Literal, all: Mask): Literal => {
  if (literal.kind === 'in') return { ...literal, mask: all & ~literal.mask };
  return { ...literal, kind: literal.kind === 'some' ? 'none' : 'some' };
};
