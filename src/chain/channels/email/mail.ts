/** A mail, ready to be sent. */
export interface Mail {
  readonly from: { readonly name: string; readonly address: string };
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Names the delivery, the same on every attempt: mail programs drop what they have already seen. */
  readonly messageId: string;
  readonly date: Date;
}

/** A way for mails to leave. Rejects with what went wrong. */
export interface MailTransport {
  send(mail: Mail): Promise<void>;
}

/** Splits `Trailbell <bell@example.com>`; a bare address has no name. */
export function readSender(text: string): Mail['from'] {
  const [, name = '', address = ''] = /^\s*(?:"?([^"<]*?)"?\s*)?<\s*([^<>\s]+)\s*>\s*$/.exec(text) ?? [];
  return address === '' ? { name: '', address: text.trim() } : { name, address };
}
