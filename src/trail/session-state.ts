import type { Mfa, TimedHappening } from './happening.ts';
import type { PrincipalKind } from './principal.ts';

/** What one person did between two silences. Plain JSON; texts and lists are bounded. Times are milliseconds. */
export interface SessionState {
  readonly id: string;
  readonly account: string;
  readonly principal: { readonly key: string; readonly kind: PrincipalKind; readonly name: string };
  /** When its credentials were issued; null while only events without creation time are known. */
  readonly createdAt: number | null;
  /** Where it came from first, an IP address; null while none is known. */
  readonly address: string | null;
  /** The moment of the earliest event that told `address`. */
  readonly addressAt: number | null;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly events: number;
  /** All events but sign-ins. */
  readonly calls: number;
  /** Calls that failed, and those of them that failed for want of permission. */
  readonly failures: number;
  readonly refusals: number;
  /** Successful console sign-ins, and the first of them. */
  readonly signIns: number;
  readonly signedIn: { readonly at: number; readonly mfa: Mfa; readonly address: string | null } | null;
  /** Console sign-ins that failed. */
  readonly triedAndFailed: number;
  /** IP addresses and names of services that called for the principal; sorted, bounded by `LISTED`. */
  readonly addresses: readonly string[];
  readonly regions: readonly string[];
  /** How often what was done, most frequent first; bounded. */
  readonly topActions: readonly (readonly [action: string, count: number])[];
  readonly centralRootAccess: boolean;
}

/** How many addresses and regions are kept. */
export const LISTED = 10;

/** How many different actions are counted. */
export const ACTIONS = 32;

/** The session that one event begins. */
export function newSession(happening: TimedHappening, id: string): SessionState {
  const { key, kind, name } = happening.principal;
  const empty: SessionState = {
    id,
    account: happening.account,
    principal: { key, kind, name },
    createdAt: null,
    address: null,
    addressAt: null,
    firstAt: happening.time,
    lastAt: happening.time,
    events: 0,
    calls: 0,
    failures: 0,
    refusals: 0,
    signIns: 0,
    signedIn: null,
    triedAndFailed: 0,
    addresses: [],
    regions: [],
    topActions: [],
    centralRootAccess: happening.centralRootAccess,
  };
  return mergeHappening(empty, happening);
}

/** A session with one more event. The same events in another order give the same state, while lists are not full. */
export function mergeHappening(state: SessionState, happening: TimedHappening): SessionState {
  const { time, signIn, failed, refused } = happening;
  const call = !signIn;
  const entered = signIn && !failed;
  return {
    ...state,
    principal: { ...state.principal, name: fullerName(state.principal.name, happening.principal.name) },
    createdAt: state.createdAt ?? happening.createdAt ?? null,
    ...firstAddress(state, happening),
    firstAt: Math.min(state.firstAt, time),
    lastAt: Math.max(state.lastAt, time),
    events: state.events + 1,
    calls: state.calls + Number(call),
    failures: state.failures + Number(call && failed),
    refusals: state.refusals + Number(call && refused),
    signIns: state.signIns + Number(entered),
    signedIn: entered ? earlierSignIn(state.signedIn, happening) : state.signedIn,
    triedAndFailed: state.triedAndFailed + Number(signIn && failed),
    addresses: listed(state.addresses, happening.sourceAddress),
    regions: listed(state.regions, happening.region),
    topActions: call ? counted(state.topActions, happening.action) : state.topActions,
  };
}

/** False for what CloudTrail writes when a service called on the principal's behalf. */
export function isIpAddress(address: string): boolean {
  return address.includes(':') || /^[\d.]+$/.test(address);
}

/** Records of one principal differ in how much they tell, such as who federated it. */
function fullerName(one: string, other: string): string {
  if (one.length !== other.length) return one.length > other.length ? one : other;
  return one < other ? one : other;
}

function firstAddress(
  { address, addressAt }: SessionState,
  { sourceAddress, time }: TimedHappening,
): Pick<SessionState, 'address' | 'addressAt'> {
  if (sourceAddress === undefined || !isIpAddress(sourceAddress)) return { address, addressAt };
  const earlier = address === null || addressAt === null || time < addressAt;
  if (earlier || (time === addressAt && sourceAddress < address)) return { address: sourceAddress, addressAt: time };
  return { address, addressAt };
}

function earlierSignIn(known: SessionState['signedIn'], { time, mfa, sourceAddress }: TimedHappening) {
  const signIn = { at: time, mfa, address: sourceAddress ?? null };
  if (known === null || signIn.at < known.at) return signIn;
  return signIn.at === known.at && JSON.stringify(signIn) < JSON.stringify(known) ? signIn : known;
}

function listed(list: readonly string[], item: string | undefined): readonly string[] {
  if (item === undefined || list.includes(item)) return list;
  return [...list, item].sort().slice(0, LISTED);
}

function counted(counts: SessionState['topActions'], action: string): SessionState['topActions'] {
  const known = counts.find(([name]) => name === action);
  if (!known && counts.length >= ACTIONS) return counts;
  const others = counts.filter((entry) => entry !== known);
  others.push([action, (known?.[1] ?? 0) + 1]);
  return others.sort(([oneName, one], [otherName, other]) => other - one || (oneName < otherName ? -1 : 1));
}
