import type { Evidence, Finding } from '../finding.ts';
import { findingKey, uuidFrom } from './finding-id.ts';
import { mappingsOf } from './frameworks.ts';
import { isOpen, NO_CERTIFICATION, type Report } from './report.ts';

const VERSION = '1.0.6';
const NAMESPACE = 'urn:trailbell:oscal';

/**
 * OSCAL assessment results: a result an account, a finding and an observation a control. There is no
 * assessment plan to import; its place says so.
 */
export function oscalReport(report: Report): string {
  const at = new Date(report.at).toISOString();
  const run = `${report.at} ${report.findings.map(findingKey).join(' ')}`;
  const accounts = [...new Set(report.findings.map(({ account }) => account))];
  return JSON.stringify({
    'assessment-results': {
      uuid: uuidFrom(run),
      metadata: {
        title: 'Trailbell audit of the CIS monitoring controls',
        'last-modified': at,
        version: report.version,
        'oscal-version': VERSION,
        remarks: NO_CERTIFICATION,
      },
      'import-ap': { href: '#none', remarks: 'This audit follows no assessment plan.' },
      results: accounts.map((account) => result(account, report, run)),
    },
  });
}

function result(account: string, report: Report, run: string): object {
  const own = report.findings.filter((finding) => finding.account === account);
  const at = new Date(report.at).toISOString();
  const [first] = own;
  return {
    uuid: uuidFrom(`${run} result ${account}`),
    title: `AWS account ${account}`,
    description: `CIS AWS Foundations Benchmark ${first?.benchmark ?? ''}, monitoring controls`,
    start: at,
    end: at,
    'reviewed-controls': {
      'control-selections': [
        { 'include-controls': [...new Set(own.map(controlId))].map((id) => ({ 'control-id': id })) },
      ],
    },
    observations: own.map((finding) => observation(finding, run, at)),
    findings: own.map((finding) => oscalFinding(finding, run)),
  };
}

function observation(finding: Finding, run: string, at: string): object {
  return {
    uuid: uuidFrom(`${run} observation ${findingKey(finding)}`),
    description: finding.reason.trim() || 'Every link of the chain holds.',
    methods: ['EXAMINE'],
    collected: at,
    ...(finding.evidence.length > 0 && {
      'relevant-evidence': finding.evidence.map(({ source, about, fact }: Evidence) => ({
        description: `${source} ${about}: ${fact}`.trim(),
      })),
    }),
  };
}

function oscalFinding(finding: Finding, run: string): object {
  const { control, benchmark, name, verdict, literal, fix } = finding;
  const prop = (key: string, value: string): object => ({ name: key, value, ns: NAMESPACE });
  const satisfied = verdict === 'PASS';
  return {
    uuid: uuidFrom(`${run} finding ${findingKey(finding)}`),
    title: `CIS ${benchmark} ${control} ${name}`,
    description: finding.reason.trim() || 'Every link of the chain holds.',
    props: [
      prop('verdict', verdict),
      prop('literal-verdict', literal),
      ...finding.brokenLinks.map((code) => prop('broken-link', code)),
      ...mappingsOf(name).flatMap(({ framework, requirements }) =>
        requirements.map((one) => prop('maps-to', `${framework} ${one}`)),
      ),
    ],
    target: {
      type: 'objective-id',
      'target-id': controlId(finding),
      status: {
        state: satisfied ? 'satisfied' : 'not-satisfied',
        reason: satisfied ? 'pass' : verdict === 'FAIL' && isOpen(finding) ? 'fail' : 'other',
      },
      ...(fix.trim() !== '' && { remarks: fix }),
    },
    'related-observations': [{ 'observation-uuid': uuidFrom(`${run} observation ${findingKey(finding)}`) }],
  };
}

/** OSCAL ids begin with a letter. */
const controlId = ({ benchmark, control }: Finding): string => `cis-aws-${benchmark}-${control}`;
