import { describe, expect, it } from 'vitest';
import { Room } from './room.ts';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('room', () => {
  it('lets in what fits, and the rest in its turn', async () => {
    const room = new Room(10);
    const inside: string[] = [];
    const leave = new Map<string, () => void>();
    const enter = async (name: string, weight: number) => {
      leave.set(name, await room.enter(weight));
      inside.push(name);
    };
    for (const [name, weight] of [
      ['a', 6],
      ['b', 4],
      ['c', 1],
      ['large', 50],
      ['d', 1],
    ] as const)
      void enter(name, weight);
    await turn();
    expect(inside).toEqual(['a', 'b']);
    leave.get('b')?.();
    await turn();
    // The large one waits until it is alone, and nobody passes it.
    expect(inside).toEqual(['a', 'b', 'c']);
    leave.get('a')?.();
    leave.get('c')?.();
    await turn();
    expect(inside).toEqual(['a', 'b', 'c', 'large']);
    leave.get('large')?.();
    await turn();
    expect(inside).toEqual(['a', 'b', 'c', 'large', 'd']);
  });
});
