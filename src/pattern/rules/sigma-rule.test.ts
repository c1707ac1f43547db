import { describe, expect, it } from 'vitest';
import { compareRules } from '../prover/compare-rules.ts';
import { filterRule } from '../prover/rule.ts';
import { kindOfRule, readRule } from './read-rule.ts';
import { RuleError } from './rule-error.ts';
import { sigmaRule } from './sigma-rule.ts';

const detecting = (detection: string): string =>
  `title: t\nlogsource:\n  product: aws\n  service: cloudtrail\ndetection:\n${detection.replaceAll(/^/gm, '  ')}\n`;
const matches = (detection: string, event: unknown): boolean =>
  sigmaRule(detecting(detection)).members.some((member) => member.matches(JSON.stringify(event)));
const selecting = (selection: string): string => `s:\n  ${selection}\ncondition: s`;

const ROOT = detecting(`selection_usertype:
  userIdentity.type: Root
selection_eventtype:
  eventType: AwsServiceEvent
condition: selection_usertype and not selection_eventtype`);

describe('a Sigma rule', () => {
  it.each<[string, unknown, boolean]>([
    ['x: Root', { x: 'rOOT' }, true],
    ['x|cased: Root', { x: 'rOOT' }, false],
    ['x: [a, b]', { x: 'B' }, true],
    ['x: a*c', { x: 'abbc' }, true],
    ['x: a?c', { x: 'abbc' }, false],
    ['x: a\\*c', { x: 'abc' }, false],
    ['x|contains: oo', { x: 'ROOT' }, true],
    ['x|startswith: ro', { x: 'ROOT' }, true],
    ['x|endswith: [x, ot]', { x: 'ROOT' }, true],
    ['x|contains|all: [r, z]', { x: 'ROOT' }, false],
    ['x|contains|all: [r, t]', { x: 'ROOT' }, true],
    ['x|re: ^(Ro|ro)ot$', { x: 'Root' }, true],
    ['x|re: ^root$', { x: 'Root' }, false],
    ['x|re|i: ^root$', { x: 'Root' }, true],
    ['x|cidr: 10.0.0.0/8', { x: '10.1.2.3' }, true],
    ['x|exists: true', { x: '' }, true],
    ['x|exists: false', {}, true],
    ['x|gte: 5', { x: 5 }, true],
    ['x|lt: 5', { x: '4' }, true],
    ['x|neq: a', { x: 'b' }, true],
    ['x: 5', { x: '5' }, true],
    ['x: true', { x: true }, true],
    ["x: 'true'", { x: true }, true],
    ['x: null', {}, true],
    ['x: null', { x: null }, true],
    ['x: null', { x: 'a' }, false],
    ["x: ''", { x: '' }, true],
    ['x: 12345678901234567890', '{"x":12345678901234567890}', false],
    ['requestParameters.x: a', { requestParameters: { x: ['b', 'a'] } }, true],
  ])('%s on %j: %s', (selection, event, expected) => {
    expect(matches(selecting(selection), event)).toBe(expected);
  });

  it.each<[string, unknown, boolean]>([
    ['a:\n  x: 1\nb:\n  y: 2\ncondition: a and not b', { x: 1 }, true],
    ['a:\n  x: 1\nb:\n  y: 2\ncondition: a and not b', { x: 1, y: 2 }, false],
    ['a1:\n  x: 1\na2:\n  y: 2\ncondition: 1 of a*', { y: 2 }, true],
    ['a1:\n  x: 1\na2:\n  y: 2\ncondition: all of a*', { y: 2 }, false],
    ['a1:\n  x: 1\n_a2:\n  y: 2\ncondition: all of them', { x: 1 }, true],
    ['a:\n  x: 1\nb:\n  y: 2\nc:\n  z: 3\ncondition: a or b and c', { x: 1 }, true],
    ['a:\n  x: 1\nb:\n  y: 2\nc:\n  z: 3\ncondition: (a or b) and c', { x: 1 }, false],
    ['a:\n  - x: 1\n  - y: 2\ncondition: a', { y: 2 }, true],
    ['a:\n  x: 1\nb:\n  y: 2\ncondition:\n  - a\n  - b', { y: 2 }, true],
  ])('joins its searches: %s', (detection, event, expected) => {
    expect(matches(detection, event)).toBe(expected);
  });

  it.each<[string, RegExp]>([
    ['title: x', /detection: is missing/],
    [': : :', /is not YAML/],
    [detecting('a:\n  x: 1\ncondition: b'), /no search "b"/],
    [detecting('a:\n  x: 1\ncondition: (a'), /not closed/],
    [detecting('a:\n  x: 1\ncondition: a a'), /not expected/],
    [detecting('a:\n  x: 1\ncondition: a | count() > 5'), /counts/],
    [detecting('a:\n  - word\ncondition: a'), /without a field/],
    [detecting('a:\n  x|base64: y\ncondition: a'), /modifier "base64"/],
    [detecting('a:\n  x|re: (?<=a)b\ncondition: a'), /the expression/],
    [detecting(`a:\n  x: 1\ncondition: ${'('.repeat(200)}a`), /too deep/],
  ])('is refused: %s', (yaml, reason) => {
    expect(() => sigmaRule(yaml)).toThrow(RuleError);
    expect(() => sigmaRule(yaml)).toThrow(reason);
  });
});

describe('a Sigma rule beside a filter pattern', () => {
  it('rings for services that act for root, and for events without eventType', () => {
    const cis = filterRule(
      '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }',
    );
    expect(compareRules(sigmaRule(ROOT), cis)).toMatchObject({
      relation: 'broader',
      onlyA: { userIdentity: { type: expect.stringMatching(/^root$/i) } },
      onlyB: null,
    });
  });

  it('finds what AWS spells as neither rule does', () => {
    const filter = '{ $.userIdentity.type = "root" && ($.eventType NOT EXISTS || $.eventType != "AwsServiceEvent") }';
    expect(compareRules(sigmaRule(ROOT.replace('Root', 'root')), filterRule(filter))).toMatchObject({
      relation: 'broader',
      onlyA: { userIdentity: { type: 'Root' } },
    });
  });

  it('stays cheap for long lists of parts', () => {
    const words = Array.from({ length: 40 }, (_, i) => `word${i}x`).join(', ');
    const a = sigmaRule(detecting(selecting(`requestParameters.userData|contains: [${words}]`)));
    const b = sigmaRule(detecting(selecting(`requestParameters.userData|contains: [${words}, more]`)));
    expect(compareRules(a, b).relation).toBe('narrower');
  });
});

describe('the kind of a rule', () => {
  it('is told from its text', () => {
    expect(kindOfRule('{ $.a = 1 }')).toBe('filter');
    expect(kindOfRule('{"detail":{"x":["a"]}}')).toBe('event-bridge');
    expect(kindOfRule(ROOT)).toBe('sigma');
    expect(kindOfRule('')).toBe('filter');
    expect(readRule('{ $.a = 1 }').members).toHaveLength(1);
  });
});
