"""Duration curves: for what share of the time the load, and the PUE, are at least so high."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from sim.figures.base import Needs, Strings, Words, chart, plain, register, table
from sim.ground.arrays import Array
from sim.results.schema import Results

_POINTS = 201
_TABLE = (0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0)


def _at(values: Array, shares: Array | tuple[float, ...]) -> list[float | None]:
    """Return the value that is reached for each share of the time, by the nearest epoch."""
    if not len(values):
        return [None] * len(shares)
    return [float(value) for value in np.quantile(values, 1.0 - np.asarray(shares), method="nearest")]


def _curve(name: str, values: Array, words: Words, colour: str, unit: str, least: float) -> str:
    shares = np.linspace(0.0, 1.0, _POINTS)
    heights = _at(values, shares)
    curve = {
        "type": "scatter", "mode": "lines", "x": plain(shares * 100.0), "name": words(name),
        "y": [None if height is None else float(f"{height:.5g}") for height in heights],
        "line": {"color": colour, "width": 2.5}, "showlegend": False,
    }  # fmt: skip
    layout = {
        "xaxis": {"title": {"text": words("time")}, "range": [0, 100]},
        "yaxis": {"title": {"text": words(name)}, "ticksuffix": unit, "autorangeoptions": {"clipmin": least}},
        "height": 320,
    }
    return chart(f"duration_{name}", words(name), [curve], layout)


@register("duration")
class Duration:
    """Two curves, each an epoch's value sorted from the highest to the lowest."""

    needs: ClassVar[Needs] = ("served", "capacity", "facility_power", "it_power")
    strings: ClassVar[Strings] = {
        "title": ("Duration curves of load and PUE", "负载率与PUE持续曲线"),
        "note": (
            "Read: for this share of the time the value was at least so high. Load is compute served over "
            "compute installed, all centres together.",
            "读法：在该比例的时间内，数值不低于曲线所示。负载率为全部中心的已满足算力与已装算力之比。",
        ),
        "load": ("Load", "负载率"),
        "pue": ("PUE", "PUE"),
        "time": ("share of the time, %", "时间占比（%）"),
        "points": ("At chosen shares of the time", "若干时间占比处的数值"),
    }

    def draw(self, results: Results, words: Words) -> str:
        """Return both charts, side by side where there is room, and their table."""
        load = results["served"].sum(axis=(1, 2)) / max(float(results["capacity"].sum()), 1.0)
        it, facility = results["it_power"].sum(axis=1), results["facility_power"].sum(axis=1)
        pue = facility[it > 0.0] / it[it > 0.0]
        charts = _curve("load", load * 100.0, words, "#0072B2", " %", 0.0)
        charts += _curve("pue", pue, words, "#B2182B", "", 1.0)
        rows = [
            [f"{100.0 * share:g} %", words.share(value), words.number(ratio)]
            for share, value, ratio in zip(_TABLE, _at(load, _TABLE), _at(pue, _TABLE), strict=True)
        ]
        head = [words("time"), words("load"), words("pue")]
        return f'<div class="pair">{charts}</div>' + table(words("points"), head, rows)
