import { glob } from './glob.ts';
import type { Statement } from './policy-document.ts';

/** Somebody who wants something of a topic or a queue. */
export interface Request {
  /** Such as `sns:Publish`. */
  readonly action: string;
  /** The ARN of what is wanted something of. */
  readonly resource: string;
  /** A caller by account and ARN, or a service by its name. */
  readonly principal: { readonly account: string; readonly arn: string } | { readonly service: string };
  /** Condition keys in lower case; undefined for one that this request does not have. */
  readonly keys: ReadonlyMap<string, string | undefined>;
}

/** Whether something holds; `unclear` where a policy says what is not understood here. */
type Answer = 'yes' | 'no' | 'unclear';

const answer = (holds: boolean): Answer => (holds ? 'yes' : 'no');

/** All must hold: one that does not decides, also beside what is not understood. */
function all(answers: readonly Answer[]): Answer {
  if (answers.includes('no')) return 'no';
  return answers.includes('unclear') ? 'unclear' : 'yes';
}

export interface Decision {
  readonly allowed: boolean;
  /** A statement that was fully understood denies it. */
  readonly denied: boolean;
  /** It hangs on a statement that is not understood in full. */
  readonly unclear: boolean;
}

/**
 * What the statements of a resource's policy say to a request. One that is not understood in full never allows
 * anything, and where it denies it denies what it may mean.
 */
export function decide(statements: readonly Statement[], request: Request): Decision {
  const applies = statements.map((statement) => ({
    effect: statement.Effect,
    answer: appliesTo(statement, request),
  }));
  const denials = applies.filter(({ effect }) => effect === 'Deny');
  const grants = applies.filter(({ effect }) => effect === 'Allow');
  const allowed = grants.some((grant) => grant.answer === 'yes') && denials.every((denial) => denial.answer === 'no');
  const denied = denials.some((denial) => denial.answer === 'yes');
  const mayBeGranted = grants.some((grant) => grant.answer !== 'no');
  return { allowed, denied, unclear: !allowed && !denied && mayBeGranted };
}

const UNDERSTOOD = new Set(['Sid', 'Effect', 'Principal', 'Action', 'Resource', 'Condition']);

function appliesTo(statement: Statement, request: Request): Answer {
  const { Principal, Action, Resource, Condition } = statement;
  return all([
    answerOf(Object.keys(statement).every((member) => UNDERSTOOD.has(member))),
    Principal === undefined ? 'unclear' : isPrincipal(Principal, request.principal),
    Action === undefined
      ? 'unclear'
      : anyText(Action, (text) => glob(text.toLowerCase(), request.action.toLowerCase())),
    Resource === undefined ? 'yes' : anyText(Resource, (text) => glob(text, request.resource)),
    Condition === undefined ? 'yes' : conditionsHold(Condition, request.keys),
  ]);
}

const answerOf = (understood: boolean): Answer => (understood ? 'yes' : 'unclear');

/** Whether one of a text or a list of texts fits. */
function anyText(given: unknown, fits: (text: string) => boolean): Answer {
  const texts: unknown[] = Array.isArray(given) ? given : [given];
  if (!texts.every((text) => typeof text === 'string')) return 'unclear';
  return answer(texts.some(fits));
}

function isPrincipal(given: unknown, principal: Request['principal']): Answer {
  if (given === '*') return 'yes';
  if (typeof given !== 'object' || given === null) return 'unclear';
  const { AWS, Service } = given as Record<string, unknown>;
  if ('service' in principal) {
    if (AWS !== undefined && anyText(AWS, (text) => text === '*') === 'yes') return 'yes';
    return Service === undefined ? 'no' : anyText(Service, (text) => text === principal.service);
  }
  if (AWS === undefined) return 'no';
  const root = /^arn:[a-z-]+:iam::(\d{12}):root$/;
  return anyText(
    AWS,
    (text) =>
      text === '*' ||
      text === principal.account ||
      text === principal.arn ||
      root.exec(text)?.[1] === principal.account,
  );
}

type Compare = (wanted: string, value: string) => boolean;
const same: Compare = (wanted, value) => wanted === value;
const sameWord: Compare = (wanted, value) => wanted.toLowerCase() === value.toLowerCase();
const OPERATORS: ReadonlyMap<string, { readonly compare: Compare; readonly not?: true }> = new Map([
  ['StringEquals', { compare: same }],
  ['StringNotEquals', { compare: same, not: true }],
  ['StringEqualsIgnoreCase', { compare: sameWord }],
  ['StringNotEqualsIgnoreCase', { compare: sameWord, not: true }],
  ['StringLike', { compare: glob }],
  ['StringNotLike', { compare: glob, not: true }],
  ['ArnEquals', { compare: glob }],
  ['ArnNotEquals', { compare: glob, not: true }],
  ['ArnLike', { compare: glob }],
  ['ArnNotLike', { compare: glob, not: true }],
  ['Bool', { compare: sameWord }],
]);

function conditionsHold(given: unknown, keys: Request['keys']): Answer {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return 'unclear';
  return all(
    Object.entries(given).flatMap(([operator, tests]): Answer[] => {
      const ifExists = operator.endsWith('IfExists');
      const known = OPERATORS.get(ifExists ? operator.slice(0, -'IfExists'.length) : operator);
      if (!known || typeof tests !== 'object' || tests === null) return ['unclear'];
      return Object.entries(tests).map(([key, wanted]) => {
        const name = key.toLowerCase();
        if (!keys.has(name)) return 'unclear';
        const value = keys.get(name);
        if (value === undefined) return answer(ifExists || known.not === true);
        const found = anyText(wanted, (text) => known.compare(text, value));
        if (found === 'unclear' || !known.not) return found;
        return answer(found === 'no');
      });
    }),
  );
}
