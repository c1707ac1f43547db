import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../base/fake-clock.ts';
import { Lanes } from './lanes.ts';

const SETTINGS = { quick: 4, slow: 2, width: 3, slowAfter: 1_000 };

function lanes() {
  const clock = new FakeClock(0);
  return { clock, lanes: new Lanes(clock, SETTINGS) };
}

describe('the lanes', () => {
  it('let one attempt into an unknown endpoint, and more as it answers quickly', () => {
    const { lanes: road } = lanes();
    const first = road.start('a');
    expect(road.isOpen('a')).toBe(false);
    first.end(true);
    const second = [road.start('a'), road.start('a')];
    expect(road.isOpen('a')).toBe(false);
    for (const passage of second) passage.end(true);
    const third = [road.start('a'), road.start('a'), road.start('a')];
    expect([road.isOpen('a'), road.closed()]).toEqual([false, ['a']]);
    for (const passage of third) passage.end(true);
    expect(road.isOpen('a')).toBe(true);
  });

  it('narrow to one attempt when an endpoint fails', () => {
    const { lanes: road } = lanes();
    road.start('a').end(true);
    road.start('a').end(true);
    road.start('a').end(false);
    road.start('a');
    expect(road.isOpen('a')).toBe(false);
  });

  it('keep room for healthy endpoints however many are failing', () => {
    const { lanes: road } = lanes();
    for (const name of ['a', 'b', 'c']) road.start(name).end(false);
    road.start('a');
    road.start('b');
    expect(road.isOpen('c')).toBe(false);
    expect(road.closed().sort()).toEqual(['a', 'b', 'c']);
    expect(road.isOpen('healthy')).toBe(true);
  });

  it('move an attempt that takes long out of the way of the quick ones', async () => {
    const { clock, lanes: road } = lanes();
    for (const name of ['a', 'b', 'c', 'd']) road.start(name);
    expect(road.isOpen('healthy')).toBe(false);
    await clock.advance(1_000);
    expect(road.isOpen('healthy')).toBe(true);
  });

  it('let an endpoint recover', async () => {
    const { clock, lanes: road } = lanes();
    const slow = road.start('a');
    await clock.advance(5_000);
    slow.end(true);
    const probe = road.start('a');
    expect(road.isOpen('a')).toBe(false);
    probe.end(true);
    road.start('a');
    expect(road.isOpen('a')).toBe(true);
  });
});
