import { compactJson } from '../../../trail/compact-json.ts';
import { ringFacts } from '../../formats/ring-facts.ts';
import type { ForwardItem } from '../../item.ts';

export interface SplunkNames {
  readonly host: string;
  readonly source: string;
  /** Of events: `aws:cloudtrail` is what Splunk's add-on for AWS and the apps above it look for. */
  readonly sourcetype: string;
  readonly index?: string | undefined;
}

/**
 * One event as the HTTP Event Collector takes it. A record stays exactly as it came in; the names of the metric filters
 * that counted it become the indexed field `trailbell_filter`.
 */
export function splunkEvent(item: ForwardItem, names: SplunkNames): string {
  const { host, source, index } = names;
  const sourcetype = item.kind === 'event' ? names.sourcetype : `trailbell:${item.kind}`;
  const filters = item.kind === 'event' && item.filters.length > 0 ? item.filters : undefined;
  const envelope = {
    time: Number((item.at / 1_000).toFixed(3)),
    host,
    source: item.kind === 'event' && item.logGroup !== '' ? `${source}:${item.logGroup}` : source,
    sourcetype,
    ...(index !== undefined && { index }),
    ...(filters && { fields: { trailbell_filter: filters } }),
  };
  return `${JSON.stringify(envelope).slice(0, -1)},"event":${contentOf(item)}}`;
}

function contentOf(item: ForwardItem): string {
  if (item.kind === 'ring') return JSON.stringify(ringFacts(item.ring));
  if (item.kind === 'finding') return JSON.stringify(item.documents.finding);
  return item.view.object ? compactJson(item.view.message) : JSON.stringify(item.view.message);
}
