import { shownText } from './plain-text.ts';
import { accountOf, type Principal, principalOf, principalPhrase } from './principal.ts';
import { eventIdOf, eventTimeOf, textAt, timeOf, valueAt } from './record.ts';
import { shortUserAgent } from './user-agent.ts';

/** Whether multi-factor authentication was used; most records with long-lived keys do not say. */
export type Mfa = 'yes' | 'no' | 'unknown';

/** What a ring tells of one CloudTrail record. Texts are bounded and fit for one line. */
export interface Happening {
  /** eventTime in milliseconds. */
  readonly time: number | undefined;
  /** The account of the principal; '' where no field says. */
  readonly account: string;
  readonly principal: Principal;
  /** `signed in to the console`, `sign in to the console` where that failed, else `iam CreateUser`. */
  readonly action: string;
  /** `success`, `failed: AccessDenied`, or `tried and failed` for a sign-in. */
  readonly result: string;
  readonly failed: boolean;
  /** It failed for want of permission, not because something was missing or malformed. */
  readonly refused: boolean;
  /** A ConsoleLogin, successful or not. */
  readonly signIn: boolean;
  /** An address, or the name of the service that acted on the principal's behalf. */
  readonly sourceAddress: string | undefined;
  readonly userAgent: string | undefined;
  readonly mfa: Mfa;
  readonly region: string | undefined;
  readonly eventId: string | undefined;
  /** When the credentials were issued, in milliseconds: the same for all calls of one sign-in. */
  readonly createdAt: number | undefined;
  readonly accessKeyId: string | undefined;
  /** The principal is a member account's root, assumed with AssumeRoot from the management account. */
  readonly centralRootAccess: boolean;
  readonly readOnly: boolean | undefined;
}

/** A happening whose moment is known: what sessions are made of. */
export interface TimedHappening extends Happening {
  readonly time: number;
}

/** `happeningOf`, at the moment `fallback` (ms) where the record has no readable eventTime. */
export function timedHappeningOf(record: unknown, fallback: number): TimedHappening {
  const happening = happeningOf(record);
  return { ...happening, time: happening.time ?? fallback };
}

/** `AccessDenied`, `AccessDeniedException`, `Client.UnauthorizedOperation`, `VpceAccessDenied`. */
const REFUSAL = /AccessDenied|Unauthorized/;

/** The facts of one record. Never throws: any field of a hostile record may be missing or of the wrong type. */
export function happeningOf(record: unknown): Happening {
  const signIn = textAt(record, 'eventName') === 'ConsoleLogin';
  const failure = failureOf(record);
  const session = (...path: string[]): unknown => valueAt(record, 'userIdentity', 'sessionContext', ...path);
  return {
    time: eventTimeOf(record),
    account: accountOf(record),
    principal: principalOf(record),
    action: signIn ? `${failure ? 'sign' : 'signed'} in to the console` : actionOf(record),
    result: failure ? (signIn ? 'tried and failed' : `failed: ${failure}`) : 'success',
    failed: failure !== undefined,
    refused: !signIn && failure !== undefined && REFUSAL.test(failure),
    signIn,
    sourceAddress: shownText(textAt(record, 'sourceIPAddress'), 128),
    userAgent: shortUserAgent(textAt(record, 'userAgent')),
    mfa: mfaOf(signIn ? valueAt(record, 'additionalEventData', 'MFAUsed') : session('attributes', 'mfaAuthenticated')),
    region: shownText(textAt(record, 'awsRegion'), 32),
    eventId: shownText(eventIdOf(record), 64),
    createdAt: timeOf(textAt(record, 'userIdentity', 'sessionContext', 'attributes', 'creationDate')),
    accessKeyId: shownText(textAt(record, 'userIdentity', 'accessKeyId'), 128),
    centralRootAccess: truthOf(session('assumedRoot')) === true,
    readOnly: truthOf(valueAt(record, 'readOnly')),
  };
}

/** A happening as messages carry it. */
export interface EventSummary {
  /** ISO 8601, UTC. */
  readonly time: string | null;
  readonly account: string;
  /** In words: `root`, `IAM user alice`. */
  readonly principal: string;
  readonly action: string;
  readonly result: string;
  readonly sourceAddress: string;
  readonly userAgent: string;
  readonly mfa: Mfa;
  readonly region: string;
  readonly eventId: string;
}

/** The JSON of one event for messages; what a record does not say is ''. */
export function eventSummary(happening: Happening): EventSummary {
  return {
    time: happening.time === undefined ? null : new Date(happening.time).toISOString(),
    account: happening.account,
    principal: principalPhrase(happening.principal),
    action: happening.action,
    result: happening.result,
    sourceAddress: happening.sourceAddress ?? '',
    userAgent: happening.userAgent ?? '',
    mfa: happening.mfa,
    region: happening.region ?? '',
    eventId: happening.eventId ?? '',
  };
}

/** `iam CreateUser`: the service without its domain, the call without the API version that Lambda and others append. */
function actionOf(record: unknown): string {
  const source = shownText(textAt(record, 'eventSource'), 100)?.replace(/\.amazonaws\.com(\.cn)?$/, '');
  const service = source === 'monitoring' ? 'cloudwatch' : source;
  const call = shownText(textAt(record, 'eventName'), 128)?.replace(/20\d{6}(v\d{1,3})?$/, '') || 'an unnamed action';
  return service ? `${service} ${call}` : call;
}

/** Why it failed: errorCode, else errorMessage (a failed sign-in has no code), else a plain word; undefined on success. */
function failureOf(record: unknown): string | undefined {
  for (const name of ['errorCode', 'errorMessage']) {
    const text = shownText(textAt(record, name), 100);
    if (text) return text;
  }
  // Sign-in events answer with their own name: {"ConsoleLogin": "Failure"}.
  const answer = textAt(record, 'responseElements', textAt(record, 'eventName') ?? '');
  return answer === 'Failure' ? 'refused' : undefined;
}

/** AWS writes Yes and No, once YES; session attributes hold true and false as text. */
function mfaOf(value: unknown): Mfa {
  const word = String(typeof value === 'boolean' ? value : shownText(value, 10)).toLowerCase();
  if (word === 'yes' || word === 'true') return 'yes';
  return word === 'no' || word === 'false' ? 'no' : 'unknown';
}

/** CloudTrail writes truth as JSON in some fields and as text in others. */
function truthOf(value: unknown): boolean | undefined {
  if (value === true || value === 'true') return true;
  return value === false || value === 'false' ? false : undefined;
}
