import type { ChainContext } from '../../chain/context.ts';
import type { Publish } from '../../chain/topics/publication.ts';

/** What the SNS operations work with. */
export interface SnsDeps {
  readonly chain: ChainContext;
  readonly publish: Publish;
  /** Whether the operator allows deliveries to AWS itself. */
  readonly toAws?: boolean;
}
