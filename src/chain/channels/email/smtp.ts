import { createTransport } from 'nodemailer';
import type { Mail, MailTransport } from './mail.ts';

/** The form in which nodemailer wants a mail. Nothing in it may make nodemailer read files or URLs. */
export const nodemailerForm = (mail: Mail) => ({
  from: mail.from,
  to: { name: '', address: mail.to },
  envelope: { from: mail.from.address, to: mail.to },
  subject: mail.subject,
  text: mail.text,
  ...(mail.html === undefined ? {} : { html: mail.html }),
  headers: { ...mail.headers },
  messageId: `<${mail.messageId}>`,
  date: mail.date,
  disableFileAccess: true,
  disableUrlAccess: true,
});

export interface SmtpSettings {
  /** `smtp://user:password@host:587`, or `smtps://…`. */
  readonly url: string;
  /** PEM of a certificate authority trusted besides the well-known ones. */
  readonly extraCa?: string;
}

export interface SmtpTransport extends MailTransport {
  close(): void;
}

/** Sends mails through a mail server, over a few kept connections. */
export function smtpTransport({ url, extraCa }: SmtpSettings): SmtpTransport {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: 4,
    connectionTimeout: 15_000,
    greetingTimeout: 15_000,
    socketTimeout: 30_000,
    ...(extraCa === undefined ? {} : { tls: { ca: extraCa } }),
  });
  return {
    async send(mail) {
      await transport.sendMail(nodemailerForm(mail));
    },
    close: () => transport.close(),
  };
}
