const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');

const FONT =
  'font-family:system-ui,-apple-system,Segoe UI,Roboto,sans-serif;font-size:15px;line-height:1.45;color:#1c2024';

/** A whole HTML mail around a body that is already HTML. Styles are inline: mail programs drop style sheets. */
export const htmlMail = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title></head>` +
  `<body style="margin:0;padding:24px;background:#fff;${FONT}"><div style="max-width:860px">${body}</div></body></html>`;

export const paragraph = (text: string): string =>
  `<p style="margin:0 0 14px">${escapeHtml(text).replaceAll('\n', '<br>')}</p>`;

export const small = (html: string): string => `<p style="margin:14px 0 0;font-size:13px;color:#60646c">${html}</p>`;

export const link = (url: string, text: string): string => `<a href="${escapeHtml(url)}">${escapeHtml(text)}</a>`;

const anchor = (url: string, text: string): string =>
  `<a href="${escapeHtml(url)}" style="background:#0d74ce;color:#fff;padding:10px 18px;margin:0 6px 6px 0;` +
  `border-radius:6px;text-decoration:none;display:inline-block">${escapeHtml(text)}</a>`;

export const button = (url: string, text: string): string => `<p style="margin:20px 0">${anchor(url, text)}</p>`;

/** Several in a row. */
export const buttons = (links: readonly { readonly text: string; readonly url: string }[]): string =>
  `<p style="margin:20px 0">${links.map(({ text, url }) => anchor(url, text)).join(' ')}</p>`;

const CELL = 'padding:5px 10px 5px 0;text-align:left;vertical-align:top;border-bottom:1px solid #e0e1e6';

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (tag: 'th' | 'td', cells: readonly string[]): string =>
    `<tr>${cells.map((cell) => `<${tag} style="${CELL}">${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  return (
    `<table style="border-collapse:collapse;font-size:13px;margin:0 0 14px">` +
    `${line('th', head)}${rows.map((row) => line('td', row)).join('')}</table>`
  );
}
