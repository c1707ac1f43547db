import type { Scope } from '../../base/scope.ts';
import type { Request } from './decide.ts';

/** Somebody with an access key, or an unsigned caller, who stands for the account. */
export interface AccountCaller {
  readonly scope: Scope;
  readonly principalArn: string;
  /** Whether it came over TLS. */
  readonly secure: boolean;
}

/**
 * What a caller of an account says of himself when he asks a policy.
 * @param more further condition keys, in lower case
 */
export const accountRequest = (
  { scope, principalArn, secure }: AccountCaller,
  action: string,
  resource: string,
  more: Readonly<Record<string, string | undefined>> = {},
): Request => ({
  action,
  resource,
  principal: { account: scope.account, arn: principalArn },
  keys: new Map([
    ['aws:sourceowner', scope.account],
    ['aws:principalaccount', scope.account],
    ['aws:principalarn', principalArn],
    ['aws:securetransport', String(secure)],
    ['aws:principalisawsservice', 'false'],
    // Only services that act for somebody have these.
    ['aws:sourceaccount', undefined],
    ['aws:sourcearn', undefined],
    ...Object.entries(more),
  ]),
});
