import { describe, expect, it } from 'vitest';
import { compilePattern, EventView, isValidReference, referenceTo } from './index.ts';

const json = compilePattern('{ $.eventName = * }');
const delimited = compilePattern('[ip, ..., status, size]');

describe('a reference beside a JSON pattern', () => {
  const event = new EventView(
    '{"n":12.0,"big":9007199254740993,"huge":1e999,"s":"7.5","word":"x","b":true,"z":null,"o":{"k.d":[{"v":-1}]},"n":13.0}',
  );

  it.each([
    ['$.n', 13, '13.0'],
    ['$.big', 9007199254740992, '9007199254740993'],
    ['$.huge', undefined, '1e999'],
    ['$.s', 7.5, '7.5'],
    ['$.word', undefined, 'x'],
    ['$.b', undefined, undefined],
    ['$.z', undefined, undefined],
    ['$.o', undefined, undefined],
    ['$.absent.deeper', undefined, undefined],
    ["$.o['k.d'][0].v", -1, '-1'],
  ])('%s', (text, number, string) => {
    const reference = referenceTo(json, text);
    expect(reference?.numberIn(event)).toBe(number);
    expect(reference?.textIn(event)).toBe(string);
  });

  it('finds nothing in an event that is no JSON', () => {
    expect(referenceTo(json, '$.n')?.numberIn(new EventView('n=1'))).toBeUndefined();
  });

  it.each(['', '1', 'n', '$', '$.', '$n', '$.n ', '$.n = 1', '$.a.*', '$.a[*]', '$."a"', `$.${'a'.repeat(2000)}`])(
    '%j is refused',
    (text) => expect(isValidReference(json, text)).toBe(false),
  );
});

describe('a reference beside a space-delimited pattern', () => {
  const event = new EventView('10.1.2.3 - ana "GET /x" 404 812');

  it.each([
    ['$size', 812, '812'],
    ['$ip', undefined, '10.1.2.3'],
    ['$4', undefined, 'GET /x'],
    ['$5', 404, '404'],
    ['$7', undefined, undefined],
  ])('%s', (text, number, string) => {
    const reference = referenceTo(delimited, text);
    expect(reference?.numberIn(event)).toBe(number);
    expect(reference?.textIn(event)).toBe(string);
  });

  it.each(['$user', '$0', '$.ip', 'ip', '$', '$-1', '$1.5'])('%j is refused', (text) => {
    expect(isValidReference(delimited, text)).toBe(false);
  });
});

describe('a reference beside a text pattern', () => {
  it('is never valid', () => {
    expect(isValidReference(compilePattern('ERROR'), '$.a')).toBe(false);
    expect(isValidReference(compilePattern(''), '$1')).toBe(false);
  });
});
