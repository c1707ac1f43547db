import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blankDocument } from './json-document.ts';
import { fillTemplate, templateProblem } from './template.ts';

const problem = (template: unknown) => templateProblem(template, blankDocument());

describe('a template', () => {
  it('may have any member that messages have', () => {
    expect(problem({ a: '{{headline}} {{alarm.name}}', b: ['{{ring.id}}', '{{ events }}'] })).toBeUndefined();
  });

  it.each([
    [[], 'a template is a JSON object'],
    ['{{headline}}', 'a template is a JSON object'],
    [null, 'a template is a JSON object'],
    [{ a: '{{headlin}}' }, '{{headlin}} is nothing that a message has; did you mean {{headline}}?'],
    [{ a: '{{alarm.nam}}' }, 'did you mean {{alarm.name}}?'],
    [{ a: 'x'.repeat(20_000) }, 'at most 16384 characters'],
    [JSON.parse(`{"a":${'['.repeat(40)}${']'.repeat(40)}}`), 'at most 32 levels'],
  ])('%j is refused', (template, text) => expect(problem(template)).toContain(text));

  it('puts nothing into names, and finds nothing that is inherited', () => {
    expect(fillTemplate({ '{{headline}}': '{{constructor}}|{{alarm.toString}}' }, { alarm: {} })).toEqual({
      '{{headline}}': '|',
    });
  });

  it('keeps whatever it is filled with inside its string', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const filled = fillTemplate({ a: 'x {{headline}}', b: 1 }, { headline: text });
        expect(JSON.parse(JSON.stringify(filled))).toEqual({ a: `x ${text}`, b: 1 });
      }),
    );
  });
});
