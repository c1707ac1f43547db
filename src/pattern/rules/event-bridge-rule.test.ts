import { describe, expect, it } from 'vitest';
import { compareRules } from '../prover/compare-rules.ts';
import { filterRule } from '../prover/rule.ts';
import { eventBridgeRule } from './event-bridge-rule.ts';
import { RuleError } from './rule-error.ts';

const rule = (pattern: unknown) => eventBridgeRule(JSON.stringify(pattern));
const matches = (pattern: unknown, event: unknown): boolean =>
  rule(pattern).members.some((member) => member.matches(typeof event === 'string' ? event : JSON.stringify(event)));

describe('an event pattern', () => {
  it.each<[unknown, unknown, boolean]>([
    [{ x: ['a', 'b'] }, { x: 'b' }, true],
    [{ x: ['a'] }, { x: 'A' }, false],
    [{ x: ['a'] }, { x: ['z', 'a'] }, true],
    [{ x: [null] }, { x: null }, true],
    [{ x: [null] }, {}, false],
    [{ x: [true] }, { x: 'true' }, false],
    [{ x: [''] }, { x: '' }, true],
    [{ x: [300] }, '{"x":300}', true],
    [{ x: [300] }, '{"x":300.0}', false],
    [{ x: [{ numeric: ['=', 300] }] }, '{"x":300.0}', true],
    [{ x: [{ numeric: ['>', 0, '<=', 5] }] }, { x: 5 }, true],
    [{ x: [{ numeric: ['>', 0, '<=', 5] }] }, { x: '5' }, false],
    [{ x: [{ prefix: 'us-' }] }, { x: 'us-east-1' }, true],
    [{ x: [{ prefix: { 'equals-ignore-case': 'US-' } }] }, { x: 'us-east-1' }, true],
    [{ x: [{ suffix: '.png' }] }, { x: 'a.png' }, true],
    [{ x: [{ suffix: { 'equals-ignore-case': '.PNG' } }] }, { x: 'a.png' }, true],
    [{ x: [{ wildcard: 'a*\\*b' }] }, { x: 'axx*b' }, true],
    [{ x: [{ wildcard: 'a*\\*b' }] }, { x: 'axxb' }, false],
    [{ x: [{ 'equals-ignore-case': 'Root' }] }, { x: 'rOOT' }, true],
    [{ x: [{ cidr: '10.0.0.0/24' }] }, { x: '10.0.0.255' }, true],
    [{ x: [{ cidr: '10.0.0.0/24' }] }, { x: '10.0.1.0' }, false],
    [{ x: [{ cidr: '2001:db8::/33' }] }, { x: '2001:DB8::7fff:1' }, true],
    [{ x: [{ cidr: '2001:db8::/33' }] }, { x: '2001:0db8:7fff:0:0:0:0:1' }, true],
    [{ x: [{ cidr: '2001:db8::/33' }] }, { x: '2001:db8:8000::' }, false],
    [{ x: [{ cidr: '2001:db8::/33' }] }, { x: '10.0.0.1' }, false],
    [{ x: [{ exists: true }] }, { x: null }, true],
    [{ x: [{ exists: true }] }, { x: { y: 1 } }, false],
    [{ x: [{ exists: false }] }, {}, true],
    [{ x: [{ exists: false }] }, { x: '' }, false],
    [{ x: [{ 'anything-but': 'a' }] }, { x: 'b' }, true],
    [{ x: [{ 'anything-but': 'a' }] }, {}, false],
    [{ x: [{ 'anything-but': ['a', 'b'] }] }, { x: 'b' }, false],
    [{ x: [{ 'anything-but': [1] }] }, '{"x":1.0}', false],
    [{ x: [{ 'anything-but': { prefix: 'a' } }] }, { x: 'ab' }, false],
    [{ x: [{ 'anything-but': { suffix: ['b', 'c'] } }] }, { x: 'ac' }, false],
    [{ x: [{ 'anything-but': { 'equals-ignore-case': 'A' } }] }, { x: 'a' }, false],
    [{ x: [{ 'anything-but': { wildcard: '*/lib/*' } }] }, { x: '/lib/x' }, false],
    [{ $or: [{ x: ['a'] }, { y: ['b'] }], z: ['c'] }, { y: 'b', z: 'c' }, true],
    [{ $or: [{ x: ['a'] }, { y: ['b'] }], z: ['c'] }, { y: 'b' }, false],
    [{ detail: { userIdentity: { type: ['Root'] } } }, { userIdentity: { type: 'Root' } }, true],
    [{ source: ['aws.iam'], account: ['1'] }, { eventSource: 'iam.amazonaws.com', recipientAccountId: '1' }, true],
    [{ source: [{ prefix: 'aws.s' }] }, { eventSource: 'iam.amazonaws.com' }, false],
    [{ 'detail-type': ['AWS API Call via CloudTrail'] }, { eventType: 'AwsApiCall' }, true],
    [{ 'detail-type': [{ prefix: 'AWS Console' }] }, { eventType: 'AwsConsoleSignIn' }, true],
    [{ version: ['0'], resources: [{ exists: false }], region: ['r'] }, { awsRegion: 'r' }, true],
  ])('%j on %j: %s', (pattern, event, expected) => {
    expect(matches(pattern, event)).toBe(expected);
  });

  it.each<[string, RegExp]>([
    ['[]', /JSON object/],
    ['{}', /asks for nothing/],
    ['{"x":"a"}', /x: expected a list/],
    ['{"x":[]}', /list of values is empty/],
    ['{"x":[{"near":"a"}]}', /no operator "near"/],
    ['{"x":[{"prefix":1}]}', /expected a value or one operator/],
    ['{"x":[{"numeric":[">","1"]}]}', /operators and numbers/],
    ['{"x":[{"cidr":"2001:db8::/129"}]}', /not a range/],
    ['{"x":[{"cidr":"2001:db8::g/32"}]}', /not a range/],
    ['{"x":[{"cidr":"10.0.0.0"}]}', /not a range/],
    ['{"x":[{"cidr":"10.0.0.5/24"}]}', /first address of its network/],
    ['{"x":[{"wildcard":"a**b"}]}', /two stars/],
    ['{"detail":{"$or":[{"x":["a"]}]}}', /two alternatives/],
    ['{"id":["a"]}', /cannot be told/],
    [`{"x":${'{"x":'.repeat(80)}["a"]${'}'.repeat(81)}`, /nests too deep/],
    ['{"__proto__":{"x":[1]},"x":[{"__proto__":"a"}]}', /no operator "__proto__"/],
  ])('is refused: %s', (json, reason) => {
    expect(() => eventBridgeRule(json)).toThrow(RuleError);
    expect(() => eventBridgeRule(json)).toThrow(reason);
  });
});

describe('an event pattern beside a filter pattern', () => {
  const root = { detail: { userIdentity: { type: ['Root'] } } };

  it('is equivalent where it asks for the same', () => {
    expect(compareRules(rule(root), filterRule('{ $.userIdentity.type = "Root" }')).relation).toBe('equivalent');
    const either = { detail: { eventName: ['CreateTrail', { prefix: 'Delete' }] } };
    expect(
      compareRules(rule(either), filterRule('{ $.eventName = "CreateTrail" || $.eventName = "Delete*" }')).relation,
    ).toBe('equivalent');
    const range = { detail: { sourceIPAddress: [{ cidr: '10.0.0.0/8' }] } };
    expect(compareRules(rule(range), filterRule('{ $.sourceIPAddress = "10.*" }')).relation).toBe('narrower');
    const documentation = { detail: { sourceIPAddress: [{ cidr: '2001:db8::/32' }] } };
    expect(compareRules(rule(documentation), filterRule('{ $.sourceIPAddress = "2001:db8:*" }')).relation).toBe(
      'overlapping',
    );
  });

  it('misses the reads of root unless its state asks for them', () => {
    const pattern = { 'detail-type': ['AWS API Call via CloudTrail', 'AWS Console Sign In via CloudTrail'], ...root };
    const filter = filterRule(
      '{ $.userIdentity.type = "Root" && ($.eventType = "AwsApiCall" || $.eventType = "AwsConsoleSignIn") }',
    );
    const enabled = compareRules(rule({ EventPattern: JSON.stringify(pattern), State: 'ENABLED' }), filter);
    expect(enabled).toMatchObject({ relation: 'narrower', onlyB: { readOnly: true, userIdentity: { type: 'Root' } } });
    expect(enabled.notes.join()).toContain('read-only');
    const all = { EventPattern: pattern, State: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS' };
    expect(compareRules(rule(all), filter).relation).toBe('equivalent');
    expect(compareRules(rule(pattern), filter).relation).toBe('equivalent');
    expect(compareRules(rule({ EventPattern: pattern, State: 'DISABLED' }), filter).relation).toBe('narrower');
  });

  it('finds values in lists, where records may hold lists', () => {
    const listed = { detail: { requestParameters: { groupId: ['sg-1'] } } };
    const { relation, onlyA } = compareRules(rule(listed), filterRule('{ $.requestParameters.groupId = "sg-1" }'));
    expect(relation).toBe('broader');
    expect(onlyA).toMatchObject({ requestParameters: { groupId: ['sg-1'] } });
  });
});
