import type { JsonObject } from '../../pattern/index.ts';
import { type ChainToDrill, missingLink } from './chain-to-drill.ts';
import { type DrillContext, refusalText } from './drill-context.ts';
import { type DrillStep, step } from './drill-step.ts';

/** TestMetricFilter takes so many messages. */
const MOST_MESSAGES = 50;

/** Lets the endpoint's own matcher judge the events of the control: each must be matched by one of the filters. */
export async function provePatterns(
  { call, server }: DrillContext,
  chain: ChainToDrill,
  examples: readonly JsonObject[],
): Promise<DrillStep> {
  const { filters, group } = chain;
  const names = filters.map(({ filterName }) => filterName).join(', ');
  if (filters.length === 0 || !group)
    return missingLink(chain, 'metric filter', 'no metric filter looks for these events');
  const asked = examples.slice(0, MOST_MESSAGES);
  const logEventMessages = asked.map((event) => JSON.stringify(event));
  const matched = new Set<number>();
  try {
    for (const { filterPattern } of filters) {
      const { matches = [] } = await call('logs:TestMetricFilter', group.region, { filterPattern, logEventMessages });
      for (const { eventNumber = 0 } of matches) matched.add(eventNumber - 1);
    }
  } catch (error) {
    const where = server ? `${server.name} does` : 'the endpoint does';
    const { name } = error as Error;
    const says = /NotImplemented|UnknownOperation|InvalidAction/.test(name)
      ? `${where} not serve TestMetricFilter`
      : refusalText(error);
    return step('metric filter', names, null, says);
  }
  const missed = asked.findIndex((_, index) => !matched.has(index));
  if (missed < 0) {
    const says = `TestMetricFilter matches ${asked.length === 1 ? 'the event' : `all ${asked.length} events`} of the control`;
    return step('metric filter', names, true, says);
  }
  const { eventName, userIdentity } = asked[missed] as { eventName?: string; userIdentity?: { type?: string } };
  return step(
    'metric filter',
    names,
    false,
    `TestMetricFilter does not match ${eventName} by ${userIdentity?.type ?? 'anybody'}`,
  );
}
