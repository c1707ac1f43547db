import { getSystemErrorName } from 'node:util';
import { networkFailureOf } from '../../../base/network-failure.ts';
import type { FailureReason, Outcome } from '../channel.ts';

/** What nodemailer throws. */
interface MailError {
  readonly code?: string;
  readonly responseCode?: number;
  /** The operating system's number, where nodemailer's own code says only that a socket failed. */
  readonly errno?: number;
  /** The command that the server did not like, such as `RCPT TO`. */
  readonly command?: string;
  readonly message?: string;
}

const REASONS: Readonly<Record<string, FailureReason>> = {
  EAUTH: 'mail-login',
  ETLS: 'tls',
  EDNS: 'dns',
  ETIMEDOUT: 'timeout',
  ECONNECTION: 'refused',
  EENVELOPE: 'mailbox',
  EMESSAGE: 'rejected',
  ENOSPC: 'mail-folder',
  EACCES: 'mail-folder',
  EROFS: 'mail-folder',
};

/** Commands that speak of the recipient and of the message. What is refused before is about us. */
const ABOUT_THE_MAIL = new Set(['RCPT TO', 'DATA']);

/**
 * Judges a mail that did not leave. Only a mail server's final word about the mailbox or the message
 * ends the tries: a wrong password or sender is mended by people, and then the mail must still go out.
 */
export function mailOutcome(error: unknown): Exclude<Outcome, { result: 'delivered' }> {
  const { code = '', command = '', responseCode = 0, message = String(error) } = error as MailError;
  const reason =
    (Object.hasOwn(REASONS, code) ? REASONS[code] : undefined) ?? fallback(error as MailError, responseCode);
  const final = responseCode >= 500 && ABOUT_THE_MAIL.has(command);
  return { result: final ? 'giveUp' : 'retry', reason, text: message.slice(0, 500) };
}

function fallback({ errno, code }: MailError, responseCode: number): FailureReason {
  if (responseCode > 0) return 'mail-server';
  const system = errno !== undefined && errno < 0 ? getSystemErrorName(errno) : code;
  const { reason } = networkFailureOf({ code: system });
  return reason === 'network' ? 'mail-server' : reason;
}
