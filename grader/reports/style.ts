/** The one stylesheet of all pages: readable on a phone, in the dark and on paper. Every text colour has a contrast of at least 4.5 to its ground. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #f3f4f8; --paper: #ffffff; --sunk: #f7f8fb; --line: #dadee8; --dots: #d3d8e6;
  --ink: #171a22; --soft: #545c6c; --accent: #3347c4;
  --good: #14703f; --good-wash: #e4f5ec; --bad: #b3261e; --bad-wash: #fdecea; --odd: #7d5200; --odd-wash: #fdf3dc;
  --code: ui-monospace, 'SF Mono', 'Cascadia Mono', 'JetBrains Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace;
  --text: system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0e1117; --paper: #171b24; --sunk: #12161e; --line: #2d3443; --dots: #252b39;
    --ink: #e8ebf2; --soft: #a5aebf; --accent: #a3b1ff;
    --good: #5bd295; --good-wash: #12291e; --bad: #ff968a; --bad-wash: #321a1a; --odd: #eabb62; --odd-wash: #2c2413;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 var(--text); }
a { color: var(--accent); text-underline-offset: 0.15em; }
a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: -999rem; }
.skip:focus { position: static; display: block; padding: 0.6rem 1rem; }
h1, h2, h3, h4 { line-height: 1.25; margin: 0; text-wrap: balance; }
h1 { font-size: clamp(1.5rem, 1.1rem + 1.8vw, 2.1rem); letter-spacing: -0.015em; }
h2 { font-size: 1.25rem; letter-spacing: -0.01em; }
h3 { font-size: 1.05rem; }
h4 { font-size: 0.95rem; }
p { margin: 0.4rem 0; }
bdi, .name { overflow-wrap: anywhere; }
.wide { max-width: 72rem; margin-inline: auto; padding-inline: clamp(1rem, 4vw, 2.5rem); }
header.top { background: var(--paper); border-bottom: 1px solid var(--line);
  background-image: radial-gradient(var(--dots) 1px, transparent 1.2px); background-size: 16px 16px; background-position: 8px 8px; }
header.top .wide { padding-block: 1.4rem 1.6rem; display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; align-items: end; justify-content: space-between; }
.brand { display: flex; align-items: center; gap: 0.45rem; width: 100%; font-weight: 650; font-size: 0.85rem; color: var(--soft); }
.brand svg { color: var(--accent); }
.over { margin: 0 0 0.15rem; color: var(--soft); font-size: 0.95rem; }
.score { margin: 0; }
.score strong { font-size: 2.6rem; line-height: 1; font-weight: 700; letter-spacing: -0.03em; font-variant-numeric: tabular-nums; }
.score span { color: var(--soft); font-size: 1.05rem; }
.score svg { display: block; margin-top: 0.5rem; max-width: 100%; }
main.wide { padding-block: 1.6rem 3rem; display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.6rem; }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: 12px; padding: clamp(1rem, 2.6vw, 1.5rem); min-width: 0; }
.card > h2 + * { margin-top: 0.8rem; }
/* Prose as it was typed. */
.answer { white-space: pre-wrap; overflow-wrap: anywhere; max-width: 46rem; }
.hint { color: var(--soft); font-size: 0.92rem; }
.lead { font-size: 1.05rem; }

.badge { display: inline-flex; align-items: center; gap: 0.35em; padding: 0.1em 0.65em 0.12em 0.5em; border-radius: 99px; font-size: 0.82rem; font-weight: 650; white-space: nowrap; border: 1px solid currentColor; }
.badge > span { font-family: var(--text); width: 1em; text-align: center; }
.good { color: var(--good); background: var(--good-wash); }
.bad { color: var(--bad); background: var(--bad-wash); }
.odd { color: var(--odd); background: var(--odd-wash); }
.sign { display: inline-block; width: 1.5em; border-radius: 6px; font-weight: 700; text-align: center; }
td.message { min-width: 16rem; overflow-wrap: anywhere; }
td.reason { overflow-wrap: anywhere; }
th .hint { font-weight: 400; }
.note { border-inline-start: 4px solid var(--odd); background: var(--odd-wash); border-radius: 8px; padding: 0.8rem 1.1rem; }
.note h2 { font-size: 1rem; color: var(--odd); }
.note ul { margin: 0.3rem 0 0; padding-inline-start: 1.2rem; }
.names { columns: 14rem; }
.note.bad { border-color: var(--bad); background: var(--bad-wash); color: inherit; }
.note.bad h2 { color: var(--bad); }

.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: start; padding: 0.5rem 0.7rem; border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { font-size: 0.82rem; color: var(--soft); font-weight: 600; border-bottom-width: 2px; vertical-align: bottom; }
tbody:last-child tr:last-child > *, tfoot tr:last-child > * { border-bottom: 0; }
@media (max-width: 34rem) { th, td { padding: 0.45rem 0.4rem; } .spare { display: none; } }
tbody th { font-weight: 600; }
.right { text-align: end; white-space: nowrap; }
thead .right { white-space: normal; }
table.roomy { min-width: 40rem; }
.middle { text-align: center; }
caption { text-align: start; color: var(--soft); font-size: 0.92rem; padding-bottom: 0.4rem; }

.task > header { display: flex; flex-wrap: wrap; gap: 0.5rem 0.9rem; align-items: center; }
.task > header .points { margin-inline-start: auto; font-weight: 650; font-variant-numeric: tabular-nums; white-space: nowrap; }
.task > header code { font-size: 0.9rem; color: var(--soft); }
.beside { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.2rem 1.6rem; margin-top: 1rem; }
@media (min-width: 58rem) { .beside { grid-template-columns: minmax(0, 11fr) minmax(0, 9fr); }
  .cells { position: sticky; top: 1rem; align-self: start; } }
.checks { list-style: none; margin: 0; padding: 0; display: grid; gap: 0.9rem; align-content: start; }
.checks > li + li { border-top: 1px solid var(--line); padding-top: 0.9rem; }
.check { display: flex; gap: 0.6rem; align-items: baseline; justify-content: space-between; }
.check h3 { font-size: 0.95rem; font-weight: 600; overflow-wrap: anywhere; }
.gauge { display: block; width: 100%; max-width: 26rem; height: auto; margin-top: 0.5rem; }
dl.values { display: flex; flex-wrap: wrap; gap: 0.2rem 1.4rem; margin: 0.3rem 0 0; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
dl.values div { display: flex; flex-direction: column; justify-content: end; }
dl.values .measured { max-width: 10.5rem; }
dl.values dt { color: var(--soft); font-size: 0.78rem; }
dl.values dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
.says { margin: 0.6rem 0 0; padding: 0.55rem 0.8rem; border-radius: 8px; border-inline-start: 3px solid currentColor; overflow-wrap: anywhere; white-space: pre-line; font-size: 0.94rem; }
.says > span { color: var(--ink); }

.cell { min-width: 0; }
.cell + .cell { margin-top: 1.2rem; }
.cell > h3, .cell > h4 { font-size: 0.82rem; font-weight: 600; color: var(--soft); margin-bottom: 0.3rem; }
pre { margin: 0; font: 0.82rem/1.6 var(--code); tab-size: 2; white-space: pre-wrap; overflow-wrap: anywhere; }
pre.code { background: var(--sunk); border: 1px solid var(--line); border-radius: 8px; padding: 0.8rem 1rem; }
pre.out { padding: 0.6rem 1rem 0; color: var(--soft); }
pre.threw { margin-top: 0.5rem; padding: 0.55rem 0.8rem; border-radius: 8px; border-inline-start: 3px solid var(--bad); background: var(--bad-wash); }
.comment { color: var(--soft); font-style: italic; }
.cut { margin: 0.3rem 0 0; font-size: 0.84rem; color: var(--soft); }
details > summary { cursor: pointer; }
details > summary h2 { display: inline; margin-inline-end: 0.5rem; }
details[open] > summary { margin-bottom: 1rem; }

.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 0.9rem; margin: 0; }
.tiles > div { background: var(--paper); border: 1px solid var(--line); border-radius: 12px; padding: 0.8rem 1rem; display: flex; flex-direction: column; }
.tiles dt { order: 2; color: var(--soft); font-size: 0.88rem; }
.tiles dd { margin: 0; font-size: 1.7rem; font-weight: 700; letter-spacing: -0.02em; font-variant-numeric: tabular-nums; }
.tiles dd small { font-size: 1rem; font-weight: 500; color: var(--soft); letter-spacing: 0; }
.pair { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.6rem; }
@media (min-width: 58rem) { .pair { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); } }
.chart { display: block; width: 100%; height: auto; max-width: 40rem; }
figure { margin: 0; }
figcaption { color: var(--soft); font-size: 0.9rem; margin-top: 0.4rem; }
.rates { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem; list-style: none; margin: 0; padding: 0; }
@media (min-width: 58rem) { .rates.two { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); column-gap: 2.5rem; } }
.rates .row { display: flex; justify-content: space-between; gap: 1rem; align-items: baseline; }
.rates p { margin: 0; font-size: 0.88rem; color: var(--soft); }

svg text { font: 12px var(--text); fill: var(--soft); font-variant-numeric: tabular-nums; }
svg text.strong { fill: var(--ink); font-weight: 650; }
svg .track { fill: none; stroke: var(--line); stroke-width: 2; }
svg .pass { fill: var(--good-wash); }
svg .pass-edge { stroke: var(--good); stroke-width: 2; }
svg .bar { fill: var(--accent); }
svg .empty { fill: var(--sunk); stroke: var(--line); }
svg .fine { fill: var(--good); stroke: var(--paper); stroke-width: 1.5; }
svg .off { stroke: var(--bad); stroke-width: 3; fill: none; stroke-linecap: round; }
svg .fine.thin { fill-opacity: 0.75; }
svg .off.thin { stroke-width: 2; stroke-opacity: 0.8; }
svg .front { fill: none; stroke: var(--accent); stroke-width: 2; }
svg .midline { stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 3 3; }

footer { border-top: 1px solid var(--line); color: var(--soft); font-size: 0.86rem; }
footer .wide { padding-block: 1.2rem 2.5rem; }
footer code, dd code, td code { font: 0.92em var(--code); overflow-wrap: anywhere; }

@media print {
  :root { color-scheme: light; --ground: #fff; --paper: #fff; --sunk: #fff; --line: #bbb; --ink: #000; --soft: #444; --accent: #223399;
    --good: #0d5c32; --good-wash: #fff; --bad: #9a1c15; --bad-wash: #fff; --odd: #6a4500; --odd-wash: #fff; --dots: transparent; }
  body { font-size: 10.5pt; }
  .wide, main.wide { max-width: none; padding-inline: 0; }
  .card { border: 0; border-top: 1px solid var(--line); border-radius: 0; padding: 0.8rem 0; }
  .checks > li, .tiles > div, tr, figure, .cell > h3 { break-inside: avoid; }
  h2, h3, h4, .task > header { break-after: avoid; }
  .skip { display: none; }
  .scroll { overflow: visible; }
  table.roomy { min-width: 0; }
  th, td { padding-inline: 0.3rem; }
  table.roomy, table.roomy .hint { font-size: 9pt; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
`;
