import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArchiveSearch } from '../../../trail/search/archive-search.ts';
import { DiaryKeeper } from '../diary-keeper.ts';
import { questionOf } from '../rules.ts';
import { htmlReport } from './html-report.ts';
import { timeline } from './timeline.ts';

const { rules } = questionOf(['examples'], {
  control: ['root-usage', 'cloudtrail-changes'],
  pattern: ['{ $.a = "<b>" }'],
});
const NOW = Date.parse('2024-07-01T00:00:00Z');

/** The report of a search that found these records of root. */
function reportOf(records: readonly object[], more: object = {}): string {
  const keeper = new DiaryKeeper(rules);
  const search = new ArchiveSearch({
    rules: rules.length,
    selection: {},
    unique: false,
    seed: 1,
    shown: 10,
    purposeOf: keeper.purposeOf,
  });
  for (const record of records) search.take({ name: 'f', size: 1 }, JSON.stringify(record), [0, 2]);
  search.fail('odd<file>', 'not sound & "whole"');
  const findings = search.findings();
  const diary = keeper.diary(findings.sessions, NOW);
  return htmlReport({
    at: NOW,
    version: '0',
    command: "trailbell scan 'a <b>'",
    paths: ['a <b>'],
    accounts: [],
    from: undefined,
    to: undefined,
    benchmark: '5.0.0',
    unique: false,
    seconds: 1,
    rules,
    findings,
    skipped: {},
    verification: undefined,
    diary,
    ...more,
  });
}

const root = (more: object = {}): object => ({
  eventTime: '2024-06-01T09:00:00Z',
  eventName: 'ListUsers',
  eventSource: 'iam.amazonaws.com',
  eventID: 'e1',
  sourceIPAddress: '203.0.113.7',
  userIdentity: { type: 'Root', accountId: '111122223333' },
  ...more,
});

describe('the report', () => {
  it('tells what was asked, found and not read, and how to repeat it', () => {
    const page = reportOf([root()]);
    expect(page).toContain('<strong>Root was used</strong>');
    expect(page).toContain('Root of 1111-2222-3333 was last used on 2024-06-01, 29 days ago.');
    expect(page).toContain('no need for root');
    expect(page).toContain('odd&lt;file&gt;</code></td><td>not sound &amp; &quot;whole&quot;');
    expect(page).toContain('<pre>trailbell scan &#39;a &lt;b&gt;&#39;</pre>');
    expect(reportOf([])).toContain('No use of root was found in what could be read');
  });

  it('runs nothing, loads nothing, and allows only its own sheet', () => {
    const page = reportOf([root()]);
    const [, style] = /<style>([\s\S]*)<\/style>/.exec(page)!;
    const hash = createHash('sha256').update(style!).digest('base64');
    expect(page).toContain(`content="default-src 'none'; style-src 'sha256-${hash}'"`);
    expect(page).not.toMatch(/<script|<link|<img|<iframe|\sstyle=|\son\w+=|url\(|https?:/i);
  });

  it('cannot be broken by what records hold', () => {
    const tags =
      /<(?!\/?(?:html|head|meta|title|style|body|main|h1|h2|p|div|strong|dl|dt|dd|table|thead|tbody|tr|th|td|b|br|span|svg|line|rect|ul|li|pre|code|details|summary|footer)\b|!doctype)/i;
    const hostile = fc.string({
      unit: fc.constantFrom('<', '>', '"', "'", '&', 'script', '/', ' ', 'x', '\u0000', '\u202e'),
    });
    fc.assert(
      fc.property(hostile, hostile, hostile, (name, address, arn) => {
        const record = root({
          eventName: name,
          sourceIPAddress: address,
          errorCode: arn,
          eventID: name,
          userIdentity: { type: 'IAMUser', userName: arn, accountId: address },
        });
        expect(reportOf([record])).not.toMatch(tags);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the timeline', () => {
  const DAY = 86_400_000;
  const lane = (...days: [number, number][]) => ({
    name: '4.3',
    isRoot: true,
    days: days.map(([day, count]) => [day * DAY, count] as const),
  });

  it('has a bar for each day, wider ones for years, and none without a match', () => {
    expect(timeline([lane()])).toBe('');
    expect(timeline([lane([0, 1], [2, 5])]).match(/<rect/g)).toHaveLength(2);
    const years = timeline([lane([0, 1], [1, 1], [4000, 3])]);
    expect(years).toContain('1970-01-01 to 1970-01-23: 2');
    expect(years).toContain('a bar for each 23 days');
  });

  it('keeps every bar within the picture', () => {
    const day = fc.tuple(fc.nat(20_000), fc.integer({ min: 1, max: 1e6 }));
    fc.assert(
      fc.property(fc.uniqueArray(day, { minLength: 1, maxLength: 300, selector: ([n]) => n }), (days) => {
        const svg = timeline([lane(...days.sort(([one], [other]) => one - other))]);
        const bars = Number(/viewBox="0 0 (\d+) /.exec(svg)![1]);
        for (const [, x, y, width, height] of svg.matchAll(
          /<rect x="([^"]+)" y="([^"]+)" width="([^"]+)" height="([^"]+)"/g,
        )) {
          expect(Number(x)).toBeGreaterThanOrEqual(0);
          expect(Number(x) + Number(width)).toBeLessThanOrEqual(bars + 0.02);
          expect(Number(y) + Number(height)).toBe(28);
        }
      }),
      { numRuns: 50 },
    );
  });
});
