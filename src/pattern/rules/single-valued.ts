import type { Condition } from '../prover/condition.ts';
import { NEVER } from '../prover/condition.ts';
import type { Rule } from '../prover/rule.ts';
import { judgeCondition } from './judge-condition.ts';

const NOTE = 'fields are taken to hold one value each, not a list';

/** A rule that asks of no field whether a list in it holds a value. */
export function singleValued({ members, notes, ...rest }: Rule): Rule {
  return {
    ...rest,
    notes: [...notes, NOTE],
    members: members.map((member) => {
      if (!member.condition) return member;
      const condition = withoutLists(member.condition);
      return { condition, matches: (message) => judgeCondition(condition, message) };
    }),
  };
}

function withoutLists(condition: Condition): Condition {
  switch (condition.kind) {
    case 'value':
      return condition;
    case 'not':
      return { kind: 'not', operand: withoutLists(condition.operand) };
    default: {
      const { kind, operands } = condition;
      if (kind === 'and' && operands.some(isOfList)) return NEVER;
      return { kind, operands: operands.map(withoutLists) };
    }
  }
}

const isOfList = (condition: Condition): boolean => condition.kind === 'value' && condition.probe.says?.kind === 'list';
