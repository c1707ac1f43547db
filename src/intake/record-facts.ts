import type { Scope } from '../base/scope.ts';
import type { RecordFacts } from '../chain/trails/routes.ts';
import { recipientOf, textAt, valueAt } from '../trail/record.ts';
import type { TrailRecord } from '../trail/record-item.ts';

const CATEGORIES: readonly unknown[] = ['Management', 'Data', 'NetworkActivity', 'Insight'];
const MOST_RESOURCES = 100;

/** `factsOf` a record as it was read: what few trails ask for is looked up only then. */
export class FactsOfRecord implements RecordFacts {
  readonly account: string;
  readonly region: string;
  readonly source: string;
  readonly #record: TrailRecord;
  #facts: RecordFacts | undefined;

  constructor(record: TrailRecord, defaults: Scope) {
    this.#record = record;
    this.account = record.recipient ?? defaults.account;
    this.region = REGION.test(record.region) ? record.region : defaults.region;
    this.source = record.source;
  }

  get readOnly(): boolean | undefined {
    return this.#all.readOnly;
  }

  get category(): RecordFacts['category'] {
    return this.#all.category;
  }

  get resources(): readonly string[] {
    return this.#all.resources;
  }

  get #all(): RecordFacts {
    this.#facts ??= factsOf(this.#record.record, this);
    return this.#facts;
  }
}

const REGION = /^[a-z0-9-]{1,32}$/;

/**
 * What routing asks of a CloudTrail record. Any member may be missing or be anything: what cannot be
 * an account or a region becomes that of `defaults`.
 */
export function factsOf(record: unknown, defaults: Scope): RecordFacts {
  const region = textAt(record, 'awsRegion') ?? '';
  return {
    account: recipientOf(record) ?? defaults.account,
    region: REGION.test(region) ? region : defaults.region,
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
