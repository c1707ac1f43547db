import type { Budget } from './budget.ts';
import type { Usual } from './cloudtrail-shape.ts';
import { type Condition, valueConditions } from './condition.ts';
import type { Draft } from './draft.ts';
import { allOf, anyOf, type Formula } from './formula.ts';
import { FormulaSearch } from './formula-search.ts';
import { PathTree } from './path-tree.ts';
import type { Probe } from './probe.ts';
import { CONTAINERS, type Mask, MISSING, ValueClasses } from './value-classes.ts';
import {
  CONSTANT_CUSTOMS,
  NUMERIC_STRING_CUSTOMS,
  UNDOCUMENTED,
  WILDCARD_CUSTOMS,
  type WildcardCustom,
} from './world.ts';

/** Is there an event that fulfils a condition? `hinges`: only if AWS does what it does not document. */
export type RegionVerdict =
  | { readonly kind: 'some'; readonly event: Draft }
  | { readonly kind: 'none' }
  | { readonly kind: 'hinges'; readonly event: Draft | undefined; readonly reasons: readonly string[] };

export const TOO_INTRICATE = 'a condition on the digits of a number could not be decided';

/** What the values at a path usually are. */
export type Usually = (path: string) => Usual;

/** The places and values that two rules look at, and what can be asked of their events. */
export class Landscape {
  readonly #tree: PathTree;
  readonly #classes = new Map<number, ValueClasses>();
  readonly #search: FormulaSearch;
  readonly #hasCustomWildcards: boolean;

  constructor(conditions: readonly Condition[], usually: Usually, budget: Budget) {
    const values = conditions.flatMap(valueConditions);
    this.#tree = new PathTree(
      values.map(({ steps }) => steps),
      budget,
    );
    this.#hasCustomWildcards = values.some(({ contrary }) => contrary);
    const probes = new Map<number, Probe[]>();
    for (const { steps, probe, contrary } of values) {
      const group = this.#tree.groupOf(this.#tree.find(steps));
      probes.set(group, [...(probes.get(group) ?? []), probe, ...(contrary ? [contrary] : [])]);
    }
    for (const { id } of this.#tree.nodes)
      if (this.#tree.groupOf(id) === id)
        this.#classes.set(id, new ValueClasses(probes.get(id) ?? [], usually(this.#pathOf(id)), budget));
    this.#search = new FormulaSearch(this.#tree, (node) => this.#classesAt(node), budget);
  }

  /** Decides whether some event fulfils the condition. */
  decide(condition: Condition): RegionVerdict {
    const customs: readonly WildcardCustom[] = this.#hasCustomWildcards ? WILDCARD_CUSTOMS : ['any-differs'];
    const formulas = customs.map((custom) => this.#formula(condition, true, custom));
    const everywhere = allOf(formulas);
    const usual = this.#domains((classes) => classes.usual);
    const settled = this.#domains((classes) => classes.settled);
    const robust = this.#search.find(everywhere, usual) ?? this.#search.find(everywhere, settled);
    if (robust) return { kind: 'some', event: robust };
    const whole = this.#domains(({ all }) => all);
    if (!formulas.some((formula) => this.#search.find(formula, whole))) return { kind: 'none' };
    return this.#hinge(formulas);
  }

  /** Asks in every world; some say yes and some say no, or all agree after all. */
  #hinge(formulas: readonly Formula[]): RegionVerdict {
    const base = this.#ask(formulas[0], 0, 0);
    const reasons = new Set<string>();
    let isDifferent = false;
    for (const [wildcard, formula] of formulas.entries())
      for (const constant of CONSTANT_CUSTOMS.keys())
        for (const numeric of NUMERIC_STRING_CUSTOMS.keys()) {
          if ((this.#ask(formula, constant, numeric) === undefined) === (base === undefined)) continue;
          isDifferent = true;
          if (wildcard > 0 && constant + numeric === 0) reasons.add(UNDOCUMENTED.wildcards);
          if (constant > 0 && wildcard + numeric === 0) reasons.add(UNDOCUMENTED.constants);
          if (numeric > 0 && wildcard + constant === 0) reasons.add(UNDOCUMENTED.numericStrings);
        }
    if (isDifferent && reasons.size === 0) for (const reason of Object.values(UNDOCUMENTED)) reasons.add(reason);
    if (isDifferent) return { kind: 'hinges', event: base, reasons: [...reasons] };
    if (base) return { kind: 'some', event: base };
    // No world has such an event, unless the digits of some number can be what could not be ruled out.
    const isDoubtful = [...this.#classes.values()].some(({ doubtful }) => doubtful !== 0n);
    const isOpen = isDoubtful && formulas.some((formula) => this.#isOpen(formula));
    return isOpen ? { kind: 'hinges', event: undefined, reasons: [TOO_INTRICATE] } : { kind: 'none' };
  }

  #isOpen(formula: Formula): boolean {
    return CONSTANT_CUSTOMS.some((_, constant) =>
      NUMERIC_STRING_CUSTOMS.some((__, numeric) =>
        this.#search.find(
          formula,
          this.#domains((classes) => classes.under(constant, numeric)),
        ),
      ),
    );
  }

  #ask(formula: Formula | undefined, constant: number, numericString: number): Draft | undefined {
    if (!formula) return undefined;
    const domains = this.#domains((classes) => classes.under(constant, numericString) & ~classes.doubtful);
    return this.#search.find(formula, domains);
  }

  #domains(allowed: (classes: ValueClasses) => Mask): Mask[] {
    const masks = new Map([...this.#classes].map(([group, classes]) => [group, allowed(classes)]));
    return this.#tree.nodes.map(({ id, step }) => {
      const mask = masks.get(this.#tree.groupOf(id)) ?? 0n;
      // A member that is not there is no member.
      return step.kind === 'every' ? mask & ~MISSING : mask;
    });
  }

  #classesAt(node: number): ValueClasses {
    const classes = this.#classes.get(this.#tree.groupOf(node));
    if (!classes) throw new RangeError(`place ${node} has no classes`);
    return classes;
  }

  #pathOf(id: number): string {
    const names: string[] = [];
    for (let node = this.#tree.at(id); node.parent >= 0; node = this.#tree.at(node.parent))
      names.unshift(node.step.kind === 'name' ? node.step.name : '*');
    return names.join('.');
  }

  #formula(condition: Condition, isHeld: boolean, custom: WildcardCustom): Formula {
    if (condition.kind === 'not') return this.#formula(condition.operand, !isHeld, custom);
    if (condition.kind !== 'value') {
      const parts = condition.operands.map((operand) => this.#formula(operand, isHeld, custom));
      return (condition.kind === 'and') === isHeld ? allOf(parts) : anyOf(parts);
    }
    const { steps, probe, contrary } = condition;
    const node = this.#tree.find(steps);
    const every = this.#tree.wildcardOf(node);
    const classes = this.#classesAt(node);
    const held = classes.held(probe);
    if (every < 0) return { kind: 'in', node, mask: isHeld ? held : classes.all & ~held };
    if (!contrary || custom === 'any-differs') return this.#member(node, held, isHeld);
    const equal = classes.held(contrary);
    const parent = this.#tree.at(every).parent;
    const all = this.#classesAt(parent).all;
    const first: Formula =
      custom === 'all-differ'
        ? this.#member(node, held | equal, isHeld)
        : { kind: 'in', node: parent, mask: isHeld ? CONTAINERS : all & ~CONTAINERS };
    const second = this.#member(node, equal, !isHeld);
    return isHeld ? allOf([first, second]) : anyOf([first, second]);
  }

  /** That some member, named or not, has such a value, or that none has. */
  #member(node: number, mask: Mask, isHeld: boolean): Formula {
    const all = this.#classesAt(node).all;
    const named = this.#tree.namedCounterparts(node).map((place): Formula => {
      return { kind: 'in', node: place, mask: isHeld ? mask : all & ~mask };
    });
    const unnamed: Formula = { kind: isHeld ? 'some' : 'none', node, mask };
    return isHeld ? anyOf([...named, unnamed]) : allOf([...named, unnamed]);
  }
}
