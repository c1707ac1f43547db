import type { Finding } from '../finding.ts';
import { findingKey } from './finding-id.ts';
import { mappingsOf } from './frameworks.ts';
import { isOpen, NO_CERTIFICATION, type Report } from './report.ts';

/** Compliance Finding of OCSF 1.5.0, with its cloud profile. */
const VERSION = '1.5.0';
const CATEGORY = { category_uid: 2, category_name: 'Findings', class_uid: 2003, class_name: 'Compliance Finding' };
const CREATE = { activity_id: 1, activity_name: 'Create', type_uid: 200_301, type_name: 'Compliance Finding: Create' };
const STATUS = {
  PASS: { status: 'Pass', status_id: 1 },
  FAIL: { status: 'Fail', status_id: 3 },
  REVIEW: { status: 'Warning', status_id: 2 },
  UNKNOWN: { status: 'Unknown', status_id: 0 },
} as const;

/** A JSON array of OCSF events, one a finding. */
export function ocsfReport(report: Report): string {
  return JSON.stringify(report.findings.map((finding) => event(finding, report)));
}

function event(finding: Finding, report: Report): object {
  const { account, region, control, benchmark, name, verdict, reason, fix, path, counterexample } = finding;
  const failed = isOpen(finding) && verdict === 'FAIL';
  const { status, status_id } = STATUS[verdict];
  const links = [path.trail, path.logGroup, path.alarm, path.topic].filter((one) => one !== undefined);
  return {
    ...CATEGORY,
    ...CREATE,
    time: report.at,
    severity_id: failed ? (name === 'root-usage' ? 4 : 3) : 1,
    severity: failed ? (name === 'root-usage' ? 'High' : 'Medium') : 'Informational',
    status_id: finding.exception ? 3 : verdict === 'PASS' ? 4 : 1,
    status: finding.exception ? 'Suppressed' : verdict === 'PASS' ? 'Resolved' : 'New',
    message: `${verdict}: ${reason}`,
    metadata: {
      version: VERSION,
      profiles: ['cloud'],
      product: { name: 'Trailbell', vendor_name: 'Trailbell', version: report.version },
      uid: `${findingKey(finding)}/${report.at}`,
    },
    cloud: { provider: 'AWS', region, account: { uid: account, type_id: 10, type: 'AWS Account' } },
    finding_info: {
      uid: findingKey(finding),
      title: `CIS ${benchmark} ${control} ${name}`,
      desc: reason.trim() || 'Every link of the chain holds.',
      created_time: report.at,
    },
    compliance: {
      standards: [`CIS AWS Foundations Benchmark v${benchmark}`],
      control,
      requirements: [
        control,
        ...mappingsOf(name).flatMap(({ framework, requirements }) => requirements.map((one) => `${framework} ${one}`)),
      ],
      status,
      status_id,
      status_detail: finding.brokenLinks.join(' ') || 'whole',
    },
    ...(fix.trim() !== '' && { remediation: { desc: fix } }),
    resources: [
      { uid: account, type: 'AWS Account', region },
      ...links.map((uid) => ({ uid, type: 'chain link', region })),
    ],
    unmapped: {
      literal: finding.literal,
      warnings: finding.warnings,
      ...(counterexample && { counterexample }),
      note: NO_CERTIFICATION,
    },
  };
}
