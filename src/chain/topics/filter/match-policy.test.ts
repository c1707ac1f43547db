import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFilterPolicy } from './filter-policy.ts';
import { attributesPass, bodyPasses, readBody } from './match-policy.ts';

const body = (policy: object, message: unknown): boolean =>
  bodyPasses(readFilterPolicy(JSON.stringify(policy), 'MessageBody'), readBody(JSON.stringify(message)));

const attribute = (rule: unknown, type: string, value: string): boolean =>
  attributesPass(readFilterPolicy(JSON.stringify({ a: [rule] }), 'MessageAttributes'), { a: { type, value } });

describe('a filter on the body', () => {
  it.each([
    ['red', 'red', true],
    ['red', 'Red', false],
    [1, 1, true],
    [1, '1', false],
    ['1', 1, false],
    [0.5, 0.5, true],
    [true, true, true],
    [true, 'true', false],
    [null, null, true],
    [null, '', false],
    [{ prefix: 're' }, 'red', true],
    [{ suffix: 'ed' }, 'red', true],
    [{ suffix: 'ed' }, 'edit', false],
    [{ 'equals-ignore-case': 'RED' }, 'rEd', true],
    [{ wildcard: 'r*d' }, 'round', true],
    [{ wildcard: 'r*d' }, 'rounds', false],
    [{ 'anything-but': 'red' }, 'blue', true],
    [{ 'anything-but': 'red' }, 'red', false],
    [{ 'anything-but': ['red', 7] }, 7, false],
    [{ 'anything-but': ['red', 7] }, ['blue', 'red'], false],
    [{ 'anything-but': { prefix: 're' } }, 'red', false],
    [{ 'anything-but': { suffix: ['d', 'e'] } }, 'blue', false],
    [{ 'anything-but': { wildcard: 'r*' } }, 'blue', true],
    [{ 'anything-but': { 'equals-ignore-case': ['RED'] } }, 'red', false],
    [{ numeric: ['=', 5] }, 5, true],
    [{ numeric: ['>', 0, '<=', 5] }, 5, true],
    [{ numeric: ['>', 0, '<=', 5] }, 0, false],
    [{ numeric: ['<', 5] }, '4', false],
    [{ exists: true }, 'x', true],
    [{ exists: true }, null, true],
    [{ exists: true }, { b: 1 }, false],
    [{ exists: false }, 'x', false],
    [{ cidr: '10.0.0.0/24' }, '10.0.0.255', true],
    [{ cidr: '10.0.0.0/24' }, '10.0.1.0', false],
    [{ cidr: '2001:db8::/32' }, '2001:db8:0:1::7', true],
    [{ cidr: '2001:db8::/32' }, '2001:db9::', false],
    [{ cidr: '0.0.0.0/0' }, '::1', false],
    [{ cidr: '0.0.0.0/0' }, 'localhost', false],
    ['red', ['blue', ['red']], true],
  ])('%j on %j: %s', (rule, value, passes) => {
    expect(body({ a: [rule] }, { a: value })).toBe(passes);
  });

  it('knows what is not there', () => {
    expect(body({ a: [{ exists: false }] }, {})).toBe(true);
    expect(body({ a: [{ 'anything-but': 'x' }] }, {})).toBe(false);
    expect(body({ a: { b: [{ exists: false }] } }, { a: 'plain' })).toBe(true);
    expect(body({ constructor: [{ exists: true }] }, {})).toBe(false);
  });

  it('asks nested keys of one and the same object in a list', () => {
    const policy = { a: { b: [1], c: [2] } };
    expect(
      body(policy, {
        a: [
          { b: 1, c: 9 },
          { b: 1, c: 2 },
        ],
      }),
    ).toBe(true);
    expect(
      body(policy, {
        a: [
          { b: 1, c: 9 },
          { b: 9, c: 2 },
        ],
      }),
    ).toBe(false);
  });

  it('lets $or hold in one of its branches, beside the other keys', () => {
    const policy = { s: ['x'], $or: [{ a: [1] }, { b: [{ exists: true }], c: [2] }] };
    expect(body(policy, { s: 'x', a: 1 })).toBe(true);
    expect(body(policy, { s: 'x', b: 0, c: 2 })).toBe(true);
    expect(body(policy, { s: 'x', b: 0 })).toBe(false);
    expect(body(policy, { s: 'y', a: 1 })).toBe(false);
  });

  it('lets nothing through that is no object', () => {
    for (const text of ['hello', '[]', 'null', '1']) {
      const node = readFilterPolicy('{"a":[{"exists":false}]}', 'MessageBody');
      expect(bodyPasses(node, readBody(text))).toBe(false);
    }
  });
});

describe('a filter on attributes', () => {
  it.each([
    ['red', 'String', 'red', true],
    [1, 'Number', '1.0', true],
    ['1', 'Number', '1', false],
    [1, 'String', '1', false],
    [{ numeric: ['>', 1] }, 'Number.int', '1.5', true],
    ['red', 'String.Array', '["blue","red"]', true],
    [true, 'String.Array', '[true]', true],
    [null, 'String.Array', '[null]', true],
    ['red', 'String.Array', 'red', false],
    [{ 'anything-but': 'red' }, 'String.Array', '["blue","red"]', false],
    [{ 'anything-but': 'red' }, 'String.Array', '["blue","green"]', true],
    [{ exists: true }, 'Binary', 'cmVk', false],
    [{ exists: false }, 'Binary', 'cmVk', true],
    [{ exists: true }, 'String', 'x', true],
  ])('%j on %s %s: %s', (rule, type, value, passes) => {
    expect(attribute(rule, type, value)).toBe(passes);
  });

  it('that asks for any lets no message without attributes through', () => {
    const policy = readFilterPolicy('{"a":[{"anything-but":"x"}]}', 'MessageAttributes');
    expect(attributesPass(policy, {})).toBe(false);
  });
});

describe('filters', () => {
  type Rule = readonly [operator: string, operand: string];
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'A'), maxLength: 3 });
  const rule = fc.tuple(fc.constantFrom('exact', 'prefix', 'suffix', 'equals-ignore-case', 'exists'), letters);
  const written = ([operator, operand]: Rule) => {
    if (operator === 'exact') return operand;
    return { [operator]: operator === 'exists' ? operand === '' : operand };
  };
  /** The definition, spelt out. */
  const naive = ([operator, operand]: Rule, value: string | undefined): boolean => {
    if (operator === 'exists') return (value !== undefined) === (operand === '');
    if (value === undefined) return false;
    const tests: Record<string, boolean> = {
      exact: value === operand,
      prefix: value.slice(0, operand.length) === operand,
      suffix: operand === '' || value.slice(-operand.length) === operand,
      'equals-ignore-case': value.toUpperCase() === operand.toUpperCase(),
    };
    return tests[operator] === true;
  };

  it('join keys with and, values with or, in both scopes, as their definition says', () => {
    const policies = fc.dictionary(fc.constantFrom('x', 'y'), fc.array(rule, { minLength: 1, maxLength: 4 }), {
      minKeys: 1,
    });
    const messages = fc.dictionary(fc.constantFrom('x', 'y', 'z'), letters);
    fc.assert(
      fc.property(policies, messages, (policy, message) => {
        const wanted = Object.entries(policy).every(([key, rules]) => rules.some((one) => naive(one, message[key])));
        const text = JSON.stringify(
          Object.fromEntries(Object.entries(policy).map(([key, rules]) => [key, rules.map(written)])),
        );
        const attributes = Object.fromEntries(
          Object.entries(message).map(([key, value]) => [key, { type: 'String', value }]),
        );
        expect(attributesPass(readFilterPolicy(text, 'MessageAttributes'), attributes)).toBe(wanted);
        expect(bodyPasses(readFilterPolicy(text, 'MessageBody'), message)).toBe(wanted);
      }),
      { numRuns: 1_000 },
    );
  });
});
