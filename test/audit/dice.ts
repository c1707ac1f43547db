import { seededIds } from '../../src/base/ids.ts';

/** Choices from a seed, so that a failing state can be made again. */
export class Dice {
  readonly next: () => number;

  constructor(seed: number) {
    const ids = seededIds(seed);
    this.next = () => ids.fraction();
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  one<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }

  shuffled<Item>(items: readonly Item[]): Item[] {
    const left = [...items];
    const shuffled: Item[] = [];
    while (left.length > 0) shuffled.push(...left.splice(this.below(left.length), 1));
    return shuffled;
  }
}
