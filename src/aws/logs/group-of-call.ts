import type { Kysely } from 'kysely';
import { Refusal } from '../../base/refusal.ts';
import type { Scope } from '../../base/scope.ts';
import { parseLogGroupArn } from '../../chain/logs/log-group-arn.ts';
import { getLogGroup, type LogGroup } from '../../chain/logs/log-groups.ts';
import type { Tables } from '../../store/tables.ts';
import { describeViolations } from '../wire/violation.ts';
import { invalid } from './invalid.ts';

interface NamesGroup {
  readonly logGroupName?: string | undefined;
  /** A name or an ARN. */
  readonly logGroupIdentifier?: string | undefined;
}

/** The log group that a call names one way or the other. */
export async function groupOfCall(db: Kysely<Tables>, scope: Scope, input: NamesGroup): Promise<LogGroup> {
  const { logGroupName, logGroupIdentifier } = input;
  if (logGroupName !== undefined && logGroupIdentifier !== undefined)
    throw new Refusal('ValidationException', 'LogGroup name and LogGroup ARN are mutually exclusive parameters.');
  if (logGroupName !== undefined) return getLogGroup(db, scope, logGroupName);
  if (logGroupIdentifier !== undefined) return getLogGroup(db, scope, nameOfIdentifier(scope, logGroupIdentifier));
  throw invalid(
    describeViolations([{ path: 'logGroupName', value: undefined, rule: 'Member must not be null', sensitive: false }]),
  );
}

/**
 * The group's name in an identifier. Groups of other accounts and regions are not there: a caller
 * sees its own.
 */
export function nameOfIdentifier(scope: Scope, identifier: string): string {
  if (!identifier.startsWith('arn:')) return identifier;
  const arn = parseLogGroupArn(identifier);
  if (!arn || arn.account !== scope.account || arn.region !== scope.region)
    throw new Refusal('ResourceNotFoundException', 'The specified log group does not exist.');
  return arn.name;
}
