import { textAt } from './record.ts';

/** The address of a drill: one of those that RFC 5737 keeps for examples, so it can be nobody's. */
const DRILL_ADDRESS = '192.0.2.1';

/**
 * A record of root signing in that never happened, marked so that everything which tells of it says that
 * it is a drill. The mark is a member that CloudTrail does not write, so no caller of AWS can forge it.
 */
export function drillRecord(drill: {
  id: string;
  account: string;
  region: string;
  at: number;
}): Readonly<Record<string, unknown>> {
  const { id, account, region, at } = drill;
  return {
    eventVersion: '1.11',
    userIdentity: { type: 'Root', principalId: account, arn: `arn:aws:iam::${account}:root`, accountId: account },
    eventTime: `${new Date(at).toISOString().slice(0, 19)}Z`,
    eventSource: 'signin.amazonaws.com',
    eventName: 'ConsoleLogin',
    awsRegion: region,
    sourceIPAddress: DRILL_ADDRESS,
    userAgent: 'trailbell drill',
    requestParameters: null,
    responseElements: { ConsoleLogin: 'Success' },
    // With MFA, so that a drill of root use rings for root use alone.
    additionalEventData: { MFAUsed: 'Yes' },
    eventID: id,
    readOnly: false,
    eventType: 'AwsConsoleSignIn',
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: 'Management',
    trailbell: { drill: id },
  };
}

/** The id of the drill that a record belongs to; undefined for what really happened. */
export const drillIdOf = (record: unknown): string | undefined => textAt(record, 'trailbell', 'drill');

/** The key of the principal of a drill: no session of anybody real ever joins it. */
export const drillKey = (id: string): string => `drill:${id}`;
