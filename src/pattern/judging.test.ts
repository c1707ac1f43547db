import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern, PatternError, PatternSet } from './index.ts';

/**
 * A second, naive reading of the rules. Events and patterns are made as models, judged as models,
 * and written as text only for the code under test: it shares no parser, number or glob with it.
 */
type Json =
  | { t: 'string'; text: string }
  | { t: 'number'; text: string }
  | { t: 'constant'; value: null | boolean }
  | { t: 'array'; items: Json[] }
  | { t: 'object'; members: [string, Json][] };

type Step = { name: string; bracket: boolean } | { index: number } | { every: '.*' | '[*]' };
type Value = { quoted: boolean; text: string } | { regex: string };
type Condition =
  | { steps: Step[]; operator: string; value: Value }
  | { steps: Step[]; is: null | boolean }
  | { steps: Step[]; absent: true };
type Tree = Condition | { join: '&&' | '||'; left: Tree; right: Tree };

const NAMES = ['a', 'b', 'k.dot', '__proto__', 'constructor', 'length', 'dash-key', '0'];
const NUMBERS = [
  ...['0', '-0', '12', '12.0', '1.2e1', '120e-1', '450', '450.0', '-3', '0.1', '0.10', '1e400', '1E401', '1e-400'],
  ...['9007199254740992', '9007199254740993', '9007199254740993.0', '0.1000000000000000055511151231257827'],
];
const TEXTS = ['', 'x', 'xyx', '12', '12.0', 'a b', 'a"b', 'a\\b', 'a/b', 'é😀', 'Root', 'ConsoleLogin', 'null'];
const GLOBS = ['*', '**', 'x*', '*x', '*x*x', '1*', '*0', '1*0', '*o*L*', 'a*b', '*.*'];
const REGEXES = ['^x', 'x$', '^1[0-9.]+$', 'o{2}|L', '\\d', 'a.b', '^$'];

const name = fc.constantFrom(...NAMES);
const scalar: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom(...TEXTS).map((text) => ({ t: 'string' as const, text })),
  fc.constantFrom(...NUMBERS).map((text) => ({ t: 'number' as const, text })),
  fc.constantFrom(null, true, false).map((value) => ({ t: 'constant' as const, value })),
);
const { json } = fc.letrec<{ json: Json; array: Json; object: Json }>((tie) => ({
  json: fc.oneof({ depthSize: 'small' }, scalar, tie('array'), tie('object')),
  array: fc.array(tie('json'), { maxLength: 3 }).map((items) => ({ t: 'array' as const, items })),
  object: fc.array(fc.tuple(name, tie('json')), { maxLength: 5 }).map((members) => ({ t: 'object' as const, members })),
}));
const event = fc.array(fc.tuple(name, json), { maxLength: 6 }).map((members): Json => ({ t: 'object', members }));

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ name, bracket: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ index: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ every: fc.constantFrom('.*' as const, '[*]' as const) }) },
);
const steps = fc.array(step, { minLength: 1, maxLength: 3 });
const value: fc.Arbitrary<Value> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ quoted: fc.constant(true), text: fc.constantFrom(...TEXTS, ...NUMBERS) }) },
  { weight: 2, arbitrary: fc.record({ quoted: fc.constant(false), text: fc.constantFrom(...NUMBERS, 'x', 'Root') }) },
  { weight: 2, arbitrary: fc.record({ quoted: fc.boolean(), text: fc.constantFrom(...GLOBS) }) },
  { weight: 1, arbitrary: fc.record({ regex: fc.constantFrom(...REGEXES) }) },
);
const number = fc.record({ quoted: fc.constant(false), text: fc.constantFrom(...NUMBERS) });
const condition: fc.Arbitrary<Condition> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ steps, operator: fc.constantFrom('=', '!='), value }) },
  { weight: 2, arbitrary: fc.record({ steps, operator: fc.constantFrom('>', '>=', '<', '<='), value: number }) },
  { weight: 1, arbitrary: fc.record({ steps, is: fc.constantFrom(null, true, false) }) },
  { weight: 1, arbitrary: fc.record({ steps, absent: fc.constant(true as const) }) },
);
const { tree } = fc.letrec<{ tree: Tree; joined: Tree }>((tie) => ({
  tree: fc.oneof({ depthSize: 'small' }, condition, tie('joined')),
  joined: fc.record({ join: fc.constantFrom('&&' as const, '||' as const), left: tie('tree'), right: tie('tree') }),
}));

/** Escapes every n-th character, the first included, or none for 0: equal texts are written differently. */
function writeString(text: string, every: number): string {
  const units = [...Array(text.length).keys()].map((at) => {
    if (every > 0 && at % every === 0) return `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`;
    return JSON.stringify(text.charAt(at)).slice(1, -1);
  });
  return `"${units.join('')}"`;
}

function writeJson(node: Json, every: number): string {
  switch (node.t) {
    case 'string':
      return writeString(node.text, every);
    case 'number':
      return node.text;
    case 'constant':
      return String(node.value);
    case 'array':
      return `[${node.items.map((item) => writeJson(item, every)).join(' , ')}]`;
    case 'object':
      return `{ ${node.members.map(([key, item]) => `${writeString(key, every)} :${writeJson(item, every)}`).join(',')}}\n`;
  }
}

function writeTree(node: Tree, gap: string): string {
  if ('join' in node) {
    const side = (inner: Tree): string =>
      'join' in inner && (node.join === '&&' || gap === '') ? `(${writeTree(inner, gap)})` : writeTree(inner, gap);
    return `${side(node.left)}${gap}${node.join}${gap}${side(node.right)}`;
  }
  const selector = `$${node.steps.map(writeStep).join('')}`;
  if ('absent' in node) return `(${selector} NOT${gap || ' '}EXISTS)`;
  if ('is' in node) return `${selector} IS ${String(node.is).toUpperCase()}`;
  return `${selector}${gap}${node.operator}${gap}${writeValue(node.value)}`;
}

function writeStep(node: Step): string {
  if ('every' in node) return node.every;
  if ('index' in node) return `[${node.index}]`;
  return node.bracket || node.name.includes('.') ? `['${node.name}']` : `.${node.name}`;
}

function writeValue(node: Value): string {
  if ('regex' in node) return `%${node.regex}%`;
  return node.quoted ? `"${node.text.replace(/["\\]/g, '\\$&')}"` : node.text;
}

function find(node: Json, path: readonly Step[]): Json[] {
  const [first, ...rest] = path;
  if (!first) return [node];
  const members = node.t === 'object' ? [...new Map(node.members)] : [];
  const items = node.t === 'array' ? node.items : [];
  if ('every' in first) return [...members.map(([, item]) => item), ...items].flatMap((item) => find(item, rest));
  const next = 'index' in first ? items[first.index] : members.find(([key]) => key === first.name)?.[1];
  return next ? find(next, rest) : [];
}

const fits = (glob: string, text: string): boolean => {
  if (glob === '') return text === '';
  if (glob.startsWith('*')) return fits(glob.slice(1), text) || (text !== '' && fits(glob, text.slice(1)));
  return text.startsWith(glob.charAt(0)) && fits(glob.slice(1), text.slice(1));
};

/** The number as an integer multiple of 10^-600, which every number of this file is. */
function scaled(text: string): bigint {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  return (
    BigInt(whole.replace('-', '') + fraction) *
    10n ** BigInt(600 + Number(exponent) - fraction.length) *
    (text.startsWith('-') ? -1n : 1n)
  );
}

const isNumber = (text: string): boolean => text !== '' && !text.includes('*') && !Number.isNaN(Number(text));

function isEqual(node: Json & { text: string }, literal: Value): boolean {
  if ('regex' in literal) return new RegExp(literal.regex, 's').test(node.text);
  if (literal.text.includes('*')) return fits(literal.text, node.text);
  if (node.t === 'number' && !literal.quoted && isNumber(literal.text))
    return scaled(node.text) === scaled(literal.text);
  return node.text === literal.text;
}

function compare(node: Json, operator: string, literal: Value): boolean {
  if (node.t !== 'string' && node.t !== 'number') return false;
  if (operator === '=') return isEqual(node, literal);
  if (operator === '!=') return !isEqual(node, literal);
  if (node.t === 'string' || 'regex' in literal) return false;
  const [left, right] = [scaled(node.text), scaled(literal.text)];
  return (
    (operator.startsWith('>') && left > right) ||
    (operator.startsWith('<') && left < right) ||
    (operator.endsWith('=') && left === right)
  );
}

function judge(node: Json, rule: Tree): boolean {
  if ('join' in rule)
    return rule.join === '&&'
      ? judge(node, rule.left) && judge(node, rule.right)
      : judge(node, rule.left) || judge(node, rule.right);
  const found = find(node, rule.steps);
  if ('absent' in rule) return found.length === 0;
  if ('is' in rule) return found.some((item) => item.t === 'constant' && item.value === rule.is);
  return found.some((item) => compare(item, rule.operator, rule.value));
}

const conditionsIn = (rule: Tree): Condition[] =>
  'join' in rule ? [...conditionsIn(rule.left), ...conditionsIn(rule.right)] : [rule];

function isWithinQuotas(rule: Tree): boolean {
  const conditions = conditionsIn(rule);
  const wildcards = conditions.map((item) => item.steps.filter((part) => 'every' in part).length);
  const regexes = conditions.filter((item) => 'value' in item && 'regex' in item.value);
  return Math.max(...wildcards) <= 1 && wildcards.reduce((sum, count) => sum + count) <= 3 && regexes.length <= 2;
}

const gap = fc.constantFrom('', ' ', ' \n\t ');
const every = fc.constantFrom(0, 0, 1, 2, 99);

describe('a JSON pattern', () => {
  it('judges as a naive reading of the rules does', () => {
    let matched = 0;
    fc.assert(
      fc.property(event, tree, gap, every, (node, rule, space, escapes) => {
        const text = `{${space}${writeTree(rule, space)}${space}}`;
        if (text.length > 1024) return;
        if (!isWithinQuotas(rule)) {
          expect(() => compilePattern(text)).toThrow(PatternError);
          return;
        }
        const message = writeJson(node, escapes);
        const expected = judge(node, rule);
        if (expected) matched += 1;
        const compiled = compilePattern(text);
        expect(compiled.matches(message), `${text} on ${message}`).toBe(expected);
        expect(new PatternSet([{ id: 1, compiled }]).matching(message)).toEqual(expected ? [1] : []);
      }),
      { numRuns: 8000 },
    );
    expect(matched).toBeGreaterThan(500);
  });

  it('judges conditions on one value as the naive reading does, in all combinations', () => {
    const values: Value[] = [
      ...[...TEXTS, ...NUMBERS, ...GLOBS].map((text) => ({ quoted: true, text })),
      ...[...NUMBERS, ...GLOBS].map((text) => ({ quoted: false, text })),
      ...REGEXES.map((regex) => ({ regex })),
    ];
    const nodes: Json[] = [
      ...TEXTS.map((text) => ({ t: 'string' as const, text })),
      ...NUMBERS.map((text) => ({ t: 'number' as const, text })),
      ...[null, true, false].map((constant) => ({ t: 'constant' as const, value: constant })),
    ];
    for (const literal of values)
      for (const operator of 'regex' in literal || literal.quoted || literal.text.includes('*')
        ? ['=', '!=']
        : ['=', '!=', '>', '>=', '<', '<='])
        for (const selector of ['$.a', '$.*']) {
          const compiled = compilePattern(`{ ${selector} ${operator} ${writeValue(literal)} }`);
          for (const node of nodes) {
            const message = writeJson({ t: 'object', members: [['a', node]] }, 2);
            expect(compiled.matches(message), `${compiled.text} on ${message}`).toBe(compare(node, operator, literal));
          }
        }
  });
});

describe('a pattern set', () => {
  it('finds what each pattern finds alone, in the order given', () => {
    fc.assert(
      fc.property(
        fc.array(event, { minLength: 1, maxLength: 4 }),
        fc.array(tree, { maxLength: 30 }),
        every,
        (nodes, rules, escapes) => {
          const texts = rules
            .filter(isWithinQuotas)
            .map((rule) => `{${writeTree(rule, ' ')}}`)
            .filter(({ length }) => length <= 1024);
          const patterns = [...texts, 'Root', '', '[a, ..., b = x*]'].map((text) => compilePattern(text));
          const set = new PatternSet(patterns.map((compiled, id) => ({ id, compiled })));
          for (const message of [...nodes.map((node) => writeJson(node, escapes)), 'Root x', '', '{'])
            expect(set.matching(message)).toEqual([...patterns.keys()].filter((id) => patterns[id]!.matches(message)));
        },
      ),
      { numRuns: 500 },
    );
  });
});
