/** The whole look of the page: no font, image or script comes from elsewhere. */
export const STYLE = `
:root{color-scheme:light dark;--page:#fbfbf9;--card:#fff;--text:#1d2126;--soft:#59616b;--line:#d9dce0;--ok:#1a7f4b;--okbg:#e8f5ee;--bad:#b3261e;--badbg:#fdecea;--unknown:#8a5a00;--unknownbg:#fdf3df;--code:#f2f3f1}
@media (prefers-color-scheme:dark){:root{--page:#14171a;--card:#1c2024;--text:#e7eaee;--soft:#a3acb7;--line:#343a41;--ok:#5fd39a;--okbg:#14301f;--bad:#ff8f86;--badbg:#3a1a18;--unknown:#f2c063;--unknownbg:#33270f;--code:#262b31}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:1180px;margin:0 auto;padding:24px 20px 60px}
h1{font-size:1.6rem;margin:.2em 0}h2{font-size:1.15rem;margin:2em 0 .6em}
p{margin:.4em 0}.soft{color:var(--soft)}
.counts{display:flex;flex-wrap:wrap;gap:10px;margin:16px 0;padding:0;list-style:none}
.counts li{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:8px 16px}
.counts b{font-size:1.4rem;display:block}
details{background:var(--card);border:1px solid var(--line);border-radius:10px;margin:10px 0;padding:0 16px}
summary{cursor:pointer;padding:12px 0;display:flex;flex-wrap:wrap;gap:4px 12px;align-items:baseline}
summary::-webkit-details-marker{display:none}
summary:focus-visible{outline:2px solid currentColor;outline-offset:4px}
details>div{padding:0 0 16px}
.verdict{font-weight:700;border-radius:6px;padding:1px 9px;min-width:5.6em;text-align:center}
.PASS{color:var(--ok);background:var(--okbg)}.FAIL{color:var(--bad);background:var(--badbg)}
.UNKNOWN,.REVIEW{color:var(--unknown);background:var(--unknownbg)}
svg.chain{display:block;max-width:100%;height:auto;margin:12px 0}
svg.narrow{display:none}
svg rect{fill:var(--card);stroke:var(--line);stroke-width:1.5}
svg .ok rect{stroke:var(--ok);fill:var(--okbg)}svg .bad rect{stroke:var(--bad);fill:var(--badbg)}
svg .unknown rect{stroke:var(--unknown);fill:var(--unknownbg);stroke-dasharray:5 4}
svg text{fill:var(--text);font:13px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
svg .kind{font-weight:650}svg .ok .kind{fill:var(--ok)}svg .bad .kind{fill:var(--bad)}svg .unknown .kind{fill:var(--unknown)}
svg .name{font-size:12px}
svg path{fill:none;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
svg path.ok{stroke:var(--ok)}svg path.bad{stroke:var(--bad)}svg path.unknown{stroke:var(--unknown)}
pre{background:var(--code);border-radius:8px;padding:10px 12px;overflow:auto;white-space:pre-wrap;overflow-wrap:anywhere;font:13px/1.45 ui-monospace,SFMono-Regular,Menlo,monospace;margin:.5em 0}
details.evidence{border:0;padding:0}details.evidence summary{text-decoration:underline;text-underline-offset:3px}
td:first-child{white-space:nowrap}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:5px 10px 5px 0;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
footer{margin-top:3em;color:var(--soft);border-top:1px solid var(--line);padding-top:1em}
@media (max-width:760px){main{padding:14px 12px 40px}svg.wide{display:none}svg.narrow{display:block}table,tbody,tr,td{display:block}thead{display:none}td,td:first-child{border:0;padding:1px 0;white-space:normal}tr{border-bottom:1px solid var(--line);padding:6px 0}}
@media print{details{break-inside:avoid}}
`;
