/** One thing that keeps a chain from ringing, or from ringing surely. */
export interface ChainProblem {
  /** A fixed word for scripts. */
  readonly code:
    | 'actions-disabled'
    | 'no-action'
    | 'no-source'
    | 'quiet'
    | 'no-topic'
    | 'topic-refuses'
    | 'no-subscriber'
    | 'unconfirmed'
    | 'cannot-deliver'
    | 'dead-letters'
    | 'mail-not-configured'
    | 'muted'
    | 'silenced'
    | 'cannot-escalate'
    | 'tag-ignored';
  readonly message: string;
  /** A command or a step that mends it. */
  readonly fix: string;
  /** True when nobody would be told; false for what only deserves a look. */
  readonly silent: boolean;
}
