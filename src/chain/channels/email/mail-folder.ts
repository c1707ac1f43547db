import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import type { MailTransport } from './mail.ts';
import { nodemailerForm } from './smtp.ts';

/**
 * Keeps mails as `.eml` files, readable by every mail program, where no mail server is configured.
 * A repeated delivery replaces its own file.
 */
export function mailFolder(folder: string): MailTransport {
  const composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  return {
    async send(mail) {
      const { message } = await composer.sendMail(nodemailerForm(mail));
      const time = mail.date.toISOString().replace(/[:.]/g, '-');
      const path = join(folder, `${time}-${mail.messageId.replace(/[^A-Za-z0-9-]/g, '_')}.eml`);
      await mkdir(folder, { recursive: true });
      // Never half a mail under the final name.
      await writeFile(`${path}.part`, message as Buffer);
      await rename(`${path}.part`, path);
    },
  };
}
