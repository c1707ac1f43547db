import { Refusal } from '../../base/refusal.ts';
import type { CloudWatchDeps, CloudWatchOperation } from './deps.ts';
import { checkQueries } from './metric-queries.ts';
import { readToken, writeToken } from './page-token.ts';
import { type QueryResult, QueryResults } from './query-results.ts';
import { invalidValue, validationError } from './refusals.ts';

const MOST_DATAPOINTS = 100_800;

export const getMetricData =
  ({ store, clock }: CloudWatchDeps): CloudWatchOperation<'GetMetricData'> =>
  async (input, { scope }) => {
    const queries = input.MetricDataQueries;
    checkQueries(queries);
    if (!(input.StartTime.getTime() < input.EndTime.getTime()))
      throw validationError('The parameter StartTime must be less than the parameter EndTime.');
    const limit = Math.min(input.MaxDatapoints ?? MOST_DATAPOINTS, MOST_DATAPOINTS);
    if (limit < 1) throw invalidValue('The parameter MaxDatapoints must be greater than 0.');
    const [query, series, point] = placeIn(input.NextToken);
    const results = new QueryResults(store.read, scope, input, clock.now());
    const page = new Page(limit);
    for (let i = query; i < queries.length; i += 1) {
      const asked = queries[i]!;
      if (asked.ReturnData === false) continue;
      const all = await results.of(asked);
      for (let j = i === query ? series : 0; j < all.length; j += 1) {
        const { points, ...rest } = all[j]!;
        const ordered = input.ScanBy === 'TimestampAscending' ? points : points.toReversed();
        const next = page.add(asked.Id, { ...rest, points: ordered }, i === query && j === series ? point : 0);
        if (next !== undefined) return { ...page.reply(), NextToken: writeToken([i, j, next]) };
      }
    }
    return page.reply();
  };

/** Query, time series and point at which a page starts. A token that is not ours has an empty message on AWS. */
function placeIn(token: string | undefined): readonly [number, number, number] {
  try {
    const place = readToken(token, ['number', 'number', 'number']) ?? [0, 0, 0];
    if (place.every((part) => (part as number) >= 0)) return place as [number, number, number];
  } catch {
    // Answered below, like a place that cannot be.
  }
  throw new Refusal('InvalidNextToken', '');
}

/** Fills one page of results, series by series. */
class Page {
  readonly #results: object[] = [];
  #left: number;

  constructor(limit: number) {
    this.#left = limit;
  }

  /** Adds a series from `skipped` on; returns where the next page starts in it when it did not fit. */
  add(id: string, { label, points, status, messages }: QueryResult, skipped: number): number | undefined {
    const part = points.slice(skipped, skipped + this.#left);
    const end = skipped + part.length;
    const isCut = end < points.length;
    this.#left -= part.length;
    this.#results.push({
      Id: id,
      Label: label,
      Timestamps: part.map(([at]) => new Date(at)),
      Values: part.map(([, value]) => value),
      StatusCode: status ?? (isCut ? 'PartialData' : 'Complete'),
      ...(messages && { Messages: messages }),
    });
    return isCut ? end : undefined;
  }

  reply() {
    return { MetricDataResults: this.#results, Messages: [] };
  }
}
