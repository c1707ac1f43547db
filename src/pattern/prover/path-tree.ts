import type { Step } from '../syntax-tree.ts';
import { type Budget, OutOfWork } from './budget.ts';

/** An array with more elements than this makes no example that anybody can read. */
const HIGHEST_INDEX = 500;
const MOST_NODES = 4000;

/** A place in an event that some condition looks at, or leads through. */
export interface PathNode {
  readonly id: number;
  /** -1 for the event itself. */
  readonly parent: number;
  readonly step: Step;
  /** By name or index. */
  readonly children: number[];
  /** Stands for the members that nobody names, when a wildcard looks at them. */
  every: number;
}

/** All places that some conditions look at. Places that a wildcard may reach by another way are joined. */
export class PathTree {
  readonly nodes: PathNode[] = [{ id: 0, parent: -1, step: { kind: 'name', name: '' }, children: [], every: -1 }];
  readonly #joined: number[] = [0];
  readonly #budget: Budget;

  constructor(paths: readonly (readonly Step[])[], budget: Budget) {
    this.#budget = budget;
    for (const path of paths) this.#add(0, path);
    while (this.#unfoldWildcards());
  }

  at(id: number): PathNode {
    const node = this.nodes[id];
    if (!node) throw new RangeError(`there is no place ${id}`);
    return node;
  }

  /** The place of a path that the tree was made for. */
  find(path: readonly Step[], from = 0): number {
    return path.reduce((id, step) => this.#childOf(id, step), from);
  }

  /** The places whose values the same conditions may look at share a group. */
  groupOf(id: number): number {
    let root = id;
    while (this.#joined[root] !== root) root = this.#joined[root] ?? root;
    return root;
  }

  /** For a place below a wildcard, the places that the wildcard reaches by name or index. */
  namedCounterparts(id: number): number[] {
    const suffix: Step[] = [];
    let at = this.at(id);
    for (; at.step.kind !== 'every'; at = this.at(at.parent)) suffix.unshift(at.step);
    return this.at(at.parent).children.map((child) => this.find(suffix, child));
  }

  /** The wildcard above a place, or -1. */
  wildcardOf(id: number): number {
    for (let at = id; at > 0; at = this.at(at).parent) if (this.at(at).step.kind === 'every') return at;
    return -1;
  }

  #add(from: number, path: readonly Step[]): number {
    return path.reduce((id, step) => {
      const known = this.#childOf(id, step);
      return known < 0 ? this.#create(id, step) : known;
    }, from);
  }

  #create(parent: number, step: Step): number {
    this.#budget.spend(1, 'the rules look at too many places');
    if (this.nodes.length >= MOST_NODES) throw new OutOfWork('the rules look at too many places');
    if (step.kind === 'index' && step.index > HIGHEST_INDEX) throw new OutOfWork(`the index ${step.index} is too high`);
    const id = this.nodes.length;
    this.nodes.push({ id, parent, step, children: [], every: -1 });
    this.#joined.push(id);
    const above = this.at(parent);
    if (step.kind === 'every') above.every = id;
    else above.children.push(id);
    return id;
  }

  #childOf(id: number, step: Step): number {
    const node = this.at(id);
    if (step.kind === 'every') return node.every;
    return node.children.find((child) => isSameStep(this.at(child).step, step)) ?? -1;
  }

  /** Lets every wildcard look at the named members too. True when that made a new place. */
  #unfoldWildcards(): boolean {
    const before = this.nodes.length;
    for (const { every, children } of [...this.nodes])
      if (every >= 0) for (const child of [...children]) this.#join(every, child);
    return this.nodes.length > before;
  }

  #join(template: number, named: number): void {
    this.#budget.spend(1, 'the rules look at too many places');
    const [a, b] = [this.groupOf(template), this.groupOf(named)];
    this.#joined[Math.max(a, b)] = Math.min(a, b);
    for (const child of this.at(template).children) this.#join(child, this.#add(named, [this.at(child).step]));
  }
}

const isSameStep = (a: Step, b: Step): boolean =>
  (a.kind === 'name' && b.kind === 'name' && a.name === b.name) ||
  (a.kind === 'index' && b.kind === 'index' && a.index === b.index);
