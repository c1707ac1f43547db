import { describe, expect, it } from 'vitest';
import { compilePattern } from './index.ts';

const line = '10.1.2.3 - ana [05/Mar/2031:08:09:10 +0000] "GET /x HTTP/2" 404 012.50';

describe('a space-delimited pattern', () => {
  it.each([
    ['[]', '', true],
    ['[a]', '', false],
    ['[a]', '  one  ', true],
    ['[,]', 'one', false],
    ['[a = "", b]', '"" x', true],
    ['[a = "x y", b]', '[x y]z', true],
    ['[a, b = z]', '[x y]z', true],
    ['[a = "never closed x"]', '"never closed x', true],
    ['[a = x && (a != "xy" || a = %^q%)]', 'x', true],
    ['[v = 12.5]', '012.50', true],
    ['[v = "12.5"]', '012.50', false],
    ['[v != 12.5]', '012.50', false],
    ['[v != 12.5]', 'twelve', true],
    ['[v = 9007199254740993]', '9007199254740992', false],
    ['[v >= 9007199254740993]', '9007199254740992', false],
    ['[v < 1, ...]', '-.5 x', true],
    ['[..., v > 12, ]', `${line} end`, true],
    ['[..., v = %^/%]', 'GET x/y', false],
    ['[a = 10.0.0.1:443, ...]', '10.0.0.1:443 up', true],
    ['[a=*.html?x, ...]', 'i.html?x up', true],
  ])('%s on %j: %s', (pattern, event, expected) => expect(compilePattern(pattern).matches(event)).toBe(expected));

  it.each([
    [
      '[ip, ..., status, size]',
      line,
      {
        $ip: '10.1.2.3',
        $2: '-',
        $3: 'ana',
        $4: '05/Mar/2031:08:09:10 +0000',
        $5: 'GET /x HTTP/2',
        $status: '404',
        $size: '012.50',
      },
    ],
    ['[first, rest]', 'START "a  b" [c]\n', { $first: 'START', $rest: '"a  b" [c]' }],
    ['[,second]', 'a b', { $1: 'a', $second: 'b' }],
    ['[a, b]', 'one', {}],
    ['[__proto__]', 'x', { $__proto__: 'x' }],
    ['[...]', 'x y', { $1: 'x', $2: 'y' }],
  ])('%s reports the fields of %j', (pattern, event, expected) => {
    expect(compilePattern(pattern).extract(event)).toEqual(expected);
  });
});

describe('other patterns', () => {
  it.each(['', 'GET', '{ $.a = 1 }'])('%j report no fields', (pattern) => {
    expect(compilePattern(pattern).extract('{"a":1,"GET":2}')).toEqual({});
  });
});
