"""The charts of a sweep: all points side by side, what depends on what, response surfaces, what nothing beats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
from markupsafe import Markup

from sim.figures.base import PALETTE, SCALE, chart
from sim.report.comparison_charts import folded, layout, whiskers
from sim.report.numbers import brief
from sim.report.sweep import BETTER, Document, name_of, shown
from sim.report.words import PageWords

_FIFTHS = 5
_SOFT = "#8b97a2"


def lines(found: Document, words: PageWords) -> Markup:
    """Return every point as a line over all rows; its colour is a fifth of the first measure."""
    told, keys = found["lines"], list(found["measures"])
    inputs = {key: _scaled(values) for key, values in told["inputs"].items()}
    outputs = {key: _written(key, _scaled(told["outputs"][key]), told["outputs"][key], words) for key in keys}
    rows = [*inputs.values(), *outputs.values()]
    names = [*inputs, *(name_of(key, words) for key in keys)]
    places = list(range(len(rows)))[::-1]
    lead = np.array(told["outputs"][keys[0]])
    edges = np.quantile(lead, np.linspace(0.0, 1.0, _FIFTHS + 1))
    fifth = np.clip(np.searchsorted(edges, lead, side="left") - 1, 0, _FIFTHS - 1)
    drawn = []
    for number in np.unique(fifth).tolist():
        members = np.flatnonzero(fifth == number).tolist()
        across: list[Any] = []
        for at in members:
            across += [*(row[0][at] for row in rows), None]
        ends = {"low": words.value(keys[0], edges[number]), "high": words.value(keys[0], edges[number + 1])}
        colour = _shade(number / (_FIFTHS - 1))
        drawn.append(
            {"type": "scatter", "mode": "lines", "x": across, "y": [*places, None] * len(members), "hoverinfo": "skip",
             "line": {"color": colour, "width": 1}, "opacity": 0.55, "name": escape(words("fifth", **ends))}
        )  # fmt: skip
    marks = [
        {"x": x, "y": place - 0.28, "text": escape(text), "showarrow": False, "xanchor": anchor, "font": {"size": 11}}
        for place, (_, low, high) in zip(places, rows, strict=True)
        for x, text, anchor in ((0.0, low, "left"), (1.0, high, "right"))
    ]
    spec = {
        "xaxis": {"visible": False, "range": [-0.02, 1.02]}, "annotations": marks, "hovermode": False,
        "yaxis": {"tickvals": places, "ticktext": [folded(name, 22) for name in names],
                  "range": [-0.6, len(rows) - 0.6]},
        "height": 120 + 56 * len(rows), "legend": {"y": -0.02, "title": {"text": escape(name_of(keys[0], words))}},
    }  # fmt: skip
    return Markup(chart("lines", words("lines"), drawn, spec))


def _shade(share: float) -> str:
    """Return a colour of the scale, without its palest end, which does not stand out from paper."""
    stops = [int(colour[at : at + 2], 16) for _, colour in SCALE for at in (1, 3, 5)]
    table = np.array(stops, dtype=np.float64).reshape(-1, 3)
    mixed = [np.interp(0.2 + 0.8 * share, [stop for stop, _ in SCALE], table[:, band]) for band in range(3)]
    return "#" + "".join(f"{round(float(value)):02x}" for value in mixed)


def _scaled(values: Sequence[Any]) -> tuple[list[float], str, str]:
    """Return values between 0 and 1, and what stands at either end; words stand in the order of their letters."""
    if any(isinstance(value, str) for value in values):
        words = sorted({str(value) for value in values})
        last = max(len(words) - 1, 1)
        return [words.index(str(value)) / last for value in values], words[0], words[-1]
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    return [float(f"{(value - low) / span:.4g}") for value in values], _end(low), _end(high)


def _written(
    key: str, scaled: tuple[list[float], str, str], values: Sequence[float], words: PageWords
) -> tuple[list[float], str, str]:
    """Return a row whose ends are written as the measure is."""
    return scaled[0], words.value(key, min(values)), words.value(key, max(values))


def _end(value: float) -> str:
    text = shown(float(value))
    return text if len(text) <= 8 else brief(value)


def effects(key: str, told: Document, mark: str, words: PageWords) -> Markup:
    """Return what a measure depends on as bars, alone and in all, with intervals where they were estimated."""
    rows = told["effects"][::-1]
    drawn = []
    for part, title, colour in (("total", "in_all", PALETTE[4]), ("first", "alone", PALETTE[0])):
        middle = [effect[part] for effect in rows]
        bar: dict[str, Any] = {
            "type": "bar", "orientation": "h", "x": middle, "y": [folded(effect["key"], 22) for effect in rows],
            "name": escape(words(title)), "marker": {"color": colour},
        }  # fmt: skip
        if all(effect[f"{part}_interval"] is not None for effect in rows):
            bar["error_x"] = whiskers(middle, [effect[f"{part}_interval"] for effect in rows]) | {"thickness": 1}
        drawn.append(bar)
    title = words.measure(key)
    spec = layout(title, 2 * len(rows)) | {"barmode": "group"}
    spec["legend"] = {**spec["legend"], "traceorder": "reversed"}
    return Markup(chart(f"effects-{mark}", title, drawn, spec))


def surface(told: Document, mark: str, words: PageWords) -> Markup:
    """Return a response surface as a heat map over two keys; over one key as a line."""
    key, title = told["key"], name_of(told["key"], words)
    across, x = _axis(told["across"], told["x"])
    if not told["y"]:
        mode = "markers" if x["type"] == "category" else "lines+markers"
        drawn: dict[str, Any] = {
            "type": "scatter", "mode": mode, "x": across, "y": told["cells"][0], "line": {"color": PALETTE[0]},
            "marker": {"size": 8},
        }  # fmt: skip
        spec = {"xaxis": x, "yaxis": {"title": {"text": escape(title)}, "tickformat": "~r"}, "height": 320}
        return Markup(chart(f"surface-{mark}", title, [drawn], spec))
    along, y = _axis(told["along"], told["y"])
    drawn = {
        "type": "heatmap", "x": across, "y": along, "z": told["cells"], "colorscale": SCALE,
        "reversescale": key.startswith(BETTER),
        "colorbar": {"thickness": 12, "outlinewidth": 0, "tickformat": "~r"},
        "hovertemplate": f"{escape(told['x'])} %{{x}}<br>{escape(told['y'])} %{{y}}<br>%{{z:.5~r}}<extra></extra>",
    }  # fmt: skip
    spec = {"xaxis": x, "yaxis": y, "height": 340, "hovermode": "closest", "margin": {"t": 40}}
    spec["title"] = {"text": escape(words.measure(key)), "font": {"size": 14}, "x": 0.02}
    return Markup(chart(f"surface-{mark}", title, [drawn], spec))


def _axis(steps: Sequence[Any], key: str) -> tuple[list[Any], dict[str, Any]]:
    """Return the steps of a key and its axis; words and few numbers stand side by side."""
    words = any(isinstance(step, str) for step in steps)
    told = [escape(step) if isinstance(step, str) else step for step in steps]
    if words or len(steps) <= 12:
        told = [escape(shown(step)) for step in steps]
        return told, {"type": "category", "title": {"text": escape(key)}}
    return told, {"type": "linear", "title": {"text": escape(key)}}


def front(found: Document, words: PageWords) -> Markup:
    """Return the points in two aims: those that nothing beats, the others, and the base."""
    aims = [aim.lstrip("-") for aim in found["pareto"]["aims"]][:2]
    told, points = found["lines"]["outputs"], found["pareto"]["points"]
    drawn = []
    if all(aim in told for aim in aims):
        drawn.append(
            {"type": "scatter", "mode": "markers", "x": told[aims[0]], "y": told[aims[1]], "hoverinfo": "skip",
             "marker": {"size": 5, "color": _SOFT, "opacity": 0.5}, "name": escape(words("others"))}
        )  # fmt: skip
    hover = [
        f"{escape(words('point'))} {one['point']}<br>"
        + "<br>".join(f"{escape(key)} = {escape(shown(item))}" for key, item in one["inputs"].items())
        for one in points
    ]
    drawn.append(
        {"type": "scatter", "mode": "markers", "x": [one["outputs"][aims[0]] for one in points],
         "y": [one["outputs"][aims[1]] for one in points], "text": hover, "hoverinfo": "text",
         "marker": {"size": 9, "color": PALETTE[0]}, "name": escape(words("on_front"))}
    )  # fmt: skip
    base: Mapping[str, Any] = found["base"].get("kpi", {})
    if all(base.get(aim) is not None for aim in aims):
        drawn.append(
            {"type": "scatter", "mode": "markers", "x": [base[aims[0]]], "y": [base[aims[1]]],
             "marker": {"size": 13, "color": PALETTE[5], "symbol": "star"}, "name": escape(words("base"))}
        )  # fmt: skip
    spec = {
        "xaxis": {"title": {"text": escape(name_of(aims[0], words))}, "tickformat": "~r"},
        "yaxis": {"title": {"text": escape(name_of(aims[1], words))}, "tickformat": "~r"},
        "height": 420, "hovermode": "closest", "legend": {"y": -0.2},
    }  # fmt: skip
    return Markup(chart("front", words("front_of", aims=words("comma").join(map(words.measure, aims))), drawn, spec))
