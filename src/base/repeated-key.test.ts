import fc from 'fast-check';
import { expect, it } from 'vitest';
import { repeatedKey } from './repeated-key.ts';

it.each([
  ['{"a":1,"b":{"a":2},"c":[{"a":3},{"a":4}]}', undefined],
  ['{"a":1,"a":2}', 'a'],
  ['{"forwards":{"siem":{"type":"file"},"siem":{"type":"http"}}}', 'forwards.siem'],
  ['{"a":[{"b":1},{"c":1,"c":2}]}', 'a.[].c'],
  ['{"a":"\\"b\\":{","b":1,"\\u0062":2}', 'b'],
  ['[]', undefined],
])('in %s is %s', (json, key) => {
  expect(repeatedKey(json)).toBe(key);
});

it('is nowhere in what JSON.stringify writes', () => {
  fc.assert(
    fc.property(fc.json({ stringUnit: 'binary' }), (json) => {
      expect(repeatedKey(json)).toBeUndefined();
    }),
  );
});
