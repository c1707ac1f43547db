import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NumberSource, readWithSources } from './json-source.ts';
import { selectOne } from './select-values.ts';
import { SlicedObject, slicePathOf, WantedMembers } from './sliced-object.ts';
import type { Step } from './syntax-tree.ts';

const stepsOf = (...names: string[]): Step[] => names.map((name) => ({ kind: 'name', name }));

const PATHS = [
  stepsOf('a'),
  stepsOf('b'),
  stepsOf('a', 'b'),
  stepsOf('a', 'b', 'c'),
  stepsOf('ab'),
  stepsOf('__proto__'),
];

/** What is read at every path, with numbers as they are written, and objects and lists as such. */
const shown = (value: unknown): unknown => {
  if (value instanceof NumberSource) return `number ${value.text}`;
  return typeof value === 'object' && value !== null ? 'container' : value;
};

function sliced(text: string): unknown[] | undefined {
  const wanted = new WantedMembers();
  const paths = PATHS.map((steps) => slicePathOf(wanted, steps));
  const object = SlicedObject.read(text, wanted);
  return object && paths.map((path) => shown(object.sourceAt(path!)));
}

const read = (text: string): unknown[] => PATHS.map((steps) => shown(selectOne(readWithSources(text), steps)));

describe('an object in its text', () => {
  it.each([
    '{}',
    '{"a":1.0,"ab":"x","a":-0}',
    '{"a":{"b":{"c":[1,2,{"c":3}]}},"b":null}',
    '{"b":[],"ab":{},"a":{"a":1,"b":true,"b":false}}',
    '{"x":"{\u007f}[,]:","a":{"b":1e5}}',
  ])('shows what is in %s', (text) => expect(sliced(text)).toEqual(read(text)));

  it.each([
    '',
    '[]',
    '{',
    '{}}',
    '{} ',
    ' {}',
    '{"a":1,}',
    '{"a":[1,]}',
    '{"a":[,1]}',
    '{"a":{"b":1,}}',
    '{"a":01}',
    '{"a":1.}',
    '{"a":1}{',
    '{"a" :1}',
    '{"a":"\\n"}',
    '{"a":"\u0001"}',
    '{"a":[[[[[[[1]]]]]]]}',
    `{"a":"${'x'.repeat(70_000)}"}`,
  ])('is left to a whole reading, or is none: %s', (text) => expect(sliced(text)).toBeUndefined());

  it('shows what a whole reading shows, wherever it shows anything', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'ab', '__proto__');
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom('1', '-0.50', '2E+3', '"x"', '"a\\"', 'true', 'null', '{}', '[]', '"ü,"'),
        tie('object'),
        tie('list'),
      ),
      list: fc.array(tie('value'), { maxLength: 3 }).map((values) => `[${values.join()}]`),
      object: fc
        .array(fc.tuple(name, tie('value')), { maxLength: 4 })
        .map((members) => `{${members.map(([key, each]) => `"${key}":${each}`).join()}}`),
    }));
    const text = fc
      .tuple(value, fc.nat(60), fc.constantFrom('', '', '', ',', '}', '"', '0', ' '))
      .map(([json, at, extra]) => String(json).slice(0, at) + extra + String(json).slice(at));
    fc.assert(
      fc.property(text, (each) => {
        const found = sliced(each);
        if (found === undefined) return;
        expect(() => JSON.parse(each)).not.toThrow();
        expect(found).toEqual(read(each));
      }),
      { numRuns: 2000 },
    );
  });
});
