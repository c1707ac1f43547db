import { partitionOf } from '../../base/scope.ts';
import type { Call, StsHandlers } from '../wire/handlers.ts';

/** Who an access key belongs to, by name. */
export interface UserNames {
  userName(accessKeyId: string): Promise<string>;
}

/**
 * STS as far as an engine without roles can have it. Without `keys` (authentication is off) every
 * caller is the root user of its account; with them, a user named by the key's note or id.
 */
export function stsHandlers(keys?: UserNames): StsHandlers {
  return {
    async GetCallerIdentity(_input, { scope, caller }: Call) {
      const iam = `arn:${partitionOf(scope.region)}:iam::${scope.account}`;
      if (!keys || caller === undefined) return { UserId: scope.account, Account: scope.account, Arn: `${iam}:root` };
      return { UserId: caller, Account: scope.account, Arn: `${iam}:user/${await keys.userName(caller)}` };
    },
  };
}
