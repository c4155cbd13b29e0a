"""The page of a comparison: one HTML file that needs no other, no network and, for its numbers, no script."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from markupsafe import Markup

from sim.figures.base import PALETTE, chart
from sim.report.comparison import (
    COST,
    EMITTED,
    Document,
    Grid,
    lines,
    over_scenarios,
    policies_grid,
    reasons,
    robust_line,
    signed,
    sure_grid,
    terms_grid,
    words_of,
)
from sim.report.sheet import plotly, template
from sim.report.words import PageWords

_SPLITS = ("hub", "hour", "workload")


def comparison_page(document: Document, language: str) -> str:
    """Return the report of a comparison as one HTML document; the same comparison gives the same bytes.

    Parameters
    ----------
    document
        What `sim.study.compare.compare` returns, of one scenario or of several.
    language
        ``en`` or ``zh``.

    Returns
    -------
    str
        HTML; texts are escaped, and its own policy allows no request.
    """
    words = words_of(document, language)
    several = document.get("scenarios", {})
    each = several or {document.get("scenario", ""): document}
    over = over_scenarios(document, words) if several else []
    return template("comparison.html").render(
        t=words, id=document["id"], title=words("comma").join(each), over=over,
        robust=robust_line(document, words) if several else "",
        parts=[_part(one, words, f"s{at}") for at, one in enumerate(each.values())], plotly=plotly(),
    )  # fmt: skip


def _part(one: Document, words: PageWords, mark: str) -> dict[str, Any]:
    """Return what the page shows of one scenario."""
    cost, carbon = words("why_cost"), words("why_emissions")
    others = list(one["attribution"])
    return {
        "name": one["scenario"], "lines": lines(one, words), "warnings": one["warnings"],
        "policies": policies_grid(one, words), "sure": sure_grid(one, words),
        "first": next(iter(one["policies"])),
        "charts": [
            _intervals(one, key, f"{mark}-{at}", words) for at, key in enumerate((COST, EMITTED)) if others
        ],
        "terms": [
            (_bars(one, "cost_bn_cny", cost, f"{mark}-cost", words), terms_grid(one, "cost_bn_cny", cost, words)),
            (_bars(one, "emissions_mt", carbon, f"{mark}-co2", words), terms_grid(one, "emissions_mt", carbon, words)),
        ] if others else [],
        "reasons": reasons(one, words),
        "splits": [_split(one, words, measure, way) for measure in ("cost_bn_cny", "emissions_mt") for way in _SPLITS]
        if others else [],
    }  # fmt: skip


def _intervals(one: Document, key: str, mark: str, words: PageWords) -> Markup:
    """Return a chart of the differences to the first policy, with their intervals."""
    cells = {name: each[key] for name, each in list(one["policies"].items())[1:]}
    names = list(cells)[::-1]
    ends = [cells[name]["diff_ci95"] or [cells[name]["diff"]] * 2 for name in names]
    middle = [cells[name]["diff"] for name in names]
    points = {
        "type": "scatter", "mode": "markers", "x": middle, "y": [escape(name) for name in names],
        "marker": {"size": 10, "color": PALETTE[0]}, "showlegend": False,
        "error_x": {
            "type": "data", "symmetric": False, "thickness": 2,
            "array": [end[1] - at for end, at in zip(ends, middle, strict=True)],
            "arrayminus": [at - end[0] for end, at in zip(ends, middle, strict=True)],
        },
    }  # fmt: skip
    title = f"{words.measure(key)}, {words.unit(key)}: {words('against', first=next(iter(one['policies'])))}"
    layout = _layout(title, len(names))
    return Markup(chart(f"diff-{mark}", title, [points], layout))


def _bars(one: Document, measure: str, title: str, mark: str, words: PageWords) -> Markup:
    """Return a chart of the differences to the first policy as bars of their terms."""
    why = {name: each[measure]["by"]["term"] for name, each in reversed(one["attribution"].items())}
    terms = [term for term in next(iter(why.values())) if any(abs(each[term]) > 1e-12 for each in why.values())]
    if not terms:
        return Markup("")
    bars = [
        {
            "type": "bar", "orientation": "h", "name": escape(words.term("term", term)),
            "x": [each[term] for each in why.values()], "y": [escape(name) for name in why],
            "marker": {"color": PALETTE[at % len(PALETTE)]},
        }
        for at, term in enumerate(terms)
    ]  # fmt: skip
    return Markup(chart(f"why-{mark}", title, bars, _layout(title, len(why) + 2) | {"barmode": "relative"}))


def _layout(title: str, rows: int) -> dict[str, Any]:
    return {
        "xaxis": {"title": {"text": escape(title)}, "zeroline": True, "zerolinecolor": "#51606f"},
        "yaxis": {"type": "category"}, "height": 140 + 34 * rows, "hovermode": "closest",
    }  # fmt: skip


def _split(one: Document, words: PageWords, measure: str, way: str) -> Grid:
    """Return the differences to the first policy, split one way: a row a part, a column a policy."""
    why: Mapping[str, Any] = {name: each[measure]["by"][way] for name, each in one["attribution"].items()}
    parts = [
        part for part in next(iter(why.values())) if any(abs(each.get(part, 0.0)) > 1e-12 for each in why.values())
    ]
    dimension = way if way in ("hub", "workload") else ""

    def name(part: str) -> str:
        return words.name(dimension, part) if words.term("term", part) == f"term.{part}" else words.term("term", part)

    key = COST if measure == "cost_bn_cny" else EMITTED
    title = words("split", measure=f"{words.measure(key)}, {words.unit(key)}", way=words.term("way", way),
                  policy=words("against", first=next(iter(one["policies"]))))  # fmt: skip
    rows = [[name(part), *(signed(each[part]) for each in why.values())] for part in parts]
    return Grid(title, [words.term("way", way), *why], rows)
