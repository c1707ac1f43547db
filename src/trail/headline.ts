import { type KnownAs, knownPhrase } from './known-automation.ts';
import { accountPhrase, principalPhrase } from './principal.ts';
import type { RootGrant } from './root-grant.ts';
import { isIpAddress, LISTED, type SessionState } from './session-state.ts';
import { NO_WORDS, type SessionWords } from './session-words.ts';

/**
 * One plain sentence for a ring: the first session in full, the others counted. `total` is the number of all
 * sessions, of which `sessions` may be a part. Undefined without sessions.
 *
 * @example `Root of 1111-2222-3333 signed in to the console from 203.0.113.7 without MFA, then made 110 calls in 41 minutes`
 */
export function headline(
  sessions: readonly SessionState[],
  total: number,
  words: SessionWords = NO_WORDS,
): string | undefined {
  const [first] = sessions;
  if (!first) return undefined;
  const others = Math.max(total, sessions.length) - 1;
  return others > 0
    ? `${sentence(first, words)}, and ${counted(others, 'more sign-in session')}`
    : sentence(first, words);
}

/** A session as messages carry it. */
export interface SessionSummary {
  readonly id: string;
  readonly account: string;
  readonly accountName?: string;
  /** In words: `root`, `IAM user alice`. */
  readonly principal: string;
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly ended: string;
  readonly events: number;
  readonly failures: number;
  readonly signedIn: { readonly at: string; readonly mfa: string; readonly address: string } | null;
  readonly triedAndFailed: number;
  readonly centralRootAccess: boolean;
  readonly addresses: readonly string[];
  readonly regions: readonly string[];
  readonly topActions: readonly { readonly action: string; readonly count: number }[];
  /** Who was given central root access, where his record has come. */
  readonly behind?: ReturnType<typeof behindOf>;
  readonly knownAutomation?: KnownAs;
  readonly sentence: string;
}

/** The JSON of one session for messages. */
export function sessionSummary(state: SessionState, words: SessionWords = NO_WORDS): SessionSummary {
  const { signedIn } = state;
  const accountName = words.names.get(state.account);
  const grant = words.behind(state);
  const known = words.knownAs(state);
  return {
    id: state.id,
    account: state.account,
    ...(accountName === undefined ? {} : { accountName }),
    principal: principalPhrase(state.principal),
    started: iso(state.firstAt),
    ended: iso(state.lastAt),
    events: state.events,
    failures: state.failures,
    signedIn: signedIn && { at: iso(signedIn.at), mfa: signedIn.mfa, address: signedIn.address ?? '' },
    triedAndFailed: state.triedAndFailed,
    centralRootAccess: state.centralRootAccess,
    addresses: state.addresses,
    regions: state.regions,
    topActions: state.topActions.slice(0, 5).map(([action, count]) => ({ action, count })),
    ...(grant ? { behind: behindOf(grant) } : {}),
    ...(known ? { knownAutomation: known } : {}),
    sentence: sentence(state, words),
  };
}

/** The JSON of who is behind central root access. */
const behindOf = ({ principal, account, arn, address, task, at }: RootGrant) => ({
  principal,
  account,
  arn,
  address,
  task,
  at: at === null ? '' : iso(at),
});

function sentence(state: SessionState, words: SessionWords): string {
  const known = words.knownAs(state);
  return `${deed(state, words)}${known ? knownPhrase(known) : ''}`;
}

function deed(state: SessionState, words: SessionWords): string {
  if (state.signIns > 0) return signedInSentence(state, words);
  if (state.calls > 0) return `${subject(state, words)} ${deeds(state, origin(state))}${failedSignIns(state)}`;
  const times = state.triedAndFailed > 1 ? ` ${state.triedAndFailed} times` : '';
  const whom = `${principalPhrase(state.principal)} of ${accountPhrase(state.account, words.names)}`;
  return `Somebody tried${times} to sign in to the console as ${whom}${origin(state)} and failed`;
}

function signedInSentence(state: SessionState, words: SessionWords): string {
  const { signIns, signedIn } = state;
  const times = signIns > 1 ? ` ${signIns} times` : '';
  const from = signedIn?.address ? place(signedIn.address) : origin(state);
  const mfa = signedIn?.mfa === 'yes' ? ' with MFA' : signedIn?.mfa === 'no' ? ' without MFA' : '';
  const then = state.calls > 0 ? `, then ${deeds(state, '')}` : '';
  return `${subject(state, words)} signed in to the console${times}${from}${mfa}${failedSignIns(state)}${then}`;
}

/** `Root of 1111-2222-3333`; services and the unknown act in an account rather than being of it. */
function subject(state: SessionState, words: SessionWords): string {
  const { principal, account, centralRootAccess } = state;
  const where = accountPhrase(account, words.names);
  if (centralRootAccess) return `Central root access to ${where}${grantPhrase(words.behind(state), words)}`;
  const who = principalPhrase(principal);
  switch (principal.kind) {
    case 'service':
      return `${who} in ${where}`;
    case 'account':
      return capitalised(who);
    case 'unknown':
      return `${capitalised(who)} in ${where}`;
    default:
      return `${capitalised(who)} of ${where}`;
  }
}

/** ` by role RootTasks (session ops) of 9000-8000-7000`; nothing while his record has not come. */
function grantPhrase(grant: RootGrant | undefined, { names }: SessionWords): string {
  if (!grant) return '';
  const task = grant.task === '' ? '' : ` for ${grant.task}`;
  return ` by ${grant.principal} of ${accountPhrase(grant.account, names)}${task}`;
}

/** `made 110 calls in 41 minutes, 2 of them refused`. */
function deeds(state: SessionState, from: string): string {
  const { calls, failures, refusals, topActions } = state;
  // Many calls fail harmlessly, as those that ask for a policy that is not there: only a refusal is called one.
  const failed = refusals === failures ? 'refused' : 'failed';
  if (calls === 1) {
    const ending = failures === 0 ? '' : failed === 'refused' ? ' and was refused' : ' and failed';
    return `called ${topActions[0]?.[0] ?? 'an unnamed action'}${from}${ending}`;
  }
  const some = failures === calls ? `, all ${failed}` : failures > 0 ? `, ${failures} of them ${failed}` : '';
  return `made ${calls} calls${from} ${duration(state.lastAt - state.firstAt)}${some}`;
}

function failedSignIns({ triedAndFailed }: SessionState): string {
  return triedAndFailed > 0 ? ` (${counted(triedAndFailed, 'failed attempt')} to sign in)` : '';
}

/** From where, in short: ` from 203.0.113.7 and 2 other addresses`, or through which service. */
function origin({ address, addresses, principal }: SessionState): string {
  if (address === null) {
    const [service] = addresses;
    return service === undefined || service === principal.name ? '' : place(service);
  }
  const others = addresses.filter((other) => other !== address && isIpAddress(other)).length;
  if (addresses.length >= LISTED && others > 0) return `${place(address)} and many other addresses`;
  return others > 0 ? `${place(address)} and ${counted(others, 'other address', 'other addresses')}` : place(address);
}

function place(address: string): string {
  if (isIpAddress(address)) return ` from ${address}`;
  return address.startsWith('AWS Internal') ? ' from inside AWS' : ` through ${address}`;
}

function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds <= 1) return 'within a second';
  if (seconds < 60) return `in ${seconds} seconds`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `in ${counted(minutes, 'minute')}`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `in ${hours} hours` : `in ${Math.round(hours / 24)} days`;
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const iso = (time: number): string => new Date(time).toISOString();
