import type { Budget } from './budget.ts';
import { array, type Draft, object, scalar } from './draft.ts';
import type { PathNode, PathTree } from './path-tree.ts';
import type { Leaf } from './probe.ts';
import { ARRAY, CONTAINERS, type Mask, MISSING, OBJECT, type ValueClasses } from './value-classes.ts';

/** What the unnamed member behind a wildcard must have: a value of these classes at the place. */
export interface Demand {
  readonly node: number;
  readonly mask: Mask;
}

/** What an event must be like: the classes allowed at each place, and demands by wildcard. */
export interface Wish {
  readonly domains: readonly Mask[];
  readonly demands: ReadonlyMap<number, readonly Demand[]>;
}

/** Extra elements of an array beyond those that are asked for are tried up to this count. */
const MOST_SPARE = 4;

/** Makes the smallest event that fulfils a wish, or finds that there is none. */
export class EventBuilder {
  readonly #tree: PathTree;
  readonly #classes: (node: number) => ValueClasses;
  readonly #wish: Wish;
  readonly #budget: Budget;

  constructor(tree: PathTree, classes: (node: number) => ValueClasses, wish: Wish, budget: Budget) {
    this.#tree = tree;
    this.#classes = classes;
    this.#wish = wish;
    this.#budget = budget;
  }

  build(): Draft | undefined {
    return this.#present(0, this.#wish.domains);
  }

  /** A value for a place that must have one. */
  #present(id: number, domains: readonly Mask[]): Draft | undefined {
    this.#budget.spend(1, 'the events are too many to try');
    const node = this.#tree.at(id);
    const domain = domains[id] ?? 0n;
    const demands = this.#wish.demands.get(node.every) ?? [];
    const isEmpty = demands.length === 0 && node.children.every((child) => this.#canMiss(child, domains));
    if (isEmpty) {
      const leaf = this.#leafOf(id, domain & ~(MISSING | CONTAINERS));
      if (leaf) return scalar(leaf);
    }
    return (
      ((domain & OBJECT) === 0n ? undefined : this.#object(node, domains, demands)) ??
      ((domain & ARRAY) === 0n ? undefined : this.#array(node, domains, demands))
    );
  }

  #canMiss(id: number, domains: readonly Mask[]): boolean {
    const node = this.#tree.at(id);
    if (((domains[id] ?? 0n) & MISSING) === 0n || (this.#wish.demands.get(node.every) ?? []).length > 0) return false;
    return node.children.every((child) => this.#canMiss(child, domains));
  }

  #leafOf(id: number, domain: Mask): string | undefined {
    if (domain === 0n) return undefined;
    const { classes } = this.#classes(id);
    for (const [index, { leaf }] of classes.entries()) if ((domain >> BigInt(index)) & 1n) return writeLeaf(leaf);
    return undefined;
  }

  #object(node: PathNode, domains: readonly Mask[], demands: readonly Demand[]): Draft | undefined {
    const members: [string, Draft][] = [];
    const names = new Set<string>();
    for (const child of node.children) {
      const { step } = this.#tree.at(child);
      if (step.kind === 'name') names.add(step.name);
      if (this.#canMiss(child, domains)) continue;
      const value = step.kind === 'name' ? this.#present(child, domains) : undefined;
      if (!value || step.kind !== 'name') return undefined;
      members.push([step.name, value]);
    }
    for (const demand of demands) {
      const value = this.#element(node.every, domains, [demand]);
      if (!value) return undefined;
      const name = freshName(names);
      names.add(name);
      members.push([name, value]);
    }
    return object(members);
  }

  #array(node: PathNode, domains: readonly Mask[], demands: readonly Demand[]): Draft | undefined {
    const byIndex = new Map<number, number>();
    for (const child of node.children) {
      const { step } = this.#tree.at(child);
      if (step.kind === 'index') byIndex.set(step.index, child);
      else if (!this.#canMiss(child, domains)) return undefined;
    }
    const needed = [...byIndex].filter(([, child]) => !this.#canMiss(child, domains)).map(([index]) => index + 1);
    const shortest = Math.max(0, ...needed);
    const longest = Math.max(shortest, ...byIndex.keys()) + demands.length + MOST_SPARE;
    for (let length = shortest; length <= longest; length += 1) {
      const items = this.#items(node, byIndex, length, domains, demands);
      if (items) return array(items);
    }
    return undefined;
  }

  #items(
    node: PathNode,
    byIndex: ReadonlyMap<number, number>,
    length: number,
    domains: readonly Mask[],
    demands: readonly Demand[],
  ): Draft[] | undefined {
    const free = length - [...byIndex.keys()].filter((index) => index < length).length;
    const unnamed = this.#unnamed(node.every, free, domains, demands);
    if (!unnamed) return undefined;
    const items: Draft[] = [];
    for (let index = 0; index < length; index += 1) {
      const child = byIndex.get(index);
      const value = child === undefined ? unnamed.pop() : this.#present(child, domains);
      if (!value) return undefined;
      items.push(value);
    }
    return items;
  }

  /** So many elements that nobody names, which meet all demands between them. */
  #unnamed(every: number, count: number, domains: readonly Mask[], demands: readonly Demand[]): Draft[] | undefined {
    if (every < 0) return new Array<Draft>(count).fill(scalar('null'));
    const groups: Demand[][] = Array.from({ length: count }, () => []);
    const place = (next: number): Draft[] | undefined => {
      const demand = demands[next];
      if (!demand) {
        const made = groups.map((group) => this.#element(every, domains, group));
        return made.every((value) => value !== undefined) ? made : undefined;
      }
      for (const [index, group] of groups.entries()) {
        // Empty groups are alike: one of them is enough to try.
        if (group.length === 0 && groups.findIndex(({ length }) => length === 0) !== index) continue;
        group.push(demand);
        const made = this.#element(every, domains, group) && place(next + 1);
        if (made) return made;
        group.pop();
      }
      return undefined;
    };
    return place(0);
  }

  #element(every: number, domains: readonly Mask[], demands: readonly Demand[]): Draft | undefined {
    if (demands.length === 0) return this.#present(every, domains);
    const narrowed = [...domains];
    for (const { node, mask } of demands) narrowed[node] = (narrowed[node] ?? 0n) & mask;
    return this.#present(every, narrowed);
  }
}

const writeLeaf = (leaf: Leaf): string => {
  if (leaf.kind === 'constant') return String(leaf.value);
  if (leaf.kind === 'number') return leaf.text;
  return JSON.stringify('text' in leaf ? leaf.text : '');
};

function freshName(taken: ReadonlySet<string>): string {
  for (const name of ['key', 'other']) if (!taken.has(name)) return name;
  let count = 2;
  while (taken.has(`key${count}`)) count += 1;
  return `key${count}`;
}
