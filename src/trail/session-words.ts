import type { AccountNames } from './account-names.ts';
import type { KnownAs } from './known-automation.ts';
import type { RootGrant } from './root-grant.ts';
import type { SessionState } from './session-state.ts';

/** What others know of sessions, for telling of them. */
export interface SessionWords {
  readonly names: AccountNames;
  /** Who is behind a session of central root access. */
  behind(session: SessionState): RootGrant | undefined;
  knownAs(session: SessionState): KnownAs | undefined;
}

export const NO_WORDS: SessionWords = {
  names: new Map(),
  behind: () => undefined,
  knownAs: () => undefined,
};
