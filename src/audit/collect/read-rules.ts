import type { AccountStateInput } from '../state.ts';
import { documentOf } from './document-of.ts';
import type { WatchedDoor } from './watched-door.ts';

type RuleInput = NonNullable<AccountStateInput['eventBridgeRules']>[number];

/** Rules that could see use of root: those whose pattern speaks of CloudTrail's events. */
const ON_TRAIL_EVENTS = /via CloudTrail|userIdentity|eventName/;

/** The EventBridge rules of a region's default bus that look at CloudTrail's events, with their targets. */
export async function readRules(door: WatchedDoor, region: string): Promise<RuleInput[]> {
  const listed = await door.askAll(
    'events:ListRules',
    region,
    { Limit: 100 },
    { items: ({ Rules }) => Rules, next: ({ NextToken }) => NextToken, token: 'NextToken', most: 2_000 },
  );
  if (listed.kind !== 'answer') return [];
  const watching = listed.output.filter(({ EventPattern = '' }) => ON_TRAIL_EVENTS.test(EventPattern));
  return Promise.all(
    watching.map(async ({ Name = '', EventBusName, State, EventPattern }): Promise<RuleInput> => {
      const targets = await door.askAll(
        'events:ListTargetsByRule',
        region,
        { Rule: Name },
        { items: ({ Targets }) => Targets, next: ({ NextToken }) => NextToken, token: 'NextToken' },
      );
      return {
        account: door.account,
        region,
        Name,
        ...(EventBusName && { EventBusName }),
        ...(State && { State }),
        ...(EventPattern && documentOf(EventPattern) && { EventPattern: documentOf(EventPattern) }),
        Targets: targets.kind === 'answer' ? targets.output.flatMap(({ Arn }) => Arn ?? []) : [],
      };
    }),
  );
}
