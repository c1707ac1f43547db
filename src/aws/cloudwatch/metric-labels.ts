/** As much of a GetMetricData query as its label says something of. */
export interface LabelledQuery {
  readonly Id: string;
  readonly Label?: string | undefined;
  readonly ReturnData?: boolean | undefined;
  readonly MetricStat?:
    | {
        readonly Metric?:
          | {
              readonly Namespace?: string | undefined;
              readonly MetricName?: string | undefined;
              readonly Dimensions?: readonly { readonly Name?: string; readonly Value?: string }[] | undefined;
            }
          | undefined;
        readonly Period?: number | undefined;
        readonly Stat?: string | undefined;
      }
    | undefined;
}

/**
 * A label for each query by its Id. Recorded on AWS: a metric is called by what tells it from the others
 * shown without a label (namespace, values of dimensions, name), then by statistic and period where
 * that leaves several alike; an expression is called by its Id.
 */
export function labelsOf(queries: readonly LabelledQuery[]): ReadonlyMap<string, string> {
  const named = queries.filter(
    ({ Label, MetricStat, ReturnData }) => Label === undefined && MetricStat && ReturnData !== false,
  );
  const plain = new Map(named.map((query) => [query.Id, plainLabel(query, named)]));
  const labels = new Map<string, string>();
  for (const query of queries) {
    const { Id, Label, MetricStat } = query;
    const name = plain.get(Id);
    if (name === undefined) labels.set(Id, Label ?? MetricStat?.Metric?.MetricName ?? Id);
    else {
      const alike = named.filter((other) => plain.get(other.Id) === name);
      const parts = [differing(alike, statOf)?.(query), differing(alike, periodOf)?.(query)];
      labels.set(Id, [name, ...parts].filter((part) => part !== undefined).join(' '));
    }
  }
  return labels;
}

type Part = (query: LabelledQuery) => string | undefined;

const namespaceOf: Part = ({ MetricStat: stat }) => stat?.Metric?.Namespace;
const nameOf: Part = ({ MetricStat: stat }) => stat?.Metric?.MetricName;
const statOf: Part = ({ MetricStat: stat }) => stat?.Stat;
const periodOf: Part = ({ MetricStat: stat }) => stat?.Period?.toString();
const dimensionOf =
  (name: string): Part =>
  ({ MetricStat: stat }) =>
    stat?.Metric?.Dimensions?.find(({ Name }) => Name === name)?.Value;

/** What differs between the queries; the name alone where nothing does. */
function plainLabel(query: LabelledQuery, named: readonly LabelledQuery[]): string {
  const dimensions = new Set(
    named.flatMap(({ MetricStat: stat }) => stat?.Metric?.Dimensions ?? []).map(({ Name }) => Name ?? ''),
  );
  const parts: Part[] = [namespaceOf, ...[...dimensions].sort().map(dimensionOf), nameOf];
  const told = parts.map((part) => differing(named, part)?.(query)).filter((text) => text !== undefined);
  return told.join(' ') || (nameOf(query) ?? '');
}

const differing = (queries: readonly LabelledQuery[], part: Part): Part | undefined =>
  new Set(queries.map(part)).size > 1 ? part : undefined;
