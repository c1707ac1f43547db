import type { Finding } from '../finding.ts';
import { escaped } from './markup.ts';
import type { Report } from './report.ts';
import { isOpen, NO_CERTIFICATION } from './report.ts';

/**
 * JUnit XML, a suite an account: FAIL is a failure, UNKNOWN an error, REVIEW and accepted exceptions
 * are skipped. Follows the schema of Ant's JUnit tasks, which asks for members that mean nothing here.
 */
export function junitReport(report: Report): string {
  const accounts = [...new Set(report.findings.map(({ account }) => account))];
  const timestamp = new Date(report.at).toISOString().slice(0, 19);
  const suites = accounts.map((account, id) => {
    const own = report.findings.filter((finding) => finding.account === account);
    const is = (kind: string): number => own.filter((finding) => kindOf(finding) === kind).length;
    return `  <testsuite name="account ${account}" package="trailbell.audit" id="${id}" timestamp="${timestamp}" hostname="localhost" tests="${own.length}" failures="${is('failure')}" errors="${is('error')}" skipped="${is('skipped')}" time="0">
    <properties>
      <property name="trailbell" value="${escaped(report.version)}"/>
      <property name="note" value="${escaped(NO_CERTIFICATION)}"/>
    </properties>
${own.map(testcase).join('\n')}
    <system-out/>
    <system-err/>
  </testsuite>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join('\n')}\n</testsuites>`;
}

function kindOf(finding: Finding): 'passed' | 'failure' | 'error' | 'skipped' {
  if (finding.verdict === 'PASS') return 'passed';
  if (!isOpen(finding) || finding.verdict === 'REVIEW') return 'skipped';
  return finding.verdict === 'FAIL' ? 'failure' : 'error';
}

function testcase(finding: Finding): string {
  const { control, name, benchmark, region } = finding;
  const head = `    <testcase name="${escaped(`${control} ${name}`)}" classname="cis-${escaped(benchmark)}.${escaped(region)}" time="0"`;
  const kind = kindOf(finding);
  if (kind === 'passed') return `${head}/>`;
  const message = escaped(messageOf(finding));
  const type = kind === 'skipped' ? '' : ` type="${finding.brokenLink ?? finding.verdict}"`;
  return `${head}>\n      <${kind} message="${message}"${type}>${escaped(bodyOf(finding))}</${kind}>\n    </testcase>`;
}

const messageOf = ({ verdict, reason, exception }: Finding): string =>
  exception
    ? `accepted by ${exception.owner} until ${exception.expires}: ${exception.reason}`
    : `${verdict}: ${reason}`;

const bodyOf = ({ reason, fix, counterexample }: Finding): string =>
  [reason, fix && `mend: ${fix}`, counterexample && `slips through: ${JSON.stringify(counterexample)}`]
    .filter(Boolean)
    .join('\n');
