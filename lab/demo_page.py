# SPDX-License-Identifier: MIT
"""The page of lab/demo: one file, its pictures inline, readable on a telephone and on paper."""
import html
import math

CSS = """
:root{--paper:#fdfdfb;--ink:#1d2327;--dim:#667077;--line:#d9dde0;--bad:#c2372e;--good:#1f7a4d;--band:#f1f2f0}
@media(prefers-color-scheme:dark){:root{--paper:#14181b;--ink:#e4e7e9;--dim:#97a1a8;--line:#333b41;
--bad:#ff7d70;--good:#5ad196;--band:#1c2226}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1.2rem;max-width:46rem;background:var(--paper);color:var(--ink);
font:16px/1.5 system-ui,sans-serif}
h1{font-size:1.6rem;line-height:1.2;margin:.5rem 0}h2{font-size:1.15rem;margin:2rem 0 .3rem}
p{margin:.4rem 0 .8rem}p.dim{color:var(--dim);font-size:.9rem}
.bad{color:var(--bad)}.good{color:var(--good)}b.bad,b.good{font-size:1.3rem;white-space:nowrap}
svg{display:block;width:100%;height:auto;margin:.6rem 0}
svg text{font:11px system-ui,sans-serif;fill:var(--ink)}svg text.dim{fill:var(--dim)}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:right;padding:.3rem .25rem;border-bottom:1px solid var(--line);vertical-align:top}
td:nth-child(n+2){white-space:nowrap}th:first-child,td:first-child{text-align:left}th{color:var(--dim);font-weight:normal}
table.steps th,table.steps td{text-align:left;white-space:normal}
code{font-size:.9em}
"""


def amount(rate, unit):
    """0.00123 or 45600000 with a unit that a person reads."""
    if unit == "bit/s":
        for factor, name in ((1e9, "Gbit/s"), (1e6, "Mbit/s"), (1e3, "kbit/s")):
            if rate >= factor:
                return f"{rate / factor:.3g} {name}"
    if rate >= 1000:
        return f"{rate:,.0f} {unit}"
    return f"{rate:.3g} {unit}"


class Scale:
    """Logarithmic, with a floor that stands for nothing at all."""

    def __init__(self, low, high, start, end):
        self.low, self.high, self.start, self.end = math.log10(low), math.log10(high), start, end

    def __call__(self, value):
        at = (math.log10(value) if value > 0 else -99) - self.low
        return self.start + (self.end - self.start) * min(1, max(0, at / (self.high - self.low)))

    def decades(self):
        return [10 ** d for d in range(math.ceil(self.low), math.floor(self.high) + 1)]


def text(x, y, words, anchor="start", kind=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{kind}">{html.escape(words)}</text>'


def steps(values, x, y):
    """One second a step."""
    points = "".join(f"{'L' if i else 'M'}{x(i):.1f} {y(v):.1f}H{x(i + 1):.1f}" for i, v in enumerate(values))
    return points


def timeline(story):
    width, height, left, top, bottom = 480, 250, 64, 18, 208
    long = max(len(h) for h in story["harm"])
    y = Scale(1e2, 10 ** math.ceil(math.log10(max(max(story["harm"][0]), 1e3))), bottom, top)
    x = lambda s: left + (width - left - 6) * s / long  # noqa: E731
    out = [f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="What strangers receive, second by second">']
    for n, act in enumerate(story["acts"]):
        a, b = x(act["began"]), x(act["began"] + act["seconds"])
        out.append(f'<rect x="{a:.1f}" y="{top}" width="{b - a:.1f}" height="{bottom - top}" fill="var(--band)"/>')
        out.append(text((a + b) / 2, bottom + 14, str(n + 1), "middle", "dim"))
    for d in y.decades():
        out.append(f'<line x1="{left}" x2="{width - 6}" y1="{y(d):.1f}" y2="{y(d):.1f}" stroke="var(--line)" stroke-width=".6"/>')
        out.append(text(left - 5, y(d) + 4, "nothing" if d == 100 else amount(d, "bit/s"), "end", "dim"))
    for values, colour in zip(story["harm"], ("--bad", "--good")):
        out.append(f'<path d="{steps(values, x, y)}" fill="none" stroke="var({colour})" stroke-width="1.8"/>')
    out.append(text(left, bottom + 34, "seconds", "start", "dim"))
    for s in range(0, long + 1, 10):
        out.append(text(x(s) if s else left + 46, bottom + 34, str(s), "middle", "dim") if s else "")
    out.append("</svg>")
    return "".join(out)


def bars(story):
    row, width, left = 46, 480, 8
    out = [f'<svg viewBox="0 0 {width} {len(story["acts"]) * row + 4}" role="img" aria-label="Each attack, without and with the guard">']
    for n, act in enumerate(story["acts"]):
        top = n * row
        full = max(act["without"], act["with"], 1e-9)
        x = Scale(full / 1e6, full, 0, width - left - 120)
        out.append(text(left, top + 12, f"{n + 1}. {act['name']}"))
        for value, colour, y in ((act["without"], "--bad", 17), (act["with"], "--good", 29)):
            long = max(x(value), 1)
            out.append(f'<rect x="{left}" y="{top + y}" width="{long:.1f}" height="9" rx="1.5" fill="var({colour})"/>')
            out.append(text(left + long + 5, top + y + 8, amount(value, act["unit"]) if value else "nothing"))
    out.append("</svg>")
    return "".join(out)


def uses_table(story):
    rows = []
    for u in story["uses"]:
        title = html.escape(u["title"])
        if "ratio" not in u:
            rows.append(f'<tr><td>{title}</td><td colspan="3" class="bad">{html.escape(u["verdict"])}</td></tr>')
            continue
        kind = "good" if u["verdict"] == "passes" else "bad"
        rows.append(f'<tr><td>{title}</td><td>{amount(u["without"]["rate"], u["unit"])}</td>'
                    f'<td class="{kind}">{u["ratio"] * 100:.0f} %</td><td>{u["later"]:+.2f} s</td></tr>')
    return ("<table><tr><th>use</th><th>without</th><th>kept with</th><th>starts later by</th></tr>" + "".join(rows) + "</table>")


def break_in_table(story):
    rows = []
    for s in story["break_in"]:
        cells = "".join(f'<td class="{"bad" if r["worked"] == (s["kind"] != "work") else "good"}">{html.escape(r["text"])}</td>'
                        for r in (s["without"], s["with"]))
        rows.append(f"<tr><td>{html.escape(s['name'])}</td>{cells}</tr>")
    return ('<table class="steps"><tr><th>the intruder</th><th>camera as root, guard on</th><th>under <code>holdfast run</code>'
            "</th></tr>" + "".join(rows) + "</table>")


def total(values):
    return amount(sum(values) / max(1, len(values)), "bit/s")


def page(story):
    flood = story["acts"][0]
    last = story["acts"][-1]
    spoken = slice(int(story["acts"][0]["began"]), int(last["began"] + last["seconds"]) + 1)
    kept = [sum(u[spoken]) / max(1, len(u[spoken])) for u in story["use"]]
    good = sum(u["verdict"] == "passes" for u in story["uses"])
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Holdfast: a hijacked device, without and with the guard</title><style>{CSS}</style></head><body>
<h1>A hijacked device, without and with the guard</h1>
<p>Two equal homes in a lab. In both, an attacker with full control of a device attacks strangers for
{len(story['acts'])} &times; {flood['seconds']} seconds, trying {story['rate']:,} packets a second. One of the devices runs <code>holdfast guard</code>.</p>
<p>A flood's victim receives <b class="bad">{amount(flood['without'], flood['unit'])}</b> from one and
<b class="good">{amount(flood['with'], flood['unit'])}</b> from the other.</p>
<h2>What strangers receive</h2>
<p class="dim">Bits a second at the victim and at all bystanders together, logarithmic; the shaded bands are the attacks,
numbered as below. Mean over the attacks: <span class="bad">{total(story['harm'][0][spoken])} without</span>,
<span class="good">{total(story['harm'][1][spoken])} with the guard</span>.</p>
{timeline(story)}
<h2>Each attack</h2>
<p class="dim">Logarithmic; <span class="bad">without</span> and <span class="good">with the guard</span>, in one run.
The guard was started once: a later attack finds what the earlier ones have left of its budgets.</p>
{bars(story)}
<h2>Broken into, step by step</h2>
<p>The camera's program has two holes, as such programs have: a form whose field reaches a shell, and a parser that believes
the length it is told. The intruder comes from the internet, gets code to run through the second, and then tries what
intruders try. On the left the program is root, as on most cameras, and only the guard is there: it falls with the program.
On the right the same binary is started by <code>holdfast run</code> with six lines of profile.</p>
{break_in_table(story)}
<p class="dim">The hole itself is the maker's and stays; what it is good for is next to nothing. Hundreds of other attacks on the sandbox,
beside bubblewrap and firejail: <code>lab/battery/run</code>.</p>
<h2>And the device's own work?</h2>
<p>While it was hijacked, a game on it went on: the server got {kept[0]:.0f} packets a second without and
{kept[1]:.0f} with the guard. Of {len(story['uses'])} ordinary uses tried before, {good} kept 90&nbsp;% of their throughput and started within a second;
each guarded one on a freshly started device, with no configuration.</p>
{uses_table(story)}
<p class="dim">{html.escape(story['machine'])}; network namespaces; the home's line is 100 Mbit/s. Made by <code>make demo</code>.
All uses: <code>lab/uses/run</code>. All attacks against every bound, for a minute each: <code>lab/attack --full</code>.</p>
</body></html>
"""
