import { compileMetricPattern } from '../../chain/logs/filter-rules.ts';
import { EventView } from '../../pattern/index.ts';
import type { LogsOperation } from './logs-deps.ts';

/** Which of the messages match, counted from 1 as AWS counts them. */
export const testMetricFilter: LogsOperation<'TestMetricFilter'> = ({ filterPattern, logEventMessages }) => {
  const pattern = compileMetricPattern(filterPattern);
  const matches = logEventMessages.flatMap((eventMessage, index) => {
    const view = new EventView(eventMessage);
    if (!pattern.matchesEvent(view)) return [];
    return [{ eventNumber: index + 1, eventMessage, extractedValues: pattern.extract(view) }];
  });
  return { matches };
};
