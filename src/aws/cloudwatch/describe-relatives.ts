import type { DescribeAlarmsCommandInput, DescribeAlarmsCommandOutput } from '@aws-sdk/client-cloudwatch';
import type { Kysely } from 'kysely';
import type { Scope } from '../../base/scope.ts';
import type { AnyAlarm } from '../../chain/alarms/alarm.ts';
import { findAnyAlarm } from '../../chain/alarms/find-alarm.ts';
import { alarmArn } from '../../chain/alarms/notification.ts';
import { childrenOf, parentsOf } from '../../chain/alarms/relations.ts';
import type { Tables } from '../../store/tables.ts';
import { readToken, writeToken } from './page-token.ts';
import { validationError } from './refusals.ts';

type Input = Pick<
  DescribeAlarmsCommandInput,
  'ChildrenOfAlarmName' | 'ParentsOfAlarmName' | 'MaxRecords' | 'NextToken'
>;

const ALLOWED: ReadonlySet<string> = new Set(['ChildrenOfAlarmName', 'ParentsOfAlarmName', 'MaxRecords', 'NextToken']);
const PAGE = 50;

/** The alarms that one depends on, or that depend on it: names, ARNs and states alone, as AWS documents. */
export async function describeRelatives(
  db: Kysely<Tables>,
  input: Input,
  scope: Scope,
): Promise<Omit<DescribeAlarmsCommandOutput, '$metadata'>> {
  const given = Object.entries(input).filter(([, value]) => value !== undefined);
  const { ChildrenOfAlarmName, ParentsOfAlarmName, MaxRecords = PAGE, NextToken } = input;
  const isOne = (ChildrenOfAlarmName === undefined) !== (ParentsOfAlarmName === undefined);
  if (!isOne || given.some(([name]) => !ALLOWED.has(name)))
    throw validationError(
      'ChildrenOfAlarmName and ParentsOfAlarmName can be combined with MaxRecords and NextToken only.',
    );
  const [after = ''] = readToken(NextToken, ['string']) ?? [];
  const alarm = await findAnyAlarm(db, scope, ChildrenOfAlarmName ?? ParentsOfAlarmName ?? '');
  const relatives = alarm ? await (ChildrenOfAlarmName === undefined ? parentsOf : childrenOf)(db, alarm.id) : [];
  const left = relatives.filter(({ definition }) => definition.AlarmName > String(after));
  const page = left.slice(0, MaxRecords);
  const last = page.at(-1);
  return {
    CompositeAlarms: page.filter(({ kind }) => kind === 'composite').map(brief),
    LogAlarms: [],
    MetricAlarms: page.filter(({ kind }) => kind === 'metric').map(brief),
    NextToken: left.length > page.length && last ? writeToken([last.definition.AlarmName]) : undefined,
  };
}

const brief = ({ definition, scope, state }: AnyAlarm) => ({
  AlarmName: definition.AlarmName,
  AlarmArn: alarmArn(scope, definition.AlarmName),
  StateValue: state,
});
