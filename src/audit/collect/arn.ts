import { parseArn } from '../../base/scope.ts';

/** Where a trail delivers to, from its `CloudWatchLogsLogGroupArn`. */
export function logGroupOf(
  arn: string | undefined,
): { readonly account: string; readonly region: string; readonly name: string } | undefined {
  const parts = parseArn(arn ?? '');
  if (parts?.service !== 'logs' || !parts.resource.startsWith('log-group:')) return undefined;
  const name = parts.resource.slice('log-group:'.length).replace(/:\*$/, '');
  return { account: parts.account, region: parts.region, name };
}
