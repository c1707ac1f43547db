import { arnOf, parseArn, type Scope } from '../../base/scope.ts';

const KIND = 'log-group:';

/** `arn:aws:logs:us-east-1:111122223333:log-group:NAME`, without the `:*` that policies want. */
export const logGroupArn = (scope: Scope, name: string): string => arnOf('logs', scope, KIND + name);

/** `arn:aws:logs:…:log-group:GROUP:log-stream:STREAM`. */
export const logStreamArn = (scope: Scope, group: string, stream: string): string =>
  `${logGroupArn(scope, group)}:log-stream:${stream}`;

/** Account, region and name in the ARN of a log group, with or without `:*`; undefined for anything else. */
export function parseLogGroupArn(text: string): (Scope & { readonly name: string }) | undefined {
  const arn = parseArn(text);
  if (arn?.service !== 'logs' || !arn.resource.startsWith(KIND)) return undefined;
  const name = arn.resource.slice(KIND.length).replace(/:\*$/, '');
  // A name holds no colon: what still has one names a stream or something else.
  if (name === '' || name.includes(':')) return undefined;
  return { account: arn.account, region: arn.region, name };
}
