import { describe, expect, it } from 'vitest';
import { compilePattern, EventView, PatternSet, referenceTo } from './index.ts';

const DEPTH = 100_000;
const nested = (inner: string): string => `${'{"a":'.repeat(DEPTH)}${inner}${'}'.repeat(DEPTH)}`;

describe('a hostile event', () => {
  it('may nest as deep as it likes', () => {
    const message = `{"deep":${nested('[1.0]')},"x":12.0}`;
    expect(compilePattern('{ $.x = "12.0" && $.deep.a.a.a NOT EXISTS }').matches(message)).toBe(false);
    expect(compilePattern('{ $.x = "12.0" && $.deep.a.a.b NOT EXISTS }').matches(message)).toBe(true);
    expect(compilePattern('{ $.*.a = 1* || $.x = 12.0 }').matches(message)).toBe(true);
    expect(compilePattern('{ $.x = "12.0" }').matches('['.repeat(DEPTH))).toBe(false);
  });

  it('has no members that it does not write', () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '__proto__.constructor.name'])
      expect(compilePattern(`{ $.${name} NOT EXISTS }`).matches('{"a":{}}')).toBe(true);
    expect(
      compilePattern('{ $.list.length NOT EXISTS && $.text.length NOT EXISTS }').matches('{"list":[1],"text":"x"}'),
    ).toBe(true);
    expect(compilePattern("{ $.list['0'] NOT EXISTS }").matches('{"list":[1]}')).toBe(true);
  });

  it('keeps a written __proto__ to itself', () => {
    const message = '{"__proto__":{"admin":1.0},"a":{"__proto__":"x"}}';
    expect(compilePattern('{ $.__proto__.admin = "1.0" && $.a.__proto__ = x }').matches(message)).toBe(true);
    expect(compilePattern('{ $.admin NOT EXISTS }').matches(message)).toBe(true);
    expect(({} as Record<string, unknown>).admin).toBeUndefined();
    expect(referenceTo(compilePattern('{ $.a = * }'), '$.__proto__.admin')?.textIn(new EventView(message))).toBe('1.0');
  });

  it.each([
    ['{ $.a = "*aaaaaaaaaaaaaaaaaaaaaaaaab*aaaaaaaaaaaaaaaaaaaaaaaab*c" }', `{"a":"${'a'.repeat(1_000_000)}"}`],
    ['{ $.a = %a[^b]{1,400}[ab]*c$% }', `{"a":"${'ab'.repeat(100_000)}"}`],
    ['{ $.a[*] = "1.0" }', `{"a":[${'1.00,'.repeat(200_000)}1]}`],
    ['{ $.a.* > 1 || $.a.* = 2* || $.* = "1" }', `{"a":{${'"k":1,'.repeat(100_000)}"k":1}}`],
    ['{ $.a > 1e400 }', `{"a":1${'0'.repeat(1_000_000)}}`],
    ['{ $.a = 1e400 }', `{"a":1e${'9'.repeat(100_000)}}`],
    ['{ $.a = "\\"" }', `{"a":"${'\\\\'.repeat(500_000)}"}`],
    ['[a, ..., b = 1]', `${'"[" '.repeat(200_000)}`],
    ['[a = 1, b = 1]', `${'0'.repeat(500_000)}1 ${'1'.repeat(500_000)}x`],
    ['%a+a+a+a+b$%', 'a'.repeat(1_000_000)],
  ])('is judged in time linear in its length: %s', (pattern, message) => {
    expect(compilePattern(pattern).matches(message)).toBe(pattern.includes('1e400') && message.includes('000000'));
  });

  it('may come as anything else', () => {
    const set = new PatternSet([{ id: 'json', compiled: compilePattern('{ $.a NOT EXISTS }') }]);
    for (const message of [
      '',
      ' ',
      '{',
      '{}}',
      '[]',
      'null',
      '"{}"',
      '{"a":1',
      '\ufeff{}',
      '{"b":01}',
      '\u0000',
      '\ud800',
    ])
      expect(set.matching(message), message).toEqual([]);
    expect(set.matching(' {} ')).toEqual(['json']);
  });
});
