import type { Finding } from '../finding.ts';
import { findingKey } from './finding-id.ts';
import { mappingsOf } from './frameworks.ts';
import { isOpen, NO_CERTIFICATION, type Report } from './report.ts';

const STATUS = { PASS: 'PASSED', FAIL: 'FAILED', UNKNOWN: 'NOT_AVAILABLE', REVIEW: 'WARNING' } as const;
const LONGEST_DESCRIPTION = 1024;
const LONGEST_TITLE = 256;
const LONGEST_ADVICE = 512;
const MOST_REQUIREMENTS = 32;

/**
 * `{"Findings": […]}` as `securityhub:BatchImportFindings` takes it, in the default product of each
 * account. It takes a hundred at a time; more are for the sender to cut.
 */
export function asffReport(report: Report): string {
  return JSON.stringify({ Findings: report.findings.map((finding) => asffFinding(finding, report)) });
}

function asffFinding(finding: Finding, report: Report): object {
  const { account, region, control, benchmark, name, verdict, reason, fix, path } = finding;
  const at = new Date(report.at).toISOString();
  const partition = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  const links = [path.trail, path.logGroup, path.alarm, path.topic].filter((one) =>
    one?.startsWith('arn:'),
  ) as string[];
  const failed = isOpen(finding) && verdict === 'FAIL';
  return {
    SchemaVersion: '2018-10-08',
    Id: `trailbell/${findingKey(finding)}`,
    ProductArn: `arn:${partition}:securityhub:${region}:${account}:product/${account}/default`,
    ProductName: 'Trailbell',
    CompanyName: 'Trailbell',
    GeneratorId: `trailbell/cis-${benchmark}/${control}`,
    AwsAccountId: account,
    Region: region,
    Types: ['Software and Configuration Checks/Industry and Regulatory Standards/CIS AWS Foundations Benchmark'],
    CreatedAt: at,
    UpdatedAt: at,
    Severity: { Label: failed ? (name === 'root-usage' ? 'HIGH' : 'MEDIUM') : 'INFORMATIONAL' },
    Title: cut(`CIS ${benchmark} ${control} ${name}: ${verdict}`, LONGEST_TITLE),
    Description: cut(reason.trim() || 'Every link of the chain holds.', LONGEST_DESCRIPTION),
    ...(fix.trim() !== '' && { Remediation: { Recommendation: { Text: cut(fix, LONGEST_ADVICE) } } }),
    ProductFields: {
      'trailbell/version': report.version,
      'trailbell/literal': finding.literal,
      'trailbell/brokenLinks': finding.brokenLinks.join(' ') || 'none',
      'trailbell/warnings': finding.warnings.join(' ') || 'none',
      'trailbell/note': NO_CERTIFICATION,
    },
    Resources: [
      { Type: 'AwsAccount', Id: `AWS::::Account:${account}`, Partition: partition, Region: region },
      ...links.map((Id) => ({ Type: 'Other', Id, Partition: partition, Region: region })),
    ],
    Compliance: {
      Status: STATUS[verdict],
      SecurityControlId: finding.ids.securityHub ?? `CIS.${control}`,
      RelatedRequirements: [
        `CIS AWS Foundations Benchmark v${benchmark}/${control}`,
        ...mappingsOf(name).flatMap(({ framework, requirements }) => requirements.map((one) => `${framework} ${one}`)),
      ].slice(0, MOST_REQUIREMENTS),
    },
    Workflow: { Status: finding.exception ? 'SUPPRESSED' : verdict === 'PASS' ? 'RESOLVED' : 'NEW' },
    RecordState: 'ACTIVE',
  };
}

const cut = (text: string, longest: number): string =>
  text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
