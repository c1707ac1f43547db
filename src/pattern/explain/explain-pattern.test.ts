import { describe, expect, it } from 'vitest';
import { parsePattern } from '../parse-pattern.ts';
import { explainPattern } from './explain-pattern.ts';

const words = (text: string): string =>
  explainPattern(text)
    .words.map((line) => line.text)
    .join(' / ');
const traps = (text: string): string[] =>
  explainPattern(text).traps.map(({ code, start, end }) => `${code}: ${text.slice(start, end)}`);

describe('an explanation', () => {
  it.each([
    ['', 'Matches every message.'],
    ['{ $.a = 1 }', 'Matches a message that is a JSON object in which / $.a is the number 1'],
    [
      '{ $.a != "x" && ($.b NOT EXISTS || $.c[*] = y*) }',
      'Matches a message that is a JSON object in which / all of these hold: / $.a is there and is not "x" / at least one of these holds: / $.b is absent / some value of $.c[*] fits "y*", where * stands for any text',
    ],
    ['ERROR -WARN', 'Matches a message that contains, in any place, all of / "ERROR" / and none of / "WARN"'],
    [
      '[ip, ..., status = 4* && status != 404]',
      'Matches a message of at least 2 fields separated by blanks: / ip: anything / any fields, or none / status fits "4*", where * stands for any text and is not the number 404',
    ],
  ])('of %s is in plain words', (text, expected) => {
    expect(words(text)).toBe(expected);
  });
});

describe('the traps of a pattern', () => {
  it.each<[string, string[]]>([
    [
      '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }',
      ['field-must-exist: $.eventType != "AwsServiceEvent"'],
    ],
    ['{ $.a NOT EXISTS || $.a != "x" }', []],
    ['{ $.a = 1 && $.a = 2 }', ['never-true: $.a = 1 && $.a = 2']],
    ['{ $.b = 1 || ($.a = "x" && $.a NOT EXISTS) }', ['never-true: $.a = "x" && $.a NOT EXISTS']],
    ['{ $.a = x && $.a.b = y }', ['never-true: $.a = x && $.a.b = y']],
    ['{ $.a != * }', ['field-must-exist: $.a != *', 'never-true: $.a != *']],
    ['{ $.a NOT EXISTS || $.a = * || $.a IS NULL }', []],
    ['{ $.a = x || $.b = y && $.c = z }', ['mixed-and-or: $.b = y && $.c = z']],
    ['{ $.a = x || ($.b = y && $.c = z) }', []],
    ['{ $.useridentity.type = "root" }', ['case: $.useridentity.type', 'case: "root"']],
    ['{ $.readOnly = true }', ['boolean-as-text: $.readOnly = true']],
    [
      '{ $.userIdentity.sessionContext.attributes.mfaAuthenticated IS TRUE }',
      ['boolean-as-text: $.userIdentity.sessionContext.attributes.mfaAuthenticated IS TRUE'],
    ],
    ['{ $.userIdentity.sessionContext.attributes.mfaAuthenticated = "true" }', []],
    ['ERROR ?WARN', ['optional-ignored: ?WARN']],
    ['ERROR or WARN', ['word-as-operator: or']],
    ['?ERROR ?WARN', []],
    ['[a, b = 1]', []],
  ])('%s are found', (text, expected) => {
    expect(traps(text)).toEqual(expected);
  });

  it('tell of inequalities that are joined the wrong way', () => {
    expect(traps('{ $.a != "x" || $.a != "y" }')).toContain('always-true: $.a != "x" || $.a != "y"');
  });

  it('come with a mended pattern that is a pattern', () => {
    for (const text of [
      '{ $.eventType != "x" && $.b = 1 }',
      '{ $.eventname = 1 }',
      '{ $.x = true }',
      '{ $.a = 1 || $.b = 2 && $.c = 3 || $.d = 4 && $.e = 5 }',
      'a ?b',
    ])
      for (const { mended } of explainPattern(text).traps) expect(() => parsePattern(mended ?? '{')).not.toThrow();
    expect(explainPattern('{ $.a = 1 || $.b = 2 && $.c = 3 }').traps[0]?.mended).toBe(
      '{ $.a = 1 || ($.b = 2 && $.c = 3) }',
    );
  });
});
