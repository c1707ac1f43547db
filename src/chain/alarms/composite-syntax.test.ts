import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../base/refusal.ts';
import { type CompositeRule, childrenIn, deciders, holds } from './composite-rule.ts';
import { parseCompositeRule } from './composite-syntax.ts';
import type { AlarmState } from './rule.ts';

const STATES: readonly AlarmState[] = ['OK', 'ALARM', 'INSUFFICIENT_DATA'];

const refusalOf = (text: string): string => {
  try {
    parseCompositeRule(text);
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
  return 'accepted';
};

/** A rule as text, in full parentheses, with every name in quotes. */
function write(rule: CompositeRule): string {
  switch (rule.kind) {
    case 'constant':
      return rule.value ? 'TRUE' : 'FALSE';
    case 'state':
      return `${rule.state}(${quote(rule.child)})`;
    case 'not':
      return `NOT (${write(rule.inner)})`;
    case 'and':
    case 'or':
      return rule.parts.map((part) => `(${write(part)})`).join(rule.kind === 'and' ? ' AND ' : ' OR ');
    case 'at-least':
      return `AT_LEAST(${rule.needed}, ${rule.negated ? 'NOT ' : ''}${rule.state}, (${rule.children.map(quote).join(',')}))`;
  }
}

const quote = (name: string): string => `"${name.replace(/[\\"]/g, '\\$&')}"`;

const name = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' });
const state = fc.constantFrom(...STATES);
const { rule } = fc.letrec<{ rule: CompositeRule }>((tie) => ({
  rule: fc.oneof(
    { maxDepth: 4 },
    fc.record({ kind: fc.constant('constant' as const), value: fc.boolean() }),
    fc.record({ kind: fc.constant('state' as const), state, child: name }),
    fc
      .record({ negated: fc.boolean(), state, children: fc.array(name, { minLength: 1, maxLength: 4 }) })
      .chain((rest) =>
        fc.nat(rest.children.length - 1).map((n) => ({ kind: 'at-least' as const, needed: n + 1, ...rest })),
      ),
    fc.record({ kind: fc.constant('not' as const), inner: tie('rule') }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      parts: fc.array(tie('rule'), { minLength: 2, maxLength: 3 }),
    }),
  ),
}));

describe('the rule of a composite alarm', () => {
  it('is read back as it was written', () => {
    fc.assert(
      fc.property(rule, (written) => {
        expect(parseCompositeRule(write(written))).toEqual(written);
      }),
    );
  });

  it('holds by its deciders alone, whatever the other children do', () => {
    fc.assert(
      fc.property(rule, fc.func(state), fc.func(state), (written, stateOf, otherwise) => {
        const deciding = new Set(deciders(written, stateOf));
        const verdict = holds(written, (child) => (deciding.has(child) ? stateOf(child) : otherwise(child)));
        expect(verdict).toBe(holds(written, stateOf));
        expect(childrenIn(written)).toEqual(expect.arrayContaining([...deciding]));
      }),
    );
  });

  it('is accepted or refused, never anything else, whatever the text', () => {
    const pieces = fc.constantFrom(
      '(',
      ')',
      ',',
      '"',
      '\\',
      ' ',
      'NOT',
      'AND',
      'OR',
      'AT_LEAST',
      'ALARM',
      'a',
      '1',
      '5%',
    );
    fc.assert(fc.property(fc.array(pieces, { maxLength: 40 }), (text) => void refusalOf(text.join(''))));
    expect(refusalOf('('.repeat(10_240))).toMatch(/more than 500 elements/);
    expect(refusalOf(`${'NOT '.repeat(2_500)}TRUE`)).toBe('accepted');
    expect(refusalOf(`"${'\\"'.repeat(5_000)}`)).toMatch(/Unsupported token/);
  });

  it('binds AND closer than OR, and takes names bare, in quotes, and such as are words of the language', () => {
    const when = (text: string) => holds(parseCompositeRule(text), () => 'OK');
    expect(when('TRUE OR FALSE AND FALSE')).toBe(true);
    expect(when('NOT NOT FALSE')).toBe(false);
    expect(when("OK ( 'single' ) AND OK(AND)")).toBe(true);
    expect(childrenIn(parseCompositeRule('ALARM("a\\"b)c") OR OK(arn:aws:cloudwatch:x:1:alarm:n)'))).toEqual([
      'a"b)c',
      'arn:aws:cloudwatch:x:1:alarm:n',
    ]);
    expect(when('AT_LEAST(50%, NOT ALARM, (a,b))')).toBe(true);
    expect(when('AT_LEAST(2, ALARM, (a,b))')).toBe(false);
  });

  // Recorded on AWS.
  const operand = "must be: '(', 'NOT', AT_LEAST, TRUE or FALSE, ALARM, OK, or INSUFFICIENT_DATA]";
  it.each([
    ['true', `Unsupported token 'true' at char 0, ${operand}`],
    ['!TRUE', `Unsupported token '!TRUE' at char 0, ${operand}`],
    ['not TRUE', `Unsupported token 'not' at char 0, ${operand}`],
    ['UNKNOWN(a)', `Unsupported token 'UNKNOWN' at char 0, ${operand}`],
    ['TRUE and FALSE', "Unsupported token 'and' at char 5, must be: <EOF>, 'AND', 'OR']"],
    ['TRUE && FALSE', "Unsupported token '&&' at char 5, must be: <EOF>, 'AND', 'OR']"],
    ['TRUE FALSE', "Unsupported token 'FALSE' at char 5, must be: <EOF>]"],
    ['ALARM(an alarm with spaces)', "Unsupported token 'alarm' at char 9, must be: ')']"],
    ['AT_LEAST(0, ALARM, (a,b))', 'AT_LEAST absolute threshold must be between 1 and number of alarms (2)]'],
    ['AT_LEAST(-1, ALARM, (a,b))', "Unsupported token '-1' at char 9, must be: NUMBER, PERCENTAGE NUMBER]"],
    ['AT_LEAST(50.5%, ALARM, (a,b))', "Unsupported token '50.5%' at char 9, must be: NUMBER, PERCENTAGE NUMBER]"],
    ['AT_LEAST(101%, ALARM, (a,b))', 'AT_LEAST percentage threshold must be between 1 and 100]'],
    [
      'AT_LEAST(1, BOGUS, (a,b))',
      "Unsupported token 'BOGUS' at char 12, must be: 'NOT', ALARM, OK, or INSUFFICIENT_DATA]",
    ],
    [
      'AT_LEAST(1, ALARM, ())',
      "Unsupported token '))' at char 20, must be: 'NOT', 'AND', 'OR', 'AT_LEAST', NUMBER, PERCENTAGE NUMBER, TRUE or FALSE, ALARM, OK, or INSUFFICIENT_DATA, unquoted alarm name, quoted alarm name]",
    ],
  ])('refuses %s in the words of AWS', (text, message) => {
    expect(refusalOf(text)).toBe(`Error in AlarmRule [${message}`);
  });
});
