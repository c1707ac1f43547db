import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareNumbers, isNumberText, parseNumber } from './decimal.ts';

describe('number texts', () => {
  it.each(['0', '-3', '+100', '12.', '.5', '-.5e+3', '1e-3', '10E2', '007'])('%s is one', (text) =>
    expect(isNumberText(text)).toBe(true),
  );

  it.each(['', '.', '-', '1e', 'e5', '1.2.3', '0x10', ' 1', '1 ', 'NaN', 'Infinity', '1e5.0', '--1', '1_000'])(
    '"%s" is none',
    (text) => expect(isNumberText(text)).toBe(false),
  );

  it('give finite numbers only', () => {
    expect(parseNumber('1.50')).toBe(1.5);
    expect(parseNumber('1e999')).toBeUndefined();
    expect(parseNumber('x')).toBeUndefined();
  });
});

describe('comparing numbers', () => {
  it.each([
    ['450', '450.0', 0],
    ['12.0', '1.2e1', 0],
    ['-0', '0.000e9', 0],
    ['9007199254740993', '9007199254740992', 1],
    ['-9007199254740993', '-9007199254740992', -1],
    ['0.1', '0.1000000000000000055511151231257827', -1],
    ['1e400', '1e401', -1],
    ['-1e400', '1e401', -1],
    ['1e-400', '0', 1],
    ['-1e-400', '0', -1],
    ['1e-400', '-1e-400', 1],
    [`1e${'9'.repeat(30)}`, `1e1${'0'.repeat(30)}`, -1],
    ['10e399', '0.01e402', 0],
  ])('%s and %s', (left, right, expected) => {
    expect(Math.sign(compareNumbers(left, right))).toBe(expected);
    expect(Math.sign(compareNumbers(right, left))).toBe(expected === 0 ? 0 : -expected);
  });

  it('is exact for all decimals', () => {
    const decimal = fc.tuple(fc.bigInt({ min: -(10n ** 22n), max: 10n ** 22n }), fc.integer({ min: -30, max: 30 }));
    const near = fc.tuple(decimal, fc.bigInt({ min: -3n, max: 3n }), fc.nat(4));
    fc.assert(
      fc.property(near, ([[digits, exponent], shift, zeros]) => {
        const scale = 10n ** BigInt(exponent + 40);
        const other = (digits + shift) * 10n ** BigInt(zeros);
        const expected = digits * scale - (digits + shift) * scale;
        const sign = expected === 0n ? 0 : expected < 0n ? -1 : 1;
        expect(Math.sign(compareNumbers(`${digits}e${exponent}`, `${other}e${exponent - zeros}`))).toBe(sign);
      }),
      { numRuns: 3000 },
    );
  });
});
