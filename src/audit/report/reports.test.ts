import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import type { Finding } from '../finding.ts';
import { Coverages } from '../judge/coverage.ts';
import { judge } from '../judge/judge.ts';
import { readScenario } from '../state.ts';
import { asffReport } from './asff.ts';
import { csvReport } from './csv.ts';
import { FORMATS } from './formats.ts';
import { htmlReport } from './html/html-report.ts';
import { junitReport } from './junit.ts';
import { ocsfReport } from './ocsf.ts';
import { oscalReport } from './oscal.ts';
import { NO_CERTIFICATION, outcomeOf, type Report } from './report.ts';
import { textReport } from './text-report.ts';

const data = (name: string): string =>
  readFileSync(new URL(`../../../test/data/audit/${name}`, import.meta.url), 'utf8');
const { scenarios } = JSON.parse(data('audit-scenarios.json')) as { scenarios: unknown[] };
const NOW = Date.UTC(2026, 6, 1, 12);
const proofs = new Coverages();
const findings = scenarios.flatMap((scenario) => judge(readScenario(scenario), { now: NOW, proofs }));
const HOSTILE = '<script>alert(1)</script>"\'&\u0000\ud800 =HYPERLINK("http://x")\r\n,;';

const hostile: Finding = {
  ...findings.find(({ verdict }) => verdict === 'FAIL')!,
  reason: HOSTILE,
  fix: HOSTILE,
  warnings: [HOSTILE],
  path: { trail: HOSTILE, links: [{ link: 'trail', name: HOSTILE, holds: false, broken: ['T1'], says: HOSTILE }] },
  evidence: [{ source: HOSTILE, about: HOSTILE, fact: HOSTILE }],
};
const accepted: Finding = {
  ...hostile,
  account: '222233334444',
  exception: { owner: 'ops', reason: HOSTILE, expires: '2027-01-01T00:00:00Z' },
};

const report = (some: readonly Finding[] = [...findings, hostile, accepted]): Report => ({
  at: NOW,
  version: '0.1.0',
  audited: [{ account: '111122223333', caller: HOSTILE, region: 'us-east-1', endpoint: 'AWS' }],
  findings: some,
  denials: [
    {
      permission: 'sns:GetTopicAttributes',
      account: '111122223333',
      region: 'us-east-1',
      refusedBy: 'service control policy',
      message: HOSTILE,
    },
  ],
  replays: [{ account: hostile.account, control: hostile.control, confirmed: true, says: HOSTILE }],
  notes: [HOSTILE],
});

const compiled = new Map<string, ReturnType<Ajv['compile']>>();

function problems(schemaFile: string, document: unknown): unknown[] {
  const isValid = compiled.get(schemaFile) ?? compile(schemaFile);
  isValid(document);
  return (isValid.errors ?? []).slice(0, 5);
}

function compile(schemaFile: string): ReturnType<Ajv['compile']> {
  // The schemas are others': words that ajv does not know are no fault of the report.
  const ajv = new Ajv({ strict: false, unicodeRegExp: schemaFile.startsWith('oscal') });
  (addFormats as unknown as (ajv: Ajv) => void)(ajv);
  const isValid = ajv.compile(JSON.parse(data(`schemas/${schemaFile}`)) as object);
  compiled.set(schemaFile, isValid);
  return isValid;
}

async function xmlProblems(xml: string): Promise<unknown> {
  const { errors } = await validateXML({
    xml: { fileName: 'report.xml', contents: xml },
    schema: { fileName: 'junit.xsd', contents: data('schemas/junit.xsd') },
  });
  return errors.slice(0, 5);
}

describe('a report', () => {
  it('in JUnit follows the schema of the JUnit tasks', async () => {
    expect(await xmlProblems(junitReport(report()))).toEqual([]);
    expect(await xmlProblems(junitReport(report([])))).toEqual([]);
    expect(await xmlProblems(junitReport(report()).replace('tests=', 'test='))).not.toEqual([]);
  });

  it('in ASFF follows the model of BatchImportFindings', () => {
    const document = JSON.parse(asffReport(report())) as { Findings: Record<string, unknown>[] };
    expect(problems('asff.schema.json', document)).toEqual([]);
    expect(problems('asff.schema.json', { Findings: [{ ...document.Findings[0], Id: 1 }] })).not.toEqual([]);
  });

  it('in OCSF follows the schema of the class', () => {
    const events = JSON.parse(ocsfReport(report())) as object[];
    expect(events.flatMap((event) => problems('ocsf-compliance-finding.schema.json', event))).toEqual([]);
    expect(problems('ocsf-compliance-finding.schema.json', { ...events[0], severity_id: 12 })).not.toEqual([]);
  }, 60_000);

  it('in OSCAL follows the schema of assessment results', () => {
    const document = JSON.parse(oscalReport(report())) as Record<string, Record<string, unknown>>;
    expect(problems('oscal-assessment-results.schema.json', document)).toEqual([]);
    const wrong = { 'assessment-results': { ...document['assessment-results'], uuid: 'none' } };
    expect(problems('oscal-assessment-results.schema.json', wrong)).not.toEqual([]);
  });

  it('as HTML takes nothing from elsewhere and shows hostile text as text', () => {
    const page = htmlReport(report());
    expect(page).not.toContain('<script');
    expect(page).not.toMatch(/(src|href)=|url\(|@import/);
    expect(page).toContain('&lt;script&gt;');
    expect(page).toContain('<svg class="chain wide" role="img"');
    expect(page).not.toMatch(/<b>(alarm|topic|subscription)<\/b> <\/p>/);
    expect(page).toContain(NO_CERTIFICATION);
  });

  it('as CSV has a line a finding, and no formula', () => {
    const rows = csvReport(report(findings)).split('\r\n');
    expect(rows).toHaveLength(findings.length + 1);
    const [head = '', row = ''] = csvReport(report([{ ...findings[1]!, reason: '=1+1' }])).split('\r\n');
    expect(head).toMatch(/^account,region,benchmark,control/);
    expect(row).toContain(",'=1+1,");
  });

  it('in the terminal names each link, what slips through and what mends it', () => {
    const plain = (text: string): string => text;
    const paint = { bold: plain, dim: plain, red: plain, green: plain, yellow: plain };
    const narrow = findings.find(({ brokenLinks }) => brokenLinks.includes('F2'))!;
    const text = textReport(report([narrow]), paint);
    expect(text).toMatch(/^✗ FAIL 4\.3 root-usage 111122223333 us-east-1, CIS 5\.0\.0\n {2}✓ trail/);
    expect(text).toMatch(/\n {2}✗ filters .*\[F2\]/);
    expect(text).toMatch(/slips through \(confirmed by AWS\): \w+ \(\S+\) by/);
    expect(text).toMatch(/mend: .*put-metric-filter/);
    expect(text).toContain('not readable: sns:GetTopicAttributes in 111122223333, refused by service control policy');
  });

  it('exits by its worst finding, and not for an accepted one', () => {
    const some = (verdict: Finding['verdict']): Finding => ({ ...hostile, verdict });
    expect(outcomeOf([some('PASS')])).toBe('clean');
    expect(outcomeOf([some('PASS'), some('FAIL')])).toBe('fail');
    expect(outcomeOf([some('FAIL'), some('UNKNOWN')])).toBe('undecided');
    expect(outcomeOf([some('REVIEW')])).toBe('undecided');
    expect(outcomeOf([accepted])).toBe('clean');
  });

  it('stays readable to machines whatever texts an account holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), async (text) => {
        const odd = report([{ ...hostile, reason: text, fix: text, path: { trail: text, links: [] } }]);
        for (const form of ['json', 'asff', 'ocsf', 'oscal']) JSON.parse(FORMATS[form]!(odd));
        expect(problems('asff.schema.json', JSON.parse(asffReport(odd)))).toEqual([]);
        expect(await xmlProblems(junitReport(odd))).toEqual([]);
      }),
      { numRuns: 15 },
    );
  }, 60_000);
});
