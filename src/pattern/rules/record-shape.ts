import { not, or, valueAt } from '../prover/condition.ts';
import { kindProbe } from '../prover/probe.ts';
import type { Rule } from '../prover/rule.ts';
import type { Step } from '../syntax-tree.ts';
import { judgeCondition } from './judge-condition.ts';

/** Members that CloudTrail's reference calls never optional, and that are texts in every record. */
const ALWAYS_TEXTS = [
  'eventVersion',
  'eventTime',
  'eventSource',
  'eventName',
  'awsRegion',
  'sourceIPAddress',
  'eventType',
] as const;

/** Members that may be missing, and are texts wherever real records have them. */
const OPTIONAL_TEXTS = [
  ...['userAgent', 'errorCode', 'errorMessage', 'requestID', 'eventID', 'apiVersion', 'eventCategory'],
  ...['recipientAccountId', 'sharedEventID', 'vpcEndpointId', 'userIdentity.type', 'userIdentity.principalId'],
  ...['userIdentity.arn', 'userIdentity.accountId', 'userIdentity.accessKeyId', 'userIdentity.userName'],
  'userIdentity.invokedBy',
] as const;
/** Members that may be missing, and are true or false wherever real records have them. */
const BOOLEANS = ['readOnly', 'managementEvent'] as const;

const isText = kindProbe(({ kind }) => kind === 'string');
const isOther = kindProbe(({ kind }) => kind !== 'string' && kind !== 'missing');
const isNoSwitch = kindProbe((leaf) => leaf.kind !== 'missing' && !(leaf.kind === 'constant' && leaf.value !== null));
const stepsTo = (path: string): Step[] => path.split('.').map((name) => ({ kind: 'name', name }));
const condition = or(
  ...ALWAYS_TEXTS.map((name) => not(valueAt(stepsTo(name), isText))),
  ...OPTIONAL_TEXTS.map((path) => valueAt(stepsTo(path), isOther)),
  ...BOOLEANS.map((name) => valueAt(stepsTo(name), isNoSwitch)),
);

/** Events that no CloudTrail record is like: beside a rule it takes away what the rule could miss in theory only. */
export const unlikeAnyRecord: Rule = {
  members: [{ condition, matches: (message) => judgeCondition(condition, message) }],
  notes: [],
};
