import { describe, expect, it } from 'vitest';
import { compilePattern } from '../../pattern/index.ts';
import { BENCHMARKS, benchmarkOf } from './benchmark.ts';
import { canonicalPattern, numberIn, printedPattern } from './control.ts';
import { CONTROLS, controlsOf, findControl } from './find-control.ts';

describe('the controls', () => {
  it('are found by slug, by Security Hub id and by number, a bare number meaning 5.0.0', () => {
    const found = (text: string, benchmark?: (typeof BENCHMARKS)[number]) => {
      const answer = findControl(text, benchmark);
      return 'problem' in answer ? answer.problem : `${answer.control.slug} ${answer.number} ${answer.benchmark}`;
    };
    expect(found('root-usage')).toBe('root-usage 4.3 5.0.0');
    expect(found('CloudWatch.1')).toBe('root-usage 4.3 5.0.0');
    expect(found('cloudwatch.2')).toBe('unauthorized-api-calls 4.1 5.0.0');
    expect(found('4.3')).toBe('root-usage 4.3 5.0.0');
    expect(found('cis-4.15')).toBe('organizations-changes 4.15 5.0.0');
    expect(found('5.3', '7.0.0')).toBe('root-usage 5.3 7.0.0');
    expect(found('root-usage', '1.2.0')).toBe('root-usage 3.3 1.2.0');
    expect(found('3.3')).toContain('it is a number of 1.2.0');
    expect(found('5.3')).toContain('it is a number of 6.0.0, 7.0.0');
    expect(found('organizations-changes', '1.2.0')).toContain('is not in 1.2.0');
    expect(found('4.16')).toContain('There is no control "4.16"');
    expect(found('constructor')).toContain('There is no control');
  });

  it('are fourteen in the first benchmark and fifteen since, with names, texts and patterns of their own', () => {
    expect(BENCHMARKS.map((version) => controlsOf(version).length)).toEqual([14, ...Array(10).fill(15)]);
    for (const of of [(c: (typeof CONTROLS)[number]) => c.slug, (c: (typeof CONTROLS)[number]) => c.title]) {
      expect(new Set(CONTROLS.map(of)).size).toBe(15);
    }
    expect(CONTROLS.map(({ place }) => place)).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
    for (const { slug, intent, advice } of CONTROLS) {
      expect(slug).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(intent.length).toBeGreaterThan(20);
      expect(advice.length).toBeGreaterThan(40);
    }
  });

  it('name benchmarks in short and long forms', () => {
    expect(['5.0.0', 'v5.0.0', '5.0', '5', '4'].map(benchmarkOf)).toEqual([
      '5.0.0',
      '5.0.0',
      '5.0.0',
      '5.0.0',
      '4.0.1',
    ]);
    expect([benchmarkOf('9'), benchmarkOf(''), benchmarkOf('1.2.0.1')]).toEqual([undefined, undefined, undefined]);
  });

  it('have patterns that can be installed, in every version', () => {
    for (const version of BENCHMARKS) {
      for (const control of controlsOf(version)) {
        for (const text of [
          canonicalPattern(control, version),
          printedPattern(control, version),
          ...control.accepted,
        ]) {
          expect(() => compilePattern(text), text).not.toThrow();
          expect(text.length).toBeLessThanOrEqual(1_024);
        }
      }
    }
  });

  it('change over the versions only where the benchmark does', () => {
    const changes = CONTROLS.flatMap((control) =>
      BENCHMARKS.filter((version, i) => {
        const before = BENCHMARKS[i - 1];
        if (!before || numberIn(control, before) === undefined) return false;
        return canonicalPattern(control, version) !== canonicalPattern(control, before);
      }).map((version) => `${control.slug} ${version}`),
    );
    expect(changes).toEqual([
      'unauthorized-api-calls 1.3.0',
      'security-group-changes 5.0.0',
      'route-table-changes 3.0.0',
    ]);
  });
});

describe('refused calls as printed', () => {
  const control = CONTROLS[0]!;
  const refused = (errorCode: string, eventName: string) =>
    JSON.stringify({ errorCode, eventName, sourceIPAddress: '203.0.113.7' });

  it('leave out HeadBucket for AccessDenied alone, because AND binds tighter than OR', () => {
    const asPrinted = compilePattern(canonicalPattern(control, '5.0.0'));
    const bracketed = compilePattern(control.accepted[0]!);
    for (const pattern of [asPrinted, bracketed]) {
      expect(pattern.matches(refused('AccessDenied', 'GetObject'))).toBe(true);
      expect(pattern.matches(refused('AccessDenied', 'HeadBucket'))).toBe(false);
      expect(pattern.matches(refused('Client.UnauthorizedOperation', 'RunInstances'))).toBe(true);
    }
    const differs = refused('Client.UnauthorizedOperation', 'HeadBucket');
    expect(asPrinted.matches(differs)).toBe(true);
    expect(bracketed.matches(differs)).toBe(false);
  });

  it('are true for nearly everything in 1.3.0 to 1.5.0, and so never installed', () => {
    const everyday = JSON.stringify({ eventName: 'DescribeInstances', sourceIPAddress: '203.0.113.7' });
    for (const version of BENCHMARKS) {
      const isMisprinted = ['1.3.0', '1.4.0', '1.5.0'].includes(version);
      expect(compilePattern(printedPattern(control, version)).matches(everyday)).toBe(isMisprinted);
      expect(compilePattern(canonicalPattern(control, version)).matches(everyday)).toBe(false);
    }
  });
});
