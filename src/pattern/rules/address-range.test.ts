import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Budget } from '../prover/budget.ts';
import { Product } from '../prover/product.ts';
import { addressRange } from './address-range.ts';

/** Spellings of an IPv6 address: its groups with some leading zeros, and some zeros left out. */
const spelling = fc
  .record({
    groups: fc.array(fc.constantFrom(0, 0, 0, 1, 0xdb8, 0x2001, 0x7fff, 0x8000, 0xffff), {
      minLength: 8,
      maxLength: 8,
    }),
    widths: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 8, maxLength: 8 }),
    from: fc.nat(8),
    upper: fc.boolean(),
  })
  .map(({ groups, widths, from, upper }) => {
    const texts = groups.map((group, at) => group.toString(16).padStart(widths[at] ?? 1, '0'));
    let to = from;
    while (groups[to] === 0) to += 1;
    const text = to > from ? `${texts.slice(0, from).join(':')}::${texts.slice(to).join(':')}` : texts.join(':');
    return { groups, text: upper ? text.toUpperCase() : text };
  });

const toBits = (groups: readonly number[]): string =>
  groups.map((group) => group.toString(2).padStart(16, '0')).join('');

describe('a range of addresses', () => {
  it('holds an IPv6 address by its leading bits, however it is spelt', () => {
    fc.assert(
      fc.property(spelling, spelling, fc.integer({ min: 0, max: 128 }), (network, { groups, text }, length) => {
        const range = addressRange(`${network.text}/${length}`);
        const isIn = toBits(groups).slice(0, length) === toBits(network.groups).slice(0, length);
        expect(range?.fits(text)).toBe(isIn);
        const rest = toBits(network.groups).slice(length);
        expect(range?.startsAtNetwork).toBe(!rest.includes('1'));
      }),
    );
  });

  it('is the language of the texts that it holds', () => {
    const texts = fc.oneof(
      spelling.map(({ text }) => text),
      fc.stringMatching(/^[0-9a-fA-F:.]{0,20}$/),
      fc.constantFrom('::', '::1', '1::', ':', ':::', '1::2::3', '10.0.0.1', '2001:db8::10.0.0.1', '00001::', ''),
    );
    fc.assert(
      fc.property(
        spelling,
        fc.integer({ min: 0, max: 128 }),
        fc.array(texts, { maxLength: 20 }),
        (network, length, some) => {
          const range = addressRange(`${network.text}/${length}`)!;
          const product = new Product([range.language], new Budget(10_000_000));
          for (const text of [...some, network.text])
            expect(product.verdicts(product.read(product.start, text)), text).toBe(range.fits(text) ? '1' : '0');
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([
    '',
    '10.0.0/8',
    '10.0.0.0/33',
    '10.0.0.0/8/8',
    '::/129',
    ':::/8',
    '1::2::3/8',
    '12345::/8',
    '::/x',
    '1:2:3/8',
  ])('is not read from %j', (text) => expect(addressRange(text)).toBeUndefined());
});
