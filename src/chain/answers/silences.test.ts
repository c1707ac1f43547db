import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NOON, NoticeWorld } from '../../../test/chain/notice-world.ts';
import { eachStore } from '../../../test/stores.ts';
import { isSilenced, readMatcher, type Silenceable } from './silence-matcher.ts';
import { createSilence, endSilence, listSilences, silenceOver, sweepSilences } from './silences.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const events = (...addresses: string[]) => addresses.map((sourceAddress) => ({ principal: 'root', sourceAddress }));

const ring = (detail: Silenceable['detail'] = {}): Silenceable => ({
  alarm: 'cis-4.3',
  account: '111122223333',
  region: 'eu-west-1',
  severity: 'critical',
  detail,
});

describe('a matcher', () => {
  it.each([
    [{ alarm: 'cis-4.3' }, true],
    [{ alarm: 'cis-*' }, true],
    [{ alarm: 'cis-4.3', account: '111122223333', region: 'eu-*', severity: 'critical' }, true],
    [{ alarm: 'cis-4.4' }, false],
    [{ alarm: 'cis-4.3', account: '999999999999' }, false],
    [{ severity: 'low' }, false],
  ])('%j fits the ring: %s', (matcher, expected) => expect(isSilenced(matcher, ring())).toBe(expected));

  it('knows no other sign than the star: a question mark in a name is one', () => {
    expect(isSilenced({ alarm: 'cis-4?3' }, ring())).toBe(false);
    expect(isSilenced({ alarm: 'who?' }, { ...ring(), alarm: 'who?' })).toBe(true);
    expect(isSilenced({ alarm: 'who*' }, { ...ring(), alarm: 'who?' })).toBe(true);
  });

  it('that names an address never hides what came from another, or is not known whole', () => {
    const matcher = { sourceAddress: '203.0.113.*', principal: 'root' };
    expect(isSilenced(matcher, ring({ total: 2, events: events('203.0.113.1', '203.0.113.2') }))).toBe(true);
    expect(isSilenced(matcher, ring({ total: 2, events: events('203.0.113.1', '198.51.100.1') }))).toBe(false);
    expect(isSilenced(matcher, ring({ total: 30, events: events('203.0.113.1') }))).toBe(false);
    expect(isSilenced(matcher, ring({ total: 0, events: [] }))).toBe(false);
    expect(isSilenced(matcher, ring())).toBe(false);
  });

  it('is read from whatever somebody sends, or refused with a sentence', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (given) => {
        const read = readMatcher(given);
        if (typeof read === 'string') expect(read).toMatch(/^matcher/);
        else expect(read).toEqual(given);
      }),
    );
    expect(readMatcher({ alarm: 'a', account: '1' })).toEqual({ alarm: 'a', account: '1' });
    expect(readMatcher({})).toMatch('one or more of alarm');
    expect(readMatcher({ user: 'x' })).toMatch('matcher.user is not known');
  });
});

eachStore((open) => {
  const wish = { matcher: { alarm: 'cis-4.3' }, reason: 'planned', owner: 'Ada', until: '4h' };

  describe('a silence', () => {
    it('holds until it ends, and is remembered after that', async () => {
      const world = new NoticeWorld(await open());
      const { read } = world.store;
      const made = await createSilence(world.ctx, wish);
      expect(made).toMatchObject({
        ...{ matcher: wish.matcher, reason: 'planned', owner: 'Ada' },
        endsAt: NOON + 4 * HOUR,
      });
      expect(await silenceOver(read, ring(), NOON + 4 * HOUR - 1)).toEqual(made);
      expect(await silenceOver(read, ring(), NOON + 4 * HOUR)).toBeUndefined();
      expect(await listSilences(read, NOON + 4 * HOUR)).toEqual([]);
      expect(await listSilences(read, NOON + 4 * HOUR, true)).toEqual([made]);
      await world.clock.advance(500 * DAY);
      await sweepSilences(world.ctx);
      expect(await listSilences(read, 0, true)).toEqual([]);
    });

    it('ends at a time of any offset', async () => {
      const world = new NoticeWorld(await open());
      const made = await createSilence(world.ctx, { ...wish, until: '2026-03-04T15:00:00+02:00' });
      expect(made).toMatchObject({ endsAt: NOON + HOUR });
    });

    it('ends sooner when somebody says so', async () => {
      const world = new NoticeWorld(await open());
      const made = await createSilence(world.ctx, wish);
      const id = typeof made === 'string' ? '' : made.id;
      expect([await endSilence(world.ctx, id), await endSilence(world.ctx, id)]).toEqual([true, false]);
      expect(await silenceOver(world.store.read, ring(), NOON)).toBeUndefined();
    });

    it.each([
      [{ reason: '' }, /^reason says why/],
      [{ owner: 7 }, /^owner says who/],
      [{ until: undefined }, /^until is a span/],
      [{ until: 'tomorrow' }, /^until is a span/],
      [{ until: '2026-03-04T13:00:00' }, /^until is a span/],
      [{ until: '91d' }, /more than 90 days/],
      [{ until: '2026-03-04T11:59:59Z' }, /^until is over/],
      [{ matcher: {} }, /^matcher says which rings/],
    ])('with %j is refused', async (change, words) => {
      const world = new NoticeWorld(await open());
      expect(await createSilence(world.ctx, { ...wish, ...change })).toMatch(words);
    });
  });
});
