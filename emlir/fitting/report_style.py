"""The style of a report: light or dark as the reader prefers, for wide and narrow screens."""

STYLE = """
:root { color-scheme: light dark; --paper: #fbfbf9; --card: #fff; --ink: #1d2330; --muted: #5d6675;
  --rule: #dfe2e8; --grid: #eceef2; --point: #2563c9; --line: #d2521c; --chosen: #d2521c;
  --mark: #fdf1e7 }
@media (prefers-color-scheme: dark) { :root { --paper: #14171d; --card: #1b2028; --ink: #e6e9ef;
  --muted: #9aa4b4; --rule: #323a47; --grid: #272e39; --point: #6ea8ff; --line: #ff9d5c;
  --chosen: #ff9d5c; --mark: #33281e } }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif }
main { max-width: 62rem; margin: 0 auto; padding: 2rem 1.25rem 3rem }
header p { color: var(--muted); margin: 0 }
h1 { font-size: 1.5rem; line-height: 1.3; margin: .1rem 0 1rem; overflow-wrap: anywhere }
h2 { font-size: 1.05rem; margin: 0 0 .75rem }
section, .formula { background: var(--card); border: 1px solid var(--rule); border-radius: 10px;
  padding: 1.1rem 1.25rem; margin: 0 0 1.1rem; min-width: 0 }
.formula { overflow-x: auto; text-align: center; padding: 1.6rem 1.25rem }
.formula math { font-size: 1.55rem }
.figures { display: grid; gap: 1rem; min-width: 0;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)) }
.key { display: grid; gap: .75rem; margin: 0 0 1.1rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 11rem), 1fr)) }
.key div { background: var(--card); border: 1px solid var(--rule); border-radius: 10px;
  padding: .6rem .9rem; min-width: 0; overflow-wrap: anywhere }
.key b { display: block; font-size: .78rem; font-weight: 500; color: var(--muted) }
dl { display: grid; gap: .5rem 1.1rem; margin: 0;
  grid-template-columns: minmax(5.5rem, max-content) minmax(0, 1fr) }
dt { color: var(--muted) }
dd { margin: 0; min-width: 0; overflow-wrap: anywhere }
code { font: .86em/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
  overflow-wrap: anywhere }
pre { margin: 0; padding: .5rem .7rem; background: var(--grid); border-radius: 6px; overflow: auto;
  max-height: 12rem; white-space: pre-wrap }
.scroll { overflow-x: auto }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .92rem;
  min-width: min(100%, 26rem) }
th, td { padding: .3rem .8rem .3rem 0; text-align: right; border-bottom: 1px solid var(--rule);
  vertical-align: baseline }
th { color: var(--muted); font-weight: 500; white-space: nowrap }
.words { text-align: left; padding-left: .8rem; min-width: 7.5rem }
td.words:last-child { min-width: 13rem }
tr.chosen td { background: var(--mark) }
tr.chosen td:first-child { box-shadow: inset 3px 0 var(--chosen) }
td:first-child, th:first-child { padding-left: .8rem }
figure { margin: 0; min-width: 0; max-width: 34rem }
figure + .scroll, .scroll + .scroll { margin-top: 1rem }
figcaption, .note { color: var(--muted); font-size: .85rem; margin: .2rem 0 0 }
details { margin-top: .9rem }
summary { cursor: pointer; color: var(--muted) }
details .scroll { max-height: 24rem; overflow: auto; margin-top: .5rem }
.plot { display: block; width: 100%; height: auto }
.plot text { font-size: 11px; fill: var(--muted) }
.plot .label { font-size: 12px; fill: var(--ink) }
.plot path { fill: none }
.plot .grid { stroke: var(--grid) }
.plot .axis { stroke: var(--muted) }
.plot .line { stroke: var(--line); stroke-width: 1.8 }
.plot .guide { stroke: var(--muted); stroke-dasharray: 4 3 }
.plot .points circle { fill: var(--point); fill-opacity: .75 }
.plot .chosen circle { fill: var(--chosen); stroke: var(--card) }
@media (max-width: 34rem) { main { padding: 1rem .75rem } .formula math { font-size: 1.15rem }
  section, .formula { padding: .9rem } dl { grid-template-columns: minmax(0, 1fr); gap: .15rem }
  dd { margin-bottom: .5rem } }
@media print { body { background: none } section { break-inside: avoid } }
"""
