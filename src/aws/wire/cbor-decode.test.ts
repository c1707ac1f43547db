import { cbor } from '@smithy/core/cbor';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCbor, EpochTag } from './cbor-decode.ts';
import { Unreadable } from './unreadable.ts';

const decode = (hex: string): unknown => decodeCbor(Buffer.from(hex, 'hex'));

describe('the CBOR decoder', () => {
  it('reads what the SDK writes', () => {
    const values = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.string({ unit: 'grapheme' }),
        fc.double({ noNaN: true }).filter((n) => !Object.is(n, -0)),
        fc.maxSafeInteger(),
        fc.boolean(),
        fc.constant(null),
        fc.uint8Array(),
        fc.array(tie('value')),
        fc.dictionary(fc.string(), tie('value'), { noNullPrototype: true }),
      ),
    })).value;
    fc.assert(
      fc.property(values, (value) => {
        expect(decodeCbor(cbor.serialize(value))).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });

  // The examples of RFC 8949, appendix A, that mean something to this protocol.
  it.each([
    ['1903e8', 1000],
    ['1a000f4240', 1e6],
    ['1b000000e8d4a51000', 1e12],
    ['1bffffffffffffffff', 2 ** 64],
    ['20', -1],
    ['3903e7', -1000],
    ['f90000', 0],
    ['f93c00', 1],
    ['f97bff', 65504],
    ['f90001', 2 ** -24],
    ['f9c400', -4],
    ['f97c00', Infinity],
    ['f97e00', Number.NaN],
    ['fa47c35000', 100000],
    ['fb3ff199999999999a', 1.1],
    ['f4', false],
    ['f5', true],
    ['f6', null],
    ['f7', null],
    ['62c3bc', 'ü'],
    ['7f657374726561646d696e67ff', 'streaming'],
    ['9f018202039f0405ffff', [1, [2, 3], [4, 5]]],
    ['bf61610161629f0203ffff', { a: 1, b: [2, 3] }],
    ['5f42010243030405ff', new Uint8Array([1, 2, 3, 4, 5])],
    ['c249010000000000000000', undefined],
    ['c2420100', 256],
    ['c3420100', -257],
    ['d9d9f701', 1],
  ] as [string, unknown][])('reads %s', (hex, expected) => {
    if (expected === undefined) expect(() => decode(hex)).toThrow(Unreadable);
    else expect(decode(hex)).toEqual(expected);
  });

  it('keeps timestamps apart from numbers', () => {
    expect(decode('c11a514b67b0')).toEqual(new EpochTag(1363896240));
    expect(decode('c1fb41d452d9ec200000')).toEqual(new EpochTag(1363896240.5));
  });

  it('keeps __proto__ an ordinary key', () => {
    const value = decode('a1695f5f70726f746f5f5fa1616101') as object;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.entries(value)).toEqual([['__proto__', { a: 1 }]]);
  });

  it.each([
    '',
    '18',
    '61',
    '62c3',
    '81',
    '9f',
    'bf',
    'bf01',
    'ff',
    '81ff',
    'fc',
    'f8ff',
    '1c',
    '5f6161ff',
    '7f7f6161ffff',
    'c1f6',
    '0000',
  ])('refuses %s', (hex) => {
    expect(() => decode(hex)).toThrow(Unreadable);
  });
});
