"""The charts of a comparison: differences with intervals, cost against carbon, regret, what makes the difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from textwrap import wrap
from typing import Any

from markupsafe import Markup

from sim.figures.base import PALETTE, chart
from sim.report.comparison import COST, EMITTED, Document
from sim.report.words import PageWords

_SOFT = "#8b97a2"


def intervals(one: Document, key: str, mark: str, words: PageWords) -> Markup:
    """Return a chart of the differences to the first policy, with their intervals."""
    cells = {name: each[key] for name, each in list(one["policies"].items())[1:]}
    names = list(cells)[::-1]
    middle = [cells[name]["diff"] for name in names]
    ends = [cells[name]["diff_ci95"] or [cells[name]["diff"]] * 2 for name in names]
    points = {
        "type": "scatter", "mode": "markers", "x": middle, "y": [escape(name) for name in names],
        "marker": {"size": 10, "color": PALETTE[0]}, "showlegend": False, "error_x": whiskers(middle, ends),
    }  # fmt: skip
    title = f"{words.measure(key)}, {words.unit(key)}: {words('against', first=next(iter(one['policies'])))}"
    return Markup(chart(f"diff-{mark}", title, [points], layout(title, len(names))))


def whiskers(middle: Sequence[float], ends: Sequence[Sequence[float]]) -> dict[str, Any]:
    """Return the intervals of values as Plotly draws them."""
    return {
        "type": "data", "symmetric": False, "thickness": 2, "width": 6,
        "array": [end[1] - at for end, at in zip(ends, middle, strict=True)],
        "arrayminus": [at - end[0] for end, at in zip(ends, middle, strict=True)],
    }  # fmt: skip


def layout(title: str, rows: int) -> dict[str, Any]:
    """Return the layout of a chart of rows that have names."""
    return {
        "xaxis": {"title": {"text": folded(title, 40)}, "zeroline": True, "zerolinecolor": "#51606f"},
        "yaxis": {"type": "category"}, "height": 140 + 34 * rows, "hovermode": "closest",
        # Below the title of the axis, however flat the chart is.
        "legend": {"y": -48.0 / (34.0 * rows + 30.0)},
    }  # fmt: skip


def folded(text: str, width: int) -> str:
    """Return a text in lines of so many letters, or half as many signs, as Plotly draws it; escaped.

    Examples
    --------
    >>> folded("cost & carbon", 8), folded("碳排放（基于位置）", 10)
    ('cost &amp;<br>carbon', '碳排放（基<br>于位置）')
    """
    wide = any(ord(letter) > 0x2E80 for letter in text)
    return "<br>".join(escape(line) for line in wrap(text, width // 2 if wide else width) or [""])


def bars(one: Document, measure: str, title: str, mark: str, words: PageWords) -> Markup:
    """Return a chart of the differences to the first policy as bars of their terms."""
    why = {name: each[measure]["by"]["term"] for name, each in reversed(one["attribution"].items())}
    terms = [term for term in next(iter(why.values())) if any(abs(each[term]) > 1e-12 for each in why.values())]
    if not terms:
        return Markup("")
    drawn = [
        {
            "type": "bar", "orientation": "h", "name": escape(words.term("term", term)),
            "x": [each[term] for each in why.values()], "y": [escape(name) for name in why],
            "marker": {"color": PALETTE[at % len(PALETTE)]},
        }
        for at, term in enumerate(terms)
    ]  # fmt: skip
    return Markup(chart(f"why-{mark}", title, drawn, layout(title, len(why) + 2) | {"barmode": "relative"}))


def front(one: Document, mark: str, words: PageWords) -> Markup:
    """Return cost against emissions: the policies that nothing beats in both, joined, and the others."""
    cells, kept = one["policies"], one["pareto"]
    order = sorted(cells, key=lambda name: float(cells[name][COST]["mean"]))
    # Names above and below in turn: neighbours lie close.
    above = {name: ("top center", "bottom center")[at % 2] for at, name in enumerate(order)}
    groups = (
        ("on_front", [name for name in order if name in kept], PALETTE[0], "lines+markers+text", "circle"),
        ("beaten", [name for name in order if name not in kept], _SOFT, "markers+text", "circle-open"),
    )
    drawn = [
        _points(cells, names, words(key), colour, mode, symbol) | {"textposition": [above[name] for name in names]}
        for key, names, colour, mode, symbol in groups
    ]
    names = {key: f"{words.measure(key)}, {words.unit(key)}" for key in (COST, EMITTED)}
    spec = {
        "xaxis": {"title": {"text": escape(names[COST])}, "tickformat": "~r"},
        "yaxis": {"title": {"text": escape(names[EMITTED])}, "tickformat": "~r"},
        "height": 420, "hovermode": "closest",
        "legend": {"y": -0.2},
    }  # fmt: skip
    return Markup(chart(f"front-{mark}", words("front"), [each for each in drawn if each["x"]], spec))


def _points(cells: Mapping[str, Any], names: list[str], title: str, colour: str, mode: str, symbol: str) -> Any:
    found: dict[str, Any] = {
        "type": "scatter", "mode": mode, "name": escape(title), "text": [escape(name) for name in names],
        "marker": {"size": 10, "color": colour, "symbol": symbol}, "line": {"color": colour, "dash": "dot"},
        "cliponaxis": False,
    }  # fmt: skip
    for axis, key in (("x", COST), ("y", EMITTED)):
        each = [cells[name][key] for name in names]
        middle = [cell["mean"] for cell in each]
        ends = [cell["ci95"] or [cell["mean"]] * 2 for cell in each]
        found |= {
            axis: middle,
            f"error_{axis}": whiskers(middle, ends) | {"thickness": 1, "width": 3, "color": "#c3ccd4"},
        }
    return found


def regrets(one: Document, mark: str, words: PageWords) -> Markup:
    """Return a chart of how far every policy lies above the bound."""
    found = sorted(one["regret"].items(), key=lambda item: -float(item[1]["mean"]))
    middle = [each["mean"] for _, each in found]
    ends = [each["ci95"] or [each["mean"]] * 2 for _, each in found]
    drawn = {
        "type": "bar", "orientation": "h", "x": middle, "y": [escape(name) for name, _ in found],
        "marker": {"color": PALETTE[0]}, "error_x": whiskers(middle, ends), "showlegend": False,
    }  # fmt: skip
    title = words("regret")
    return Markup(chart(f"regret-{mark}", title, [drawn], layout(title, len(found))))
