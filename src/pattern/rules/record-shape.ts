import { not, or, valueAt } from '../prover/condition.ts';
import { kindProbe } from '../prover/probe.ts';
import type { Rule } from '../prover/rule.ts';
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

const isText = kindProbe(({ kind }) => kind === 'string');
const condition = or(...ALWAYS_TEXTS.map((name) => not(valueAt([{ kind: 'name', name }], isText))));

/** Events that no CloudTrail record is like: beside a rule it takes away what the rule could miss in theory only. */
export const unlikeAnyRecord: Rule = {
  members: [{ condition, matches: (message) => judgeCondition(condition, message) }],
  notes: [],
};
