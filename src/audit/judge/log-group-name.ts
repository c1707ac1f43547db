import { parseArn, type Scope } from '../../base/scope.ts';

/** A log group with the place that its ARN says it is in. */
export interface LogGroupName extends Scope {
  readonly name: string;
  readonly arn: string;
}

/** The log group of an ARN such as a trail has, with or without `:*`; undefined for a text that is none. */
export function logGroupNamed(arn: string | undefined): LogGroupName | undefined {
  const parts = arn === undefined ? undefined : parseArn(arn);
  if (!arn || parts?.service !== 'logs') return undefined;
  const name = /^log-group:(.+?)(:\*)?$/s.exec(parts.resource)?.[1];
  return name === undefined
    ? undefined
    : { account: parts.account, region: parts.region, name, arn: arn.replace(/:\*$/, '') };
}
