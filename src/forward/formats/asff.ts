import { partitionOf } from '../../base/scope.ts';
import { textAt } from '../../trail/record.ts';
import type { FindingItem, RingItem } from '../item.ts';
import { ringFacts } from './ring-facts.ts';
import { type Severity, severityOf } from './severity.ts';

/** `Severity.Label` and its number in Security Hub. */
const LABELS: Readonly<Record<Severity, string>> = {
  critical: 'CRITICAL',
  high: 'HIGH',
  medium: 'MEDIUM',
  low: 'LOW',
  info: 'INFORMATIONAL',
};

const LONGEST_TITLE = 256;
const LONGEST_DESCRIPTION = 1_024;

/** Whose Security Hub it is for. */
export interface Hub {
  readonly account: string;
  readonly region: string;
}

/** A ring or finding in the AWS Security Finding Format. What comes later of the same one has the same Id and updates it. */
export const asffFinding = (item: RingItem | FindingItem, hub: Hub): object =>
  item.kind === 'ring' ? ringFinding(item, hub) : auditFinding(item, hub);

/** In the product of the account that the Security Hub is of; the resources say which account it is about. */
function auditFinding({ documents: { asff } }: FindingItem, { account, region }: Hub): object {
  return { ...asff, ProductArn: productArn({ account, region }), AwsAccountId: account, Region: region };
}

const productArn = ({ account, region }: Hub): string =>
  `arn:${partitionOf(region)}:securityhub:${region}:${account}:product/${account}/default`;

function ringFinding({ ring, at }: RingItem, { account, region }: Hub): object {
  const { detail } = ringFacts(ring);
  const runbook = textAt(detail, 'runbook');
  const partition = partitionOf(region);
  const isOver = ring.new_state !== 'ALARM';
  return {
    SchemaVersion: '2018-10-08',
    Id: `trailbell/ring/${ring.id}`,
    ProductArn: productArn({ account, region }),
    ProductName: 'Trailbell',
    CompanyName: 'Trailbell',
    GeneratorId: `trailbell/alarm/${ring.alarm_name}`.slice(0, 512),
    AwsAccountId: account,
    Region: region,
    Types: ['Unusual Behaviors/User'],
    CreatedAt: iso(ring.at),
    UpdatedAt: iso(at),
    FirstObservedAt: iso(ring.at),
    Severity: { Label: LABELS[severityOf(ring)] },
    Title: cut(`${ring.alarm_name}: ${ring.headline}`, LONGEST_TITLE),
    Description: cut(ring.headline, LONGEST_DESCRIPTION),
    ...(runbook?.startsWith('https://') && {
      Remediation: { Recommendation: { Text: 'See the runbook of the alarm.', Url: runbook } },
    }),
    ProductFields: {
      'trailbell/alarm': ring.alarm_name,
      'trailbell/kind': ring.kind,
      'trailbell/state': ring.new_state,
      ...(ring.acknowledged_by !== null && { 'trailbell/acknowledgedBy': ring.acknowledged_by }),
    },
    Resources: [
      { Type: 'AwsAccount', Id: `AWS::::Account:${ring.account}`, Partition: partition, Region: ring.region },
    ],
    Workflow: { Status: isOver ? 'RESOLVED' : ring.acknowledged_at === null ? 'NEW' : 'NOTIFIED' },
    RecordState: isOver ? 'ARCHIVED' : 'ACTIVE',
  };
}

const iso = (at: number): string => new Date(at).toISOString();

const cut = (text: string, longest: number): string =>
  text.length <= longest ? text || 'An alarm rang.' : `${text.slice(0, longest - 1)}…`;
