import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePattern } from '../parse-pattern.ts';
import { mendPattern } from './mend-pattern.ts';

describe('a misprinted pattern', () => {
  it.each([
    [
      '{ $.userIdentity.type = "Root" && $.userIdentity.invokedByNOT EXISTS && $.eventType != "AwsServiceEvent" }',
      '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }',
    ],
    ["{ $.eventName = 'ConsoleLogin' }", '{ $.eventName = "ConsoleLogin" }'],
    [
      '{ ($.eventName = ConsoleLogin) && ($.errorMessage = Failed authentication) }',
      '{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }',
    ],
    [
      '{ ($.eventName = CreateTrail || ($.eventName = StopLogging) }',
      '{ ($.eventName = CreateTrail) || ($.eventName = StopLogging) }',
    ],
    ['{ ($.a = 1)) }', '{ ($.a = 1) }'],
    ['{ $.a = 1', '{ $.a = 1 }'],
    ['[a, b = 1', '[a, b = 1]'],
    ['  { $.a = 1 }', '{ $.a = 1 }'],
    ['{ $.a == 1 }', '{ $.a = 1 }'],
    ['{ $.a <> 1 }', '{ $.a != 1 }'],
    ['{ $.a = 1 AND $.b = 2 or $.c = 3 }', '{ $.a = 1 && $.b = 2 || $.c = 3 }'],
    ['{ $.a = 1 & $.b = 2 | $.c = 3 }', '{ $.a = 1 && $.b = 2 || $.c = 3 }'],
    ['{ $.a EXISTS }', '{ $.a = * }'],
    ['{ $.a IS NOT NULL }', '{ $.a = * }'],
    ['{ eventName = "x" && $.b = 1 }', '{ $.eventName = "x" && $.b = 1 }'],
    ['{ $.eventName = “ConsoleLogin” }', '{ $.eventName = "ConsoleLogin" }'],
    ['{ $.a = kms:Decrypt && $.b = 2 }', '{ $.a = "kms:Decrypt" && $.b = 2 }'],
  ])('%s is mended', (misprint, mended) => {
    expect(mendPattern(misprint)).toBe(mended);
  });

  it('is left alone where there is nothing to mend, or no way to', () => {
    expect(mendPattern('{ $.a = 1 }')).toBeUndefined();
    expect(mendPattern('{}')).toBeUndefined();
    expect(mendPattern(`{ $.a = ${'x'.repeat(2000)} }`)).toBeUndefined();
  });

  it('is mended to a pattern or not at all', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '(',
      ')',
      '$.a',
      '=',
      '==',
      'x',
      "'x'",
      '"',
      ' ',
      '&&',
      'AND',
      '|',
      'NOT',
      'EXISTS',
      '[',
      ']',
      ',',
      '%',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const mended = mendPattern(pieces.join(''));
        if (mended !== undefined) expect(() => parsePattern(mended)).not.toThrow();
      }),
      { numRuns: 500 },
    );
  });
});
