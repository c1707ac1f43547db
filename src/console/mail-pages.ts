import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { html } from 'hono/html';
import PostalMime from 'postal-mime';
import { page, timeText } from './page.ts';

/** Newest mails shown in the list. */
const LISTED = 200;
/** Only names that the mail folder makes itself: nothing with a slash can be asked for. */
const MAIL_NAME = /^[A-Za-z0-9_-]{1,200}\.eml$/;

interface KeptMail {
  readonly name: string;
  readonly subject: string;
  readonly to: string;
  readonly date: string;
  readonly text: string;
}

/** The mails that stay here because no mail server is configured, newest first. */
export async function mailListPage(folder: string | undefined) {
  if (folder === undefined) return page('Mail', html`<h1>Mail</h1><p>Mails go out through the mail server.</p>`);
  const names = (await readdir(folder).catch(() => [])).filter((name) => MAIL_NAME.test(name));
  const newest = names.sort().reverse().slice(0, LISTED);
  const mails = await Promise.all(newest.map((name) => readMail(folder, name)));
  return page(
    'Mail',
    html`<h1>Mail</h1>
<p class="soft">No mail server is configured, so mails stay on this machine. Start with <code>--smtp smtp://HOST</code>
to send them. Links in them work.</p>
${
  mails.length === 0
    ? html`<p>None yet.</p>`
    : html`<div class="scroll"><table><tr><th>When</th><th>To</th><th>Subject</th></tr>
${mails.map(
  (mail) => html`<tr><td class="nowrap">${mail?.date}</td><td>${mail?.to}</td>
<td><a href="/console/mail/${mail?.name}">${mail?.subject}</a></td></tr>`,
)}</table></div>`
}`,
    { refresh: 5 },
  );
}

/** One kept mail; undefined when there is none of that name. */
export async function mailPage(folder: string | undefined, name: string) {
  const mail = folder !== undefined && MAIL_NAME.test(name) ? await readMail(folder, name) : undefined;
  if (!mail) return undefined;
  return page(
    mail.subject,
    html`<h1>${mail.subject}</h1><p class="soft">To ${mail.to}, ${mail.date}</p>
<pre>${withLinks(mail.text)}</pre>`,
  );
}

async function readMail(folder: string, name: string): Promise<KeptMail | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(join(folder, name));
  } catch {
    return undefined;
  }
  const mail = await PostalMime.parse(bytes);
  return {
    name,
    subject: mail.subject ?? '(no subject)',
    to: (mail.to ?? []).map((to) => to.address ?? '').join(', '),
    date: readableDate(mail.date ?? ''),
    text: mail.text ?? '',
  };
}

/** As other pages show times; a date that is none stays as the mail has it. */
function readableDate(text: string): string {
  const at = Date.parse(text);
  return Number.isNaN(at) ? text : timeText(at);
}

/** The text with its web addresses made clickable. */
function withLinks(text: string) {
  const parts = text.split(/(https?:\/\/[^\s<>"]+)/);
  return parts.map((part, i) => (i % 2 === 1 ? html`<a href="${part}" rel="noreferrer">${part}</a>` : html`${part}`));
}
