import { Refusal } from '../../base/refusal.ts';
import { DEFAULT_SELECTORS, type EventSelector } from '../../chain/trails/event-selectors.ts';
import { type Trail, trailArn } from '../../chain/trails/trail.ts';
import { setSelectors } from '../../chain/trails/trails.ts';
import type { Store } from '../../store/store.ts';
import type { CloudTrailHandlers } from '../wire/handlers.ts';
import { trailToChange, trailToRead } from './name-trail.ts';

type Handlers = Pick<CloudTrailHandlers, 'GetEventSelectors' | 'PutEventSelectors' | 'GetInsightSelectors'>;

export function selectorHandlers(store: Store): Handlers {
  return {
    async GetEventSelectors({ TrailName }, { scope }) {
      return answer(await trailToRead(store.read, scope, TrailName));
    },

    async PutEventSelectors({ TrailName, EventSelectors, AdvancedEventSelectors }, { scope }) {
      if (AdvancedEventSelectors && EventSelectors) {
        throw invalid('A trail has either EventSelectors or AdvancedEventSelectors, not both.');
      }
      if (AdvancedEventSelectors) {
        throw invalid('AdvancedEventSelectors are not supported by this server; use EventSelectors.');
      }
      const selectors = checkedSelectors(EventSelectors ?? []);
      return store.write(async (tx) => {
        const trail = await trailToChange(tx.db, scope, TrailName);
        await setSelectors(tx, trail, selectors);
        return answer({ ...trail, selectors });
      });
    },

    async GetInsightSelectors({ TrailName = '' }, { scope }) {
      const trail = await trailToRead(store.read, scope, TrailName);
      throw new Refusal(
        'InsightNotEnabledException',
        `Trail ${trailArn(trail)} does not have Insights enabled. Edit the trail settings to enable Insights, and then try the operation again.`,
      );
    },
  };
}

const answer = (trail: Trail) => ({
  TrailARN: trailArn(trail),
  EventSelectors: (trail.selectors ?? DEFAULT_SELECTORS).map(({ DataResources, ...selector }) => ({
    ...selector,
    ExcludeManagementEventSources: [...(selector.ExcludeManagementEventSources ?? [])],
    DataResources: (DataResources ?? []).map(({ Type, Values }) => ({ Type, Values: [...(Values ?? [])] })),
  })),
});

const MOST_SELECTORS = 5;
const MOST_VALUES = 250;
const EXCLUDABLE: readonly string[] = ['kms.amazonaws.com', 'rdsdata.amazonaws.com'];
const DATA_TYPES: Readonly<Record<string, RegExp>> = {
  'AWS::S3::Object': /^arn:aws[\w-]*:s3(:::([a-z0-9.-]+\/.*)?)?$/,
  'AWS::Lambda::Function': /^arn:aws[\w-]*:lambda(:[a-z0-9-]+:\d{12}:function:.+)?$/,
  'AWS::DynamoDB::Table': /^arn:aws[\w-]*:dynamodb(:[a-z0-9-]+:\d{12}:table\/.+)?$/,
};

/** Basic selectors with their defaults filled in; refuses what AWS refuses. */
function checkedSelectors(selectors: readonly EventSelector[]): EventSelector[] {
  if (selectors.length < 1 || selectors.length > MOST_SELECTORS) {
    throw invalid(`Specify a valid number of selectors (1 to ${MOST_SELECTORS}) for your trail.`);
  }
  const values = selectors.flatMap(({ DataResources = [] }) => DataResources.flatMap(({ Values = [] }) => Values));
  if (values.length > MOST_VALUES) {
    throw invalid(`Specify a valid number of DataResources.Values (0 to ${MOST_VALUES}) for all your selectors.`);
  }
  return selectors.map(checkedSelector);
}

function checkedSelector(selector: EventSelector): EventSelector {
  const { IncludeManagementEvents = true, DataResources = [], ExcludeManagementEventSources = [] } = selector;
  if (!IncludeManagementEvents && DataResources.length === 0) {
    throw invalid('An event selector must include management events or data resources.');
  }
  for (const { Type = '', Values = [] } of DataResources) {
    const form = Object.hasOwn(DATA_TYPES, Type) ? DATA_TYPES[Type] : undefined;
    if (!form) throw invalid(`Value ${Type} for DataResources.Type is invalid.`);
    const wrong = Values.find((value) => value.length > 2048 || !form.test(value));
    if (wrong !== undefined) throw invalid(`Value ${wrong} for DataResources.Values is invalid.`);
  }
  const wrongSource = ExcludeManagementEventSources.find((source) => !EXCLUDABLE.includes(source));
  if (wrongSource !== undefined) {
    throw invalid(`Value ${wrongSource} for ExcludeManagementEventSources is invalid.`);
  }
  if (ExcludeManagementEventSources.length > 0 && !IncludeManagementEvents) {
    throw invalid('ExcludeManagementEventSources needs IncludeManagementEvents to be true.');
  }
  return {
    ReadWriteType: selector.ReadWriteType ?? 'All',
    IncludeManagementEvents,
    DataResources,
    ExcludeManagementEventSources,
  };
}

const invalid = (message: string): Refusal => new Refusal('InvalidEventSelectorsException', message);
