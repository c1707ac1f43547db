import { html, raw } from 'hono/html';

type Html = ReturnType<typeof html>;

/** One sheet for all pages; follows the reader's light or dark setting. */
const STYLE = `
:root { color-scheme: light dark; --ink: #1a1d21; --soft: #5c6570; --line: #d9dee4; --back: #fbfcfd; --card: #fff;
  --good: #18794e; --bad: #c62a2f; --warn: #ad5700; --link: #0b68cb; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --soft: #9ba3ad; --line: #31373e; --back: #131619;
  --card: #1b1f24; --good: #4cc38a; --bad: #ff6369; --warn: #ffb224; --link: #70b8ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
header, main, footer { max-width: 68rem; margin: 0 auto; padding: 1rem 1.25rem; }
header { display: flex; gap: 1.5rem; align-items: baseline; flex-wrap: wrap; border-bottom: 1px solid var(--line); }
header strong { font-size: 1.1rem; }
a { color: var(--link); } header a { text-decoration: none; }
h1 { font-size: 1.35rem; margin: 1rem 0 .5rem; } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .45rem .7rem; vertical-align: top; }
th { color: var(--soft); font-weight: 600; font-size: .85rem; } tr + tr td { border-top: 1px solid var(--line); }
.good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); } .soft { color: var(--soft); }
.nowrap { white-space: nowrap; } code, pre { font: 13px/1.45 ui-monospace, monospace; }
code, pre { overflow-wrap: anywhere; } td > div + div { margin-top: .2rem; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .8rem; white-space: pre-wrap; }
.verdict { background: var(--card); border: 1px solid var(--line); border-left: 4px solid currentColor;
  border-radius: 8px; padding: .7rem 1rem; margin: 1rem 0 0; }
.verdict strong { font-size: 1.05rem; } .verdict div { color: var(--ink); margin-top: .4rem; }
button { font: inherit; color: #fff; background: #0b68cb; padding: .5rem 1.1rem; border: 0; border-radius: 6px; cursor: pointer; }
td button { padding: .2rem .6rem; font-size: .85rem; } button.quiet { color: inherit; background: none; border: 1px solid var(--line); }
input { font: inherit; padding: .3rem .5rem; border: 1px solid var(--line); border-radius: 6px; background: var(--card); color: inherit; }
.fields label { display: block; margin: .5rem 0; } .fields input { display: block; width: min(28rem, 100%); }
a:focus-visible, button:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
@media (max-width: 44rem) {
  header, main { padding: .8rem 1rem; } table, tbody, tr, td { display: block; width: 100%; }
  tr:has(th) { display: none; } td { padding: .2rem .8rem; } tr + tr td { border-top: 0; } td:empty { display: none; }
  tr { padding: .5rem 0; } tr + tr + tr { border-top: 1px solid var(--line); }
  .nowrap { white-space: normal; } td[data-is]::before { content: attr(data-is) ' '; color: var(--soft); font-size: .85rem; } }
`;

/** A whole page. `refresh` reloads it every so many seconds. On a narrow screen each row of a table is a block. */
export function page(title: string, body: Html, options: { refresh?: number } = {}): Html {
  const refresh = options.refresh ? html`<meta http-equiv="refresh" content="${options.refresh}">` : '';
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
${refresh}<title>${title} · Trailbell</title><style>${raw(STYLE)}</style>
</head>
<body>
<header><strong>🔔 Trailbell</strong><nav><a href="/console">Rings and chains</a> · <a href="/console/silences">Silences</a> · <a href="/console/mail">Mail</a></nav></header>
<main>${body}</main>
</body>
</html>`;
}

/** `2026-03-04 10:16:40 UTC`, for tables. */
export const timeText = (at: number): string => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
