import { createHash } from 'node:crypto';
import type { CallError, CallName } from './calls.ts';
import { refusalKind } from './refusal-kind.ts';

/** One call with what came back, as kept for evidence. */
export interface Answer {
  readonly account: string;
  readonly region: string;
  readonly call: CallName;
  readonly at: string;
  readonly input: unknown;
  /** What the service answered; absent for a refused call. */
  readonly answer?: unknown;
  readonly error?: { readonly name: string; readonly message: string; readonly kind: string };
  /** SHA-256, in hexadecimal digits, of the JSON text of `answer` or `error` as it stands here. */
  readonly sha256: string;
}

export type What = Pick<Answer, 'account' | 'region' | 'call' | 'at' | 'input'>;

/** An answer for the record, hashed. Temporary credentials never go into it. */
export function keptAnswer(what: What, output: object): Answer {
  const { $metadata: _call, Credentials: _secret, ...answer } = output as Record<string, unknown>;
  const plain = asJson(answer);
  return { ...what, input: asJson(what.input), answer: plain, sha256: hashOf(plain) };
}

/** A refusal for the record. */
export function keptError(what: What, thrown: unknown): Answer {
  const { name, message } = thrown as CallError;
  const error = { name, message, kind: refusalKind(thrown).kind };
  return { ...what, input: asJson(what.input), error, sha256: hashOf(error) };
}

/** True when nobody has changed the answer since it was kept. */
export const isIntact = (kept: Answer): boolean => kept.sha256 === hashOf(kept.answer ?? kept.error);

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));

const hashOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');
