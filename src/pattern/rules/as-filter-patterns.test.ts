import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { filterRule, ruleMatches } from '../prover/rule.ts';
import { asFilterPatterns, type Translation } from './as-filter-patterns.ts';
import { readRule } from './read-rule.ts';

const sigma = (detection: object): string => stringify({ logsource: { service: 'cloudtrail' }, detection });

function translation(text: string): Translation {
  const result = asFilterPatterns(text);
  if ('problem' in result) throw new Error(result.problem);
  return result;
}

describe('a rule as filter patterns', () => {
  it.each([
    [
      'a selection and a filter on members that every record has',
      sigma({ a: { 'userIdentity.type': 'Root' }, b: { eventType: 'AwsServiceEvent' }, condition: 'a and not b' }),
      ['{ $.userIdentity.type = "Root" && $.eventType != "AwsServiceEvent" }'],
    ],
    [
      'a filter on a member that may be missing',
      sigma({ a: { eventName: 'CreateUser' }, b: { errorCode: 'AccessDenied' }, condition: 'a and not b' }),
      ['{ $.eventName = "CreateUser" && ($.errorCode != "AccessDenied" || $.errorCode NOT EXISTS) }'],
    ],
    [
      'alternatives and wildcards',
      sigma({ a: { eventSource: 'iam.amazonaws.com', 'eventName|startswith': ['Create', 'Delete'] }, condition: 'a' }),
      ['{ $.eventSource = "iam.amazonaws.com" && ($.eventName = "Create*" || $.eventName = "Delete*") }'],
    ],
    [
      'a member that is missing',
      sigma({ a: { eventName: 'GetObject', 'userIdentity.invokedBy': null }, condition: 'a' }),
      ['{ $.eventName = "GetObject" && $.userIdentity.invokedBy NOT EXISTS }'],
    ],
    [
      'texts whose case does not count, in more filters than one where AWS allows two regular expressions in each',
      sigma({ a: { 'userAgent|contains': ['kali', 'parrot', 'x-y.z'] }, condition: 'a' }),
      [
        '{ $.userAgent = %[Kk][Aa][Ll][Ii]% || $.userAgent = %[Pp][Aa][Rr][Rr][Oo][Tt]% }',
        '{ $.userAgent = %[Xx]-[Yy]\\.[Zz]% }',
      ],
    ],
    [
      'a text that AWS spells in another case than the rule',
      sigma({ a: { eventName: 'ConsoleLogin', 'additionalEventData.MFAUsed': 'NO' }, condition: 'a' }),
      ['{ $.eventName = "ConsoleLogin" && $.additionalEventData.MFAUsed = "No" }'],
    ],
    [
      'a service, which AWS writes in small letters',
      sigma({ a: { eventSource: 'IAM.amazonaws.com', 'eventName|startswith': 'Create' }, condition: 'a' }),
      ['{ $.eventSource = "iam.amazonaws.com" && $.eventName = "Create*" }'],
    ],
    [
      'a call whose capital letters nobody gave: any case, as Sigma asks',
      sigma({ a: { eventName: ['putrole', 'StopLogging'] }, condition: 'a' }),
      ['{ $.eventName = "StopLogging" || $.eventName = %^[Pp][Uu][Tt][Rr][Oo][Ll][Ee]$% }'],
    ],
    [
      'a part of a call that may stand within it in another case',
      sigma({ a: { 'eventName|contains': ['login', 'VPC'] }, condition: 'a' }),
      ['{ $.eventName = %[Ll][Oo][Gg][Ii][Nn]% || $.eventName = %[Vv][Pp][Cc]% }'],
    ],
    [
      'a constant or its text',
      sigma({ a: { readOnly: 'true' }, condition: 'a' }),
      ['{ $.readOnly = "true" || $.readOnly IS TRUE }'],
    ],
    [
      'an event pattern with its envelope',
      JSON.stringify({
        source: ['aws.iam'],
        'detail-type': ['AWS API Call via CloudTrail'],
        detail: { eventName: ['CreateUser', { prefix: 'Delete' }], errorCode: [{ exists: false }] },
      }),
      [
        '{ $.eventSource = "iam.amazonaws.com" && $.eventType = "AwsApiCall" && ($.eventName = "CreateUser" || $.eventName = "Delete*") && $.errorCode NOT EXISTS }',
      ],
    ],
    [
      'what an event pattern excepts',
      JSON.stringify({
        detail: { userIdentity: { type: ['Root'] }, eventType: [{ 'anything-but': ['AwsServiceEvent'] }] },
      }),
      ['{ $.userIdentity.type = "Root" && $.eventType != "AwsServiceEvent" }'],
    ],
  ])('is equivalent to it: %s', (_what, rule, patterns) => {
    const { patterns: written, comparison } = translation(rule);
    expect(written).toEqual(patterns);
    expect(comparison.relation).toBe('equivalent');
  });

  it('says on what its equivalence rests', () => {
    const notes = (rule: string): string => translation(rule).comparison.notes.join('; ');
    expect(notes(sigma({ a: { 'userAgent|contains': 'käfer' }, condition: 'a' }))).toContain('texts in another case');
    expect(notes(sigma({ a: { 'requestParameters.attribute|cased': 'a' }, condition: 'a' }))).toContain(
      'one value each',
    );
  });

  it('that differs is told by what AWS does not document, or by an event', () => {
    const isThere = translation(JSON.stringify({ detail: { requestParameters: { force: [{ exists: true }] } } }));
    expect(isThere.patterns).toEqual(['{ $.requestParameters.force = "*" || $.requestParameters.force[*] = "*" }']);
    expect(isThere.comparison.relation).toBe('uncertain');
    expect(isThere.comparison.notes.join()).toContain('does not document');
  });

  it('is split where it would be too long for one, and refused where it would take too many', () => {
    const names = (count: number): string[] =>
      Array.from({ length: count }, (_, id) => `Describe${'Something'.repeat(2)}${id}`);
    const rule = (count: number): string =>
      sigma({ a: { eventSource: 'ec2.amazonaws.com', eventName: names(count) }, condition: 'a' });
    const { patterns, comparison } = translation(rule(60));
    expect(patterns.length).toBeGreaterThan(1);
    for (const pattern of patterns) expect(pattern.length).toBeLessThanOrEqual(1024);
    expect(comparison.relation).toBe('equivalent');
    expect(asFilterPatterns(rule(900))).toEqual({ problem: 'it is too long for 10 filter patterns' });
  });

  it.each([
    ['a range of addresses', JSON.stringify({ detail: { sourceIPAddress: [{ cidr: '10.0.0.0/8' }] } }), /no words for/],
    ['a question mark', sigma({ a: { eventName: 'Get?' }, condition: 'a' }), /no words for/],
    [
      'a quote in the name of a field',
      sigma({ a: { "requestParameters.it's": 'x' }, condition: 'a' }),
      /can name the field/,
    ],
    ['a star itself', sigma({ a: { 'userAgent|cased': 'a\\*b' }, condition: 'a' }), /star/],
    ['nothing', JSON.stringify({ source: ['my.app'] }), /never matches/],
  ])('is refused with what stands against it: %s', (_what, rule, problem) => {
    expect(asFilterPatterns(rule)).toEqual({ problem: expect.stringMatching(problem) });
  });

  it('that is said to be equivalent judges records as the rule does', () => {
    const fields = ['eventName', 'errorCode', 'userIdentity.type', 'userAgent', 'userIdentity.userName'];
    const words = ['Root', 'CreateUser', 'Delete', 'AccessDenied', 'Client.', 'console'];
    const field = fc.record({
      name: fc.constantFrom(...fields),
      modifier: fc.constantFrom('|cased', '|startswith|cased', '|endswith|cased', '|contains|cased'),
      values: fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 2 }),
    });
    const search = fc
      .array(field, { minLength: 1, maxLength: 2 })
      .map((parts) => Object.fromEntries(parts.map(({ name, modifier, values }) => [name + modifier, values])));
    const condition = fc.constantFrom('a', 'not a', 'a and not b', 'a or b', 'not (a or b)', '1 of them', 'a and b');
    const text = fc.oneof(
      fc.constantFrom(...words),
      fc.constantFrom('root', 'CREATEUSER', 'xDeletex', ''),
      fc.constant(undefined),
    );
    const record = fc
      .record({ eventName: text, errorCode: text, type: text, userAgent: text, userName: text })
      .map((each) => ({
        ...{ eventVersion: '1.11', eventTime: '2026-01-01T00:00:00Z', eventSource: 'iam.amazonaws.com' },
        ...{ awsRegion: 'us-east-1', sourceIPAddress: '203.0.113.7', eventType: 'AwsApiCall' },
        eventName: each.eventName ?? 'GetUser',
        ...(each.errorCode !== undefined && { errorCode: each.errorCode }),
        ...(each.userAgent !== undefined && { userAgent: each.userAgent }),
        userIdentity: { type: each.type ?? 'IAMUser', ...(each.userName !== undefined && { userName: each.userName }) },
      }));
    let equivalent = 0;
    fc.assert(
      fc.property(
        search,
        search,
        condition,
        fc.array(record, { minLength: 20, maxLength: 20 }),
        (a, b, wanted, records) => {
          const rule = sigma({ a, b, condition: wanted });
          const result = asFilterPatterns(rule);
          if ('problem' in result || result.comparison.relation !== 'equivalent') return;
          equivalent += 1;
          const [filters, source] = [filterRule(...result.patterns), readRule(rule)];
          for (const event of records) {
            const message = JSON.stringify(event);
            expect(ruleMatches(filters, message), `${result.patterns.join()} for ${message}`).toBe(
              ruleMatches(source, message),
            );
          }
        },
      ),
      { numRuns: Number(process.env.RULES ?? 60), seed: 1 },
    );
    expect(equivalent).toBeGreaterThan(30);
  });
});
