"""The frame of the realism report's page; what changes with the shop is put in by name."""

from string import Template
from typing import Final

PAGE: Final = Template("""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>How real does $shop look?</title>
<style>
  body { font: 15px/1.5 system-ui, sans-serif; color: #22303c; background: #fff; max-width: 1180px;
    margin: 2rem auto; padding: 0 1rem; }
  h1 { font-size: 1.7rem; margin-bottom: .2rem; }
  h2 { font-size: 1.2rem; margin-top: 2.2rem; }
  h3 { font-size: 1rem; margin: 0 0 .3rem; }
  table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
  th, td { text-align: left; padding: .28rem .9rem .28rem 0; border-bottom: 1px solid #e3e7ea; }
  th { font-weight: 600; color: #5a6a78; }
  td:nth-child(n+3), th:nth-child(n+3) { text-align: right; }
  .pass, .fail, .no-data { padding: .05rem .55rem; border-radius: .6rem; font-size: .85rem; }
  .pass { background: #dbe7f1; color: #1f4a72; }
  .fail { background: #f6dfd1; color: #8a3c11; font-weight: 600; }
  .no-data, .none { color: #6b7780; }
  .figures { display: grid; gap: 1.4rem;
    grid-template-columns: repeat(auto-fill, minmax(340px, 1fr)); }
  figure { margin: 0; border: 1px solid #e3e7ea; border-radius: .5rem; padding: .8rem; }
  figure svg { width: 100%; height: auto; }
  figure ul { list-style: none; margin: .4rem 0 0; padding: 0; font-size: .82rem; }
  figure li { margin-bottom: .2rem; }
</style>
</head>
<body>
<h1>How real does <em>$shop</em> look?</h1>
<p>The shop's interactions, after cleaning, beside what published shops look like.$beside</p>

<h2>Bands: $verdicts</h2>
<p>A band is where the published shops lie. A real shop may well lie outside: a wholesaler sells by
day, on few weekdays. <em>No data</em>: the shop does not record what the measure needs, or an
hour or weekday without anybody leaves no ratio.</p>
<table>
$bands
</table>

<h2>Distributions</h2>
<p>Distances run from 0 (equal) to 1. <em>Kolmogorov-Smirnov</em> and <em>total variation</em>
compare whole distributions. Where a shop has published a few points only, the distance is the
largest gap <em>at those points</em> and says nothing of what lies between them.</p>
<div class="figures">
$figures
</div>
<p class="none">$empty</p>

<h2>Sources</h2>
<ul>
$sources
</ul>
<p>Bands also rest on the funnels of RetailRocket, Taobao, OTTO and REES46.</p>
</body>
</html>
""")
