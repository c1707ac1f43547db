/** The sheet of the report. It follows the reader's light or dark setting; paper is always light. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1a1d21; --soft: #5c6570; --line: #d9dee4; --back: #fbfcfd; --card: #fff;
  --good: #18794e; --bad: #c62a2f; --warn: #ad5700; --bar: #3f6ea8; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --soft: #9ba3ad; --line: #31373e; --back: #131619;
  --card: #1b1f24; --good: #4cc38a; --bad: #ff6369; --warn: #ffb224; --bar: #7aa7e0; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 68rem; margin: 0 auto; padding: 1.5rem 1.25rem 3rem; }
h1 { font-size: 1.5rem; margin: 0 0 .2rem; } h2 { font-size: 1.1rem; margin: 2.2rem 0 .6rem; }
p { margin: .4rem 0; } .soft { color: var(--soft); } .good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); }
.answer { background: var(--card); border: 1px solid var(--line); border-left: 4px solid currentColor; border-radius: 8px;
  padding: .8rem 1rem; margin: 1rem 0; } .answer p { color: var(--ink); } .answer strong { font-size: 1.1rem; }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .45rem .7rem; vertical-align: top; }
th { color: var(--soft); font-weight: 600; font-size: .85rem; } tr + tr td { border-top: 1px solid var(--line); }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; } .nowrap { white-space: nowrap; }
th.wide { width: 32%; } td { overflow-wrap: anywhere; } td code { font-size: 12px; }
code, pre { font: 13px/1.45 ui-monospace, monospace; overflow-wrap: anywhere; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .8rem; white-space: pre-wrap; margin: .6rem 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.2rem; margin: .6rem 0; } dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
.lanes { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .8rem 1rem; }
.lane { display: grid; grid-template-columns: 15rem 1fr; gap: 0 1rem; align-items: end; }
.lane + .lane { margin-top: .5rem; } .lane svg { display: block; width: 100%; height: 28px; }
.lane rect { fill: var(--bar); } .lane.root rect { fill: var(--bad); } .lane line { stroke: var(--line); vector-effect: non-scaling-stroke; }
.axis { display: flex; justify-content: space-between; color: var(--soft); font-size: .85rem; grid-column: 2; }
details { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .5rem 1rem; margin: .5rem 0; } summary { cursor: pointer; }
ul { margin: .3rem 0; padding-left: 1.2rem; } footer { margin-top: 2.5rem; color: var(--soft); font-size: .85rem; }
@media (max-width: 44rem) {
  main { padding: 1rem; } dl, .lane { grid-template-columns: 1fr; } dt { margin-top: .4rem; } .axis { grid-column: 1; }
  table, tbody, tr, td { display: block; width: 100%; } thead { display: none; } td, td.number { padding: .15rem .8rem; text-align: left; }
  tr { padding: .5rem 0; } tr + tr td { border-top: 0; } tr + tr { border-top: 1px solid var(--line); } td:empty { display: none; }
  td[data-is]::before { content: attr(data-is) ' '; color: var(--soft); font-size: .85rem; } .nowrap { white-space: normal; } }
@media print { :root { color-scheme: light; --ink: #000; --soft: #444; --line: #bbb; --back: #fff; --card: #fff; --good: #0b5a36; --bad: #a01218; --warn: #7a3d00; --bar: #3f6ea8; }
  body { font-size: 10pt; } main { max-width: none; padding: 0; } .scroll { overflow: visible; } tr, .lane, .answer { break-inside: avoid; } h2 { break-after: avoid; }
  .lane rect { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
`;
