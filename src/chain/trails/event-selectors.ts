/** A basic event selector, spelt as AWS spells it. */
export interface EventSelector {
  readonly ReadWriteType?: 'All' | 'ReadOnly' | 'WriteOnly' | undefined;
  readonly IncludeManagementEvents?: boolean | undefined;
  readonly DataResources?: readonly DataResource[] | undefined;
  readonly ExcludeManagementEventSources?: readonly string[] | undefined;
}

export interface DataResource {
  readonly Type?: string | undefined;
  readonly Values?: readonly string[] | undefined;
}

/** What AWS answers for a trail whose selectors nobody has set. */
export const DEFAULT_SELECTORS: readonly EventSelector[] = [
  { ReadWriteType: 'All', IncludeManagementEvents: true, DataResources: [], ExcludeManagementEventSources: [] },
];

/** What selectors look at in a record. */
export interface SelectedFacts {
  /** `kms.amazonaws.com`. */
  readonly source: string;
  /** Undefined where the record does not say, as in old records: such a record is never held back for it. */
  readonly readOnly: boolean | undefined;
  readonly category: 'Management' | 'Data' | 'NetworkActivity' | 'Insight';
  /** ARNs of the resources, for data events. */
  readonly resources: readonly string[];
}

/** Does any of the selectors let the record into the trail? */
export const isSelected = (selectors: readonly EventSelector[], facts: SelectedFacts): boolean =>
  selectors.some((selector) => selects(selector, facts));

function selects(selector: EventSelector, facts: SelectedFacts): boolean {
  // Insights have selectors of their own.
  if (facts.category === 'Insight') return true;
  // Only advanced selectors can ask for these.
  if (facts.category === 'NetworkActivity') return false;
  if (!isOfKind(selector.ReadWriteType, facts.readOnly)) return false;
  if (facts.category === 'Data') return selector.DataResources?.some((wanted) => isData(wanted, facts)) ?? false;
  if (selector.IncludeManagementEvents === false) return false;
  return !selector.ExcludeManagementEventSources?.includes(facts.source);
}

function isOfKind(wanted: EventSelector['ReadWriteType'], readOnly: boolean | undefined): boolean {
  if (wanted === undefined || wanted === 'All' || readOnly === undefined) return true;
  return readOnly === (wanted === 'ReadOnly');
}

/** The short forms that stand for every resource of a service. */
const WHOLE_SERVICE = /^arn:aws[\w-]*:(s3|lambda|dynamodb)(:::)?$/;

function isData({ Values = [] }: DataResource, { source, resources }: SelectedFacts): boolean {
  return Values.some((value) => {
    const service = WHOLE_SERVICE.exec(value)?.[1];
    if (service !== undefined) return source === `${service}.amazonaws.com`;
    return resources.some((arn) => arn.startsWith(value));
  });
}
