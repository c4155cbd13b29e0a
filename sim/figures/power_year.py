"""Facility power over the year by where it comes from, and the PUE of the same steps."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from sim.figures.base import Needs, Strings, Words, chart, plain, register, table
from sim.ground.arrays import Array
from sim.results.schema import Results
from sim.results.spans import MONTH, means, step

_GW = 1e9
_ABOVE = {"clipmin": 1.0}  # A centre draws at least what its IT draws.
_NEEDS = ("facility_power", "it_power", "green_used", "discharge", "grid_import")
# Name of the source → its array and colour; from the bottom of the stack up.
_SOURCES = {
    "green": ("green_used", "#009E73"),
    "battery": ("discharge", "#F0E442"),
    "grid": ("grid_import", "#8496a9"),
}


def _means(results: Results, span: str) -> tuple[Any, dict[str, Array]]:
    """Return the beginnings of spans, and the means of all centres together over them, W."""
    times = results.series["epoch"].values
    found = {name: means(times, results[name].sum(axis=1), span) for name in _NEEDS}
    return found[_NEEDS[0]][0], {name: mean for name, (_, mean) in found.items()}


def _pue(power: dict[str, Array]) -> Array:
    it = power["it_power"]
    return np.divide(power["facility_power"], it, out=np.full_like(it, np.nan), where=it > 0.0)


def _table(results: Results, words: Words) -> str:
    months, power = _means(results, MONTH)
    arrays = [array for array, _ in _SOURCES.values()] + ["facility_power"]
    rows = [
        [str(month)[:7], *(words.number(float(power[array][n]) / _GW) for array in arrays), words.number(float(ratio))]
        for n, (month, ratio) in enumerate(zip(months, _pue(power), strict=True))
    ]
    head = [words("month"), *(words(name) for name in _SOURCES), words("facility"), words("pue")]
    return table(words("by_month", unit=words("axis")), head, rows)


@register("power_year")
class PowerYear:
    """Stacked areas of contracted green power, battery and grid; PUE as a line below."""

    needs: ClassVar[Needs] = _NEEDS
    strings: ClassVar[Strings] = {
        "title": ("Power by source, and PUE", "用电来源与PUE"),
        "note": (
            "Means over days, epochs or hours, as above. The stack is what the centres take: their own use, "
            "and what charges their batteries. PUE is facility energy over IT energy of the step, for all centres.",
            "平均值口径同上图。堆叠面积为各中心的取电量，含自用与电池充电。PUE为该步长内全部中心的设施用电量与IT设备用电量之比。",
        ),
        "green": ("contracted wind and solar", "签约风光电"),
        "battery": ("battery", "电池放电"),
        "grid": ("grid", "电网"),
        "facility": ("facility power", "设施总功率"),
        "axis": ("GW", "吉瓦（GW）"),
        "pue": ("PUE", "PUE"),
    }

    def draw(self, results: Results, words: Words) -> str:
        """Return the chart and its monthly table."""
        begins, power = _means(results, step(len(results.series["epoch"]), results.seconds))
        instants = plain(begins)
        data: list[dict[str, Any]] = [
            {
                "type": "scatter", "mode": "lines", "stackgroup": "source", "x": instants,
                "y": plain(power[array] / _GW), "name": words(name),
                "line": {"width": 0.5, "color": colour}, "fillcolor": colour,
            }
            for name, (array, colour) in _SOURCES.items()
            if float(power[array].max()) > 0.0
        ]  # fmt: skip
        data.append(
            {
                "type": "scatter", "mode": "lines", "x": instants, "y": plain(_pue(power)),
                "yaxis": "y2", "name": words("pue"), "line": {"color": "#B2182B", "width": 2},
            }
        )  # fmt: skip
        layout = {
            "xaxis": {"anchor": "y2"},
            "yaxis": {"title": {"text": words("axis")}, "rangemode": "tozero", "domain": [0.38, 1.0]},
            "yaxis2": {"title": {"text": words("pue")}, "domain": [0.0, 0.3], "autorangeoptions": _ABOVE},
            "height": 480,
        }
        return chart("power_year", words("title"), data, layout) + _table(results, words)
