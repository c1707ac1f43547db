import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFieldSelection } from './field-selection.ts';

const origin = { account: '111122223333', region: 'eu-west-1' };
const holds = (text: string): boolean | undefined => readFieldSelection(text)?.(origin);

describe('field selection criteria', () => {
  it('compare account and region', () => {
    expect(holds('@aws.account = "111122223333"')).toBe(true);
    expect(holds('@aws.account != "111122223333"')).toBe(false);
    expect(holds('@aws.region IN ["us-east-1", "eu-west-1"]')).toBe(true);
    expect(holds("@aws.region NOT IN ['us-east-1','eu-west-1']")).toBe(false);
    expect(holds('')).toBe(true);
  });

  it('bind AND closer than OR', () => {
    expect(holds('@aws.region = "eu-west-1" OR @aws.region = "x" AND @aws.account = "y"')).toBe(true);
    expect(holds('@aws.region = "x" OR @aws.region = "eu-west-1" AND @aws.account = "y"')).toBe(false);
  });

  it.each([
    '@aws.account',
    '@aws.account =',
    '@aws.account = 1',
    '@aws.user = "x"',
    '@aws.account = "x" AND',
    '@aws.account IN []',
    '@aws.account IN ["x"',
    '@aws.account NOT "x"',
    '@aws.account = "x" @aws.region = "y"',
    '@aws.account = "OR" "x"',
  ])('are not %s', (text) => {
    expect(readFieldSelection(text)).toBeUndefined();
  });

  it('never throw', () => {
    const piece = fc.constantFrom(
      '@aws.account',
      '@aws.region',
      '=',
      '!=',
      'IN',
      'NOT',
      '[',
      ']',
      ',',
      '"x"',
      'AND',
      'OR',
      ' ',
      '"',
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const selection = readFieldSelection(pieces.join(' '));
        expect(['undefined', 'boolean']).toContain(typeof selection?.(origin));
      }),
    );
  });
});
