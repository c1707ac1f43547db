import { partitionOf } from '../../base/scope.ts';
import type { Call } from './handlers.ts';

/** The ARN of who calls: named by its access key, or as the account where the call is unsigned. */
export const principalOf = ({ scope, caller }: Call): string =>
  `arn:${partitionOf(scope.region)}:iam::${scope.account}:${caller === undefined ? 'root' : `user/${caller}`}`;
