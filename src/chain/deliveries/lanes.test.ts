import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../base/fake-clock.ts';
import { Lanes } from './lanes.ts';

const SETTINGS = { quick: 4, slow: 2, width: 3, slowAfter: 1_000, rest: 500, longestRest: 2_000 };

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

  it('leave an endpoint alone between failures, longer each time, and forget that once it answers', async () => {
    const { clock, lanes: road } = lanes();
    const fail = () => {
      const passage = road.start('a');
      const rest = passage.rest(0);
      passage.end(false);
      return rest;
    };
    for (const rest of [500, 1_000, 2_000, 2_000]) {
      expect(fail()).toBe(rest);
      await clock.advance(rest - 1);
      expect([road.isOpen('a'), road.nextAt(clock.now())]).toEqual([false, clock.now() + 1]);
      await clock.advance(1);
      expect(road.isOpen('a')).toBe(true);
    }
    road.start('a').end(true);
    expect(fail()).toBe(500);
  });

  it('count attempts that failed together as one failure', () => {
    const { lanes: road } = lanes();
    road.start('a').end(true);
    const [first, second] = [road.start('a'), road.start('a')];
    expect([first.rest(0), second.rest(0)]).toEqual([500, 500]);
  });

  it('say when a slow attempt makes room for quick ones', async () => {
    const clock = new FakeClock(0);
    let told = 0;
    const road = new Lanes(clock, SETTINGS, () => (told += 1));
    for (const name of ['a', 'b', 'c', 'd']) road.start(name);
    expect(road.isFull).toBe(true);
    await clock.advance(1_000);
    expect(told).toBe(4);
  });

  it('keep an endpoint apart that was known to fail before', () => {
    const { lanes: road } = lanes();
    for (const name of ['a', 'b']) road.start(name, true);
    expect([road.isOpen('healthy'), road.room('healthy')]).toEqual([true, 1]);
    for (const name of ['c', 'd', 'e', 'f']) road.start(name);
    expect(road.isFull).toBe(true);
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
