import type { ChainContext } from '../../chain/context.ts';

/** What the SQS operations work with. */
export interface SqsDeps {
  readonly chain: ChainContext;
  /** Base of queue URLs for a caller whose request names no host. */
  readonly publicUrl: () => string;
}
