import { describe, expect, it } from 'vitest';
import { readFilterPolicy } from './filter-policy.ts';

const read = (policy: unknown, scope: 'MessageBody' | 'MessageAttributes' = 'MessageBody') =>
  readFilterPolicy(typeof policy === 'string' ? policy : JSON.stringify(policy), scope);

const values = (count: number) => Array.from({ length: count }, (_, n) => n);
const starred = (count: number) => values(count).map((n) => ({ wildcard: `${n}*` }));

describe('a filter policy', () => {
  it.each([
    ['no json', 'failed to parse JSON.'],
    [[], 'Filter is not an object'],
    [{ a: [1], b: [1], c: [1], d: [1], e: [1], f: [1] }, 'Filter policy can not have more than 5 keys'],
    [{ a: 'b' }, '"a" must be an object or an array'],
    [{ a: [] }, 'Empty arrays are not allowed'],
    [{ a: {} }, 'Empty objects are not allowed'],
    [{ a: [['b']] }, 'Match value must be String, number, true, false, or null'],
    [{ a: [{ like: 'b' }] }, 'Unrecognized match type like'],
    [{ a: [{ __proto__: null, constructor: 'b' }] }, 'Unrecognized match type constructor'],
    [{ a: [{ prefix: 'b', suffix: 'c' }] }, 'Only one key allowed in match expression'],
    [{ a: [{}] }, 'Only one key allowed in match expression'],
    [{ a: [{ prefix: 1 }] }, 'prefix match pattern must be a string'],
    [{ a: [{ suffix: 1 }] }, 'suffix match pattern must be a string'],
    [{ a: [{ 'equals-ignore-case': ['b'] }] }, 'equals-ignore-case match pattern must be a string'],
    [{ a: [{ exists: 'no' }] }, 'exists match pattern must be either true or false.'],
    [{ a: [{ numeric: [] }] }, 'Invalid member in numeric match: ]'],
    [{ a: [{ numeric: [1] }] }, 'Invalid member in numeric match: 1'],
    [{ a: [{ numeric: ['!=', 1] }] }, 'Unrecognized numeric range operator: !='],
    [{ a: [{ numeric: ['>', 'b'] }] }, 'Value of > must be numeric'],
    [{ a: [{ numeric: ['=', 'b'] }] }, 'Value of equals must be numeric'],
    [{ a: [{ numeric: ['<', 1, '>', 2] }] }, 'Too many elements in numeric expression'],
    [{ a: [{ numeric: ['>', 1, '>', 2] }] }, 'Bad numeric range operator: >'],
    [{ a: [{ numeric: ['>', 1, '<', 1] }] }, 'Bottom must be less than top'],
    [{ a: [{ numeric: ['>', 1, '<', 2, 3] }] }, 'Too many terms in numeric range'],
    [{ a: [1e9 + 1] }, 'Value must be between -1.0E9 and 1.0E9, inclusive'],
    [{ a: [{ 'anything-but': { exists: true } }] }, 'Unsupported anything-but pattern: exists'],
    [{ a: [{ cidr: '10.0.0.0' }] }, "Malformed CIDR, one '/' required"],
    [{ a: [{ cidr: '10.0.0/8' }] }, 'Nonstandard IP address: 10.0.0'],
    [{ a: [{ cidr: '10.0.0.0/x' }] }, 'Malformed CIDR, mask bits must be an integer'],
    [{ a: [{ wildcard: 'a**' }] }, 'Consecutive wildcard characters at pos 1'],
    [{ a: [{ wildcard: '*a*b*c*' }] }, 'wildcard match pattern can not have more than 3 *'],
    [{ a: values(13), b: values(12) }, 'Filter policy is too complex'],
    [{ a: { b: { c: values(51) } } }, 'Filter policy is too complex'],
    [{ a: starred(11) }, 'Filter policy is too complex'],
  ])('%j is refused: %s', (policy, text) => {
    expect(() => read(policy)).toThrow(new Error(text));
  });

  it('may be as complex as AWS allows', () => {
    read({ a: values(15), b: values(10) });
    read({ a: { b: { c: values(50) } } });
    read({ a: starred(10) });
  });

  it('adds the branches of $or, and takes it for a plain key before anything else', () => {
    read({ $or: [{ a: values(75) }, { b: values(75) }] });
    expect(() => read({ $or: [{ a: values(75) }, { b: values(76) }] })).toThrow('too complex');
    expect(read({ $or: [{ prefix: 'a' }, { suffix: 'b' }] }).leaves).toMatchObject([{ key: '$or' }]);
    expect(() => read({ $or: [{ a: ['b'] }] })).toThrow('Unrecognized match type a');
  });

  it('nests only for bodies', () => {
    expect(() => read({ a: { b: ['c'] } }, 'MessageAttributes')).toThrow(
      'Filter policy scope MessageAttributes does not support nested filter policy',
    );
  });

  it('is never a fault of ours, however deep or large', () => {
    const deep = `${'{"a":'.repeat(20_000)}["b"]${'}'.repeat(20_000)}`;
    expect(() => read(deep)).toThrow('Filter policy is too complex');
    expect(() => read(`{"a":["${'x'.repeat(300_000)}"]}`)).toThrow('256 KB');
  });
});
