import { eventNamesIn } from '../judge/example-events.ts';
import type { Target } from '../judge/target.ts';
import { comeInOrder, literally, ownAlarms, ownFilters, type Scanner, trailGroups } from './scanner.ts';

/** Event names that its checks ask for beyond the benchmark's, and sources that they insist on. */
const EXTRA_NAMES: Readonly<Record<string, readonly string[]>> = {
  'organizations-changes': ['CancelHandshake', 'CreateOrganization', 'EnableAllFeatures'],
};
const SOURCES: Readonly<Record<string, string>> = {
  'kms-key-removal': 'kms.amazonaws.com',
  's3-bucket-policy-changes': 's3.amazonaws.com',
  'config-changes': 'config.amazonaws.com',
  'route-table-changes': 'ec2.amazonaws.com',
  'organizations-changes': 'organizations.amazonaws.com',
};

const ROOT_USE = [
  /\$\.userIdentity\.type\s*=\s*.?Root/s,
  /\$\.userIdentity\.invokedBy NOT EXISTS/,
  /\$\.eventType\s*!=\s*.?AwsServiceEvent/s,
];
const REFUSED = [/\$\.errorCode\s*=\s*.?\*UnauthorizedOperation/s, /\$\.errorCode\s*=\s*.?AccessDenied\*/s];

/** Looks for words in the text of filters, on log groups of a trail's name in any region, and for an alarm by metric name. */
export const prowler: Scanner = {
  tool: 'Prowler',
  as: 'prowler-cloud/prowler, August 2026',
  opinion(view, target) {
    const groups = new Set(trailGroups(view).map(({ name }) => name));
    const found = ownFilters(view).filter(
      ({ logGroupName, filterPattern }) => groups.has(logGroupName) && hasWords(filterPattern, target),
    );
    if (view.denies('logs:DescribeMetricFilters', { account: view.account, region: view.scenario.cliRegion }))
      return { says: 'FAIL', why: 'It takes a denied call for an absent filter.' };
    if (found.length === 0)
      return { says: 'FAIL', why: "No filter on a group with the name of a trail's has the words that it looks for." };
    const metrics = new Set(found.flatMap(({ metricTransformations: [first] }) => first?.metricName ?? []));
    const isAlarmed = ownAlarms(view).some(({ MetricName }) => MetricName !== undefined && metrics.has(MetricName));
    return isAlarmed
      ? {
          says: 'PASS',
          why: 'A filter has the words that it looks for, and some alarm, in whatever region, has a metric of that name. It looks no further.',
        }
      : { says: 'FAIL', why: "No alarm has a metric of the filter's name." };
  },
};

/** In order for root use and refused calls; elsewhere each word anywhere. */
function hasWords(pattern: string, { control, pattern: canonical }: Target): boolean {
  switch (control.slug) {
    case 'root-usage':
      return comeInOrder(pattern, ROOT_USE);
    case 'unauthorized-api-calls':
      return comeInOrder(pattern, REFUSED);
    case 'console-sign-in-without-mfa':
      return (
        /\$\.eventName\s*=\s*.?ConsoleLogin/.test(pattern) &&
        /\$\.additionalEventData\.MFAUsed\s*!=\s*.?Yes/.test(pattern)
      );
    case 'console-sign-in-failures':
      return (
        /\$\.eventName\s*=\s*.?ConsoleLogin/.test(pattern) &&
        /\$\.errorMessage\s*=\s*.?Failed authentication/.test(pattern)
      );
    default: {
      const asked = [...eventNamesIn(canonical), ...(EXTRA_NAMES[control.slug] ?? [])];
      const names = asked.filter((name) => name !== 'ModifySecurityGroupRules');
      const source = SOURCES[control.slug];
      const hasSource =
        source === undefined || new RegExp(`\\$\\.eventSource\\s*=\\s*.?${literally(source)}`).test(pattern);
      return hasSource && names.every((name) => new RegExp(`\\$\\.eventName\\s*=\\s*.?${name}\\b`).test(pattern));
    }
  }
}
