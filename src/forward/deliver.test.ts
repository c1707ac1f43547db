import { describe, expect, it } from 'vitest';
import { eventItem } from '../../test/forward/items.ts';
import { type DeliverDeps, deliver, MOST_REFUSALS, Patience } from './deliver.ts';
import type { Outcome, Parcel, Trouble } from './receiver.ts';

const parcels = (count: number): Parcel[] =>
  Array.from({ length: count }, (_, number) => ({ item: eventItem(String(number)), text: String(number) }));

/** Delivers to something that answers as told; gives what came of it, in up to so many rounds of waiting. */
async function attempt(batch: readonly Parcel[], send: DeliverDeps['send'], rounds = 3, patience = new Patience()) {
  const pauses: number[] = [];
  const troubles: (Trouble | undefined)[] = [];
  const tally = await deliver(batch, {
    send,
    sleep: async (milliseconds) => void pauses.push(milliseconds),
    stopped: () => pauses.length >= rounds,
    fraction: () => 0.5,
    note: async (trouble) => void troubles.push(trouble),
    patience,
  });
  return { tally, pauses, troubles };
}

const REFUSED: Outcome = { result: 'refused', reason: 'rejected', text: 'no' };

describe('a delivery', () => {
  it('waits longer after every failure, up to five minutes', async () => {
    const { pauses } = await attempt(parcels(1), async () => ({ result: 'retry', reason: 'x', text: 'x' }), 12);
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300].map((seconds) => seconds * 1_000));
  });

  it('keeps the order of what it halves', async () => {
    const taken: string[] = [];
    const { tally } = await attempt(parcels(20), async (some) => {
      if (some.some(({ text }) => text === '7') || some.length > 6) return REFUSED;
      taken.push(...some.map(({ text }) => String(text)));
      return { result: 'sent' };
    });
    expect(taken).toEqual(
      parcels(20)
        .map(({ text }) => text)
        .filter((text) => text !== '7'),
    );
    expect(tally?.refused.map(({ parcel }) => parcel.text)).toEqual(['7']);
  });

  it('does not set everything aside where a receiver refuses all items one by one', async () => {
    const all: DeliverDeps['send'] = async (some) => ({
      result: 'sent',
      refused: some.map((_, index) => ({ index, reason: 'rejected', text: 'no' })),
    });
    const { tally, troubles } = await attempt(parcels(MOST_REFUSALS + 1), all);
    expect(tally).toBeUndefined();
    expect(troubles[0]).toMatchObject({ reason: 'refuses-everything' });
    expect((await attempt(parcels(5), all)).tally?.refused).toHaveLength(5);
  });

  it('sets all aside that must not be sent again', async () => {
    const { tally } = await attempt(parcels(500), async (some) => ({
      result: 'sent',
      isFinal: true,
      refused: some.map((_, index) => ({ index, reason: 'partly-rejected', text: 'no' })),
    }));
    expect(tally?.refused).toHaveLength(500);
  });

  it('finds out by single items that a receiver takes others than the hundreds before', async () => {
    const poison = 250;
    const batch = parcels(400);
    const { tally } = await attempt(
      batch,
      async (some) => (some.every(({ text }) => Number(text) >= poison) ? { result: 'sent' } : REFUSED),
      50,
    );
    expect(tally).toMatchObject({ sent: 150 });
    expect(tally?.refused).toHaveLength(poison);
  });

  it('ends without a word where it is stopped', async () => {
    expect((await attempt(parcels(3), async () => ({ result: 'sent' }), 0)).tally).toBeUndefined();
    let isStopped = false;
    const troubles: unknown[] = [];
    const tally = await deliver(parcels(1), {
      send: async () => {
        isStopped = true;
        return { result: 'retry', reason: 'reset', text: 'The client is destroyed' };
      },
      sleep: async () => undefined,
      stopped: () => isStopped,
      fraction: () => 0.5,
      note: async (trouble) => void troubles.push(trouble),
      patience: new Patience(),
    });
    expect([tally, troubles]).toEqual([undefined, []]);
  });
});
