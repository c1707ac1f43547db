import { describe, expect, it } from 'vitest';
import { compareRules, type Relation } from './compare-rules.ts';
import { filterRule } from './rule.ts';

const compare = (a: string, b: string) => compareRules(filterRule(a), filterRule(b));
const expectRelation = (a: string, b: string, relation: Relation): void => {
  expect(compare(a, b).relation, `${a} and ${b}`).toBe(relation);
  const turned: Partial<Record<Relation, Relation>> = { narrower: 'broader', broader: 'narrower' };
  expect(compare(b, a).relation, `${b} and ${a}`).toBe(turned[relation] ?? relation);
};

const CIS_ROOT =
  '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }';

describe('the relation of two JSON patterns', () => {
  it.each<[string, string, Relation]>([
    ['{ $.a = 1 && ($.b = x || $.c = y) }', '{ ($.c = "y" && $.a = 1) || ($.a = 1 && $.b = x) }', 'equivalent'],
    ['{ $.a = x || $.b = y && $.c = z }', '{ ($.a = x || $.b = y) && $.c = z }', 'broader'],
    ['{ $.a = "x" }', '{ $.a = "X" }', 'disjoint'],
    ['{ $.a != "x" }', '{ $.a NOT EXISTS }', 'disjoint'],
    ['{ $.a != "x" }', '{ $.a NOT EXISTS || $.a != "x" }', 'narrower'],
    ['{ $.a IS NULL }', '{ $.a NOT EXISTS }', 'disjoint'],
    ['{ $.a IS TRUE && $.a IS FALSE }', '{ $.b = 1 && $.b NOT EXISTS }', 'equivalent'],
    ['{ $.a > 1 && $.a < 2 }', '{ $.a > 1 && $.a <= 1.5 || $.a < 2 && $.a > 1.5 }', 'equivalent'],
    ['{ $.a >= 9007199254740993 }', '{ $.a > 9007199254740992.5 }', 'narrower'],
    ['{ $.a > 1 }', '{ $.a >= 1.0000000000000000001 }', 'broader'],
    ['{ $.a = 1e400 }', '{ $.a = 10e399 }', 'uncertain'],
    ['{ $.a > 450 && $.a = 1* }', '{ $.a >= 1000 }', 'narrower'],
    ['{ $.a = "*a*b*" }', '{ $.a = %a.*b% }', 'equivalent'],
    [
      '{ $.a = %^[a-c]x{2,}$% }',
      '{ $.a = "?xx*" || $.a = %^(a|b|c)x% }'
        .replace('%^(a|b|c)x%', '%^axx+$|^bxx+$|^cx{2,3}x*$%')
        .replace('$.a = "?xx*" || ', ''),
      'equivalent',
    ],
    ['{ $.a.b = x }', '{ $.a = y }', 'disjoint'],
    ['{ $.a.b = x && $.a[0] = x }', '{ $.a.b = x && $.a = x }', 'equivalent'],
    ['{ $.a[1] = x }', '{ $.a[1] = x && $.a[0] NOT EXISTS }', 'broader'],
    ['{ $.a[*] = x }', '{ $.a[0] = x || $.a[1] = x }', 'broader'],
    ['{ $.a[*] = x && $.a[0] = y && $.a[1] NOT EXISTS }', '{ $.a = 1 && $.a = 2 }', 'equivalent'],
    ['{ $.a[*] = x && $.a[*] = y }', '{ $.a[*] = x }', 'narrower'],
    ['{ $.a[*].b = x && $.a[*].b NOT EXISTS }', '{ $.a NOT EXISTS && $.a = * }', 'equivalent'],
    ['{ $.* = x }', '{ $.a = x }', 'broader'],
    ["{ $.['a.b'] = x }", '{ $.a.b = x }', 'overlapping'],
    ['{ $.__proto__.x = y }', '{ $.constructor = y }', 'overlapping'],
  ])('of %s and %s is %s', expectRelation as never);
});

describe('a relation that hangs on what AWS does not document', () => {
  it.each([
    ['{ $.x != "v" }', '{ $.x = * && $.x != "v" }', /null, true and false/],
    ['{ $.x > 1 }', '{ $.x > 1 || $.x = "5" }', /looks like a number/],
    ['{ $.x = 450 }', '{ $.x = "450" }', /looks like a number/],
    ['{ $.x[*] != "v" }', '{ $.x[*] = * }', /wildcard|null/],
  ])('is uncertain: %s and %s', (a, b, reason) => {
    const result = compare(a, b);
    expect(result.relation).toBe('uncertain');
    expect(result.notes.join()).toMatch(reason);
  });

  it.each([
    ['{ $.x != "v" }', '{ $.x != "v" && $.y = * }', 'broader'],
    ['{ $.x = "v" }', '{ $.x = "v" && $.x != "w" }', 'equivalent'],
    ['{ $.x[*] != "v" }', '{ $.y = 1 }', 'overlapping'],
    ['{ $.x[*] != "v" }', '{ $.x[*] != "v" }', 'equivalent'],
    ['{ $.x > 1 }', '{ $.x > 2 }', 'broader'],
  ] as const)('is certain where it does not matter: %s and %s are %s', expectRelation as never);
});

describe('the events of a comparison', () => {
  it('are shaped like CloudTrail records', () => {
    const { onlyB, both } = compare(CIS_ROOT, '{ $.userIdentity.type = "Root" }');
    expect(onlyB).toMatchObject({
      userIdentity: { type: 'Root', invokedBy: expect.any(String) },
      awsRegion: 'us-east-1',
    });
    expect(Object.keys(both as object).slice(0, 3)).toEqual(['eventVersion', 'userIdentity', 'eventTime']);
  });

  it('lack what must not be there', () => {
    const { onlyA } = compare('{ $.eventName NOT EXISTS || $.eventName != "x" }', '{ $.eventName != "x" }');
    expect(onlyA).toMatchObject({ eventVersion: '1.11' });
    expect(onlyA).not.toHaveProperty('eventName');
  });

  it('are left as they are where they are no records', () => {
    expect(compare('{ $.level = "ERROR" }', '{ $.level = "WARN" }')).toMatchObject({
      onlyA: { level: 'ERROR' },
      onlyB: { level: 'WARN' },
      both: null,
    });
  });

  it('come as messages too, because the digits of a number can matter', () => {
    const { messages, notes } = compare('{ $.n = "1.50" }', '{ $.n = "1.5" }');
    expect(notes).toEqual([]);
    expect(messages.onlyA).toBe('{"n":"1.50"}');
    const digits = compare('{ $.n = "1.50" && $.n < 2 }', '{ $.n = "1.5" }');
    expect(digits.messages.onlyA).toBe('{"n":1.50}');
  });
});

describe('a union of filters', () => {
  it('covers what its members cover between them', () => {
    const union = filterRule('{ $.eventName = "A*" }', '{ $.eventName = "B*" }', '{ $.eventName NOT EXISTS }');
    expect(compareRules(union, filterRule('{ $.eventName = %^[AB]% || $.eventName NOT EXISTS }')).relation).toBe(
      'equivalent',
    );
    expect(compareRules(union, filterRule('{ $.eventName = "Ab" }')).relation).toBe('broader');
  });
});

describe('text and space-delimited patterns', () => {
  it.each<[string, string, Relation]>([
    ['ERROR', 'ERROR -WARN', 'broader'],
    ['ERROR', '?ERROR ?WARN', 'narrower'],
    ['ERROR ?WARN', 'ERROR', 'equivalent'],
    ['%ERRO?%', 'ERR', 'equivalent'],
    ['-a', 'a', 'disjoint'],
    ['""', '', 'equivalent'],
    ['[]', '', 'equivalent'],
    ['[a, b]', '[...]', 'narrower'],
    ['[a, b = 5]', '[a, b = 5.0]', 'equivalent'],
    ['[..., s = 4*]', '[..., s = "404"]', 'broader'],
    ['[a = 1, ...]', '[a = 1, b, ...]', 'broader'],
    ['[a, b = *x*]', '[a, b = %x%]', 'equivalent'],
    ['Root', '{ $.userIdentity.type = "Root" }', 'overlapping'],
    ['', '{ $.a = 1 }', 'broader'],
    ['[]', '{ $.a = 1 }', 'broader'],
    ['{ $.a = 1 && $.a = 2 }', 'x', 'narrower'],
    ['[a, b]', '{ $.a = 1 }', 'overlapping'],
  ])('%s and %s are %s', expectRelation as never);

  it('are uncertain beside a JSON pattern where trying finds no difference', () => {
    const { relation, notes } = compare('%^\\{%', '{ $.a = 1 || $.a != 1 || $.a NOT EXISTS || $.a IS NULL }');
    expect(relation).toBe('uncertain');
    expect(notes.join()).toContain('by trying only');
  });
});

describe('a comparison that is too much work', () => {
  it('is given up, with a note', () => {
    const { relation, notes } = compareRules(filterRule('{ $.a = "*a*b*" }'), filterRule('{ $.a = "*b*a*" }'), {
      work: 20,
    });
    expect(relation).toBe('uncertain');
    expect(notes.join()).toMatch(/^gave up/);
  });

  it('ends in bounded time for hostile patterns', () => {
    const globs = Array.from({ length: 24 }, (_, i) => `$.a = "*${String.fromCharCode(97 + i)}*"`).join(' && ');
    const clauses = Array.from({ length: 30 }, (_, i) => `($.a${i} = 1 || $.b${i} = 2)`).join(' && ');
    expect(compare(`{ ${globs} }`, '{ $.a = "*zz*" }').relation).toBe('uncertain');
    expect(compare(`{ ${clauses} }`, `{ ${clauses.replaceAll(' = 2', ' = 3')} }`).relation).toBe('overlapping');
    expect(['uncertain', 'narrower']).toContain(
      compare(`{ ${clauses} }`, '{ $.a1 = 1 && $.a1 = 2 || $.b1 = * || $.a1 = * }').relation,
    );
  });
});
