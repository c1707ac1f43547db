import type { Request } from './decide.ts';

/** A service of AWS that acts for something of an account: for an alarm, or for a topic. */
export interface ServiceCaller {
  /** Such as `cloudwatch.amazonaws.com`. */
  readonly service: string;
  readonly account: string;
  /** Of what it acts for. */
  readonly arn: string;
}

/** What a service says of itself when it asks a policy. It is no member of an organization. */
export const serviceRequest = (caller: ServiceCaller, action: string, resource: string): Request => ({
  action,
  resource,
  principal: { service: caller.service },
  keys: new Map([
    ['aws:sourceowner', caller.account],
    ['aws:sourceaccount', caller.account],
    ['aws:sourcearn', caller.arn],
    ['aws:securetransport', 'true'],
    ['aws:principalisawsservice', 'true'],
    ['aws:principalservicename', caller.service],
    ['aws:principalorgid', undefined],
    ['aws:principalaccount', undefined],
    ['aws:principalarn', undefined],
  ]),
});
