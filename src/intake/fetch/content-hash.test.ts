import { createHash, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { ContentHash } from './content-hash.ts';

it('is the same whether content comes in pieces or whole, small or large', async () => {
  for (const size of [0, 10, 64 * 1024, 1_000_000]) {
    const content = randomBytes(size);
    const wanted = createHash('sha256').update(content).digest('hex');
    const [pieces, whole] = [new ContentHash(), new ContentHash()];
    pieces.add(content.subarray(0, size / 3));
    pieces.add(content.subarray(size / 3));
    whole.addWhole(content);
    expect([await pieces.hex(), await whole.hex()]).toEqual([wanted, wanted]);
  }
});
