import type { Scope } from '../base/scope.ts';
import type { RecordFacts } from '../chain/trails/routes.ts';
import { recipientOf, textAt, valueAt } from '../trail/record.ts';

const CATEGORIES: readonly unknown[] = ['Management', 'Data', 'NetworkActivity', 'Insight'];
const MOST_RESOURCES = 100;

/**
 * What routing asks of a CloudTrail record. Any member may be missing or be anything: what cannot be
 * an account or a region becomes that of `defaults`.
 */
export function factsOf(record: unknown, defaults: Scope): RecordFacts {
  const region = textAt(record, 'awsRegion') ?? '';
  return {
    account: recipientOf(record) ?? defaults.account,
    region: /^[a-z0-9-]{1,32}$/.test(region) ? region : defaults.region,
    source: textAt(record, 'eventSource') ?? '',
    readOnly: booleanIn(valueAt(record, 'readOnly')),
    category: categoryOf(record),
    resources: resourcesOf(valueAt(record, 'resources')),
  };
}

function booleanIn(value: unknown): boolean | undefined {
  if (value === true || value === 'true') return true;
  return value === false || value === 'false' ? false : undefined;
}

/** Records before version 1.07 have no category. */
function categoryOf(record: unknown): RecordFacts['category'] {
  const category = valueAt(record, 'eventCategory');
  if (CATEGORIES.includes(category)) return category as RecordFacts['category'];
  const type = valueAt(record, 'eventType');
  if (type === 'AwsVpceEvent') return 'NetworkActivity';
  if (type === 'AwsCloudTrailInsight') return 'Insight';
  return valueAt(record, 'managementEvent') === false ? 'Data' : 'Management';
}

function resourcesOf(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value
    .slice(0, MOST_RESOURCES)
    .map((resource) => textAt(resource, 'ARN'))
    .filter((arn) => arn !== undefined);
}
