"""Facility power over the year by where it comes from, and the PUE of the same steps."""

from __future__ import annotations

from typing import Any, ClassVar

import xarray as xr

from sim.figures.base import Needs, Strings, Words, chart, plain, register, step, table
from sim.results.schema import Results

_GW = 1e9
_ABOVE = {"clipmin": 1.0}  # A centre draws at least what its IT draws.
_NEEDS = ("facility_power", "it_power", "green_used", "discharge", "grid_import")
# Name of the source → its array and colour; from the bottom of the stack up.
_SOURCES = {
    "green": ("green_used", "#009E73"),
    "battery": ("discharge", "#F0E442"),
    "grid": ("grid_import", "#8496a9"),
}


def _means(results: Results, step: str) -> xr.Dataset:
    return results.series[list(_NEEDS)].sum("centre").resample(epoch=step).mean()


def _pue(power: xr.Dataset) -> xr.DataArray:
    return power["facility_power"] / power["it_power"].where(power["it_power"] > 0.0)


def _table(results: Results, words: Words) -> str:
    power = _means(results, "1MS")
    arrays = [array for array, _ in _SOURCES.values()] + ["facility_power"]
    ratio = _pue(power)
    rows = []
    for number, month in enumerate(power["epoch"].values):
        at = power.isel(epoch=number)
        cells = [words.number(float(at[array]) / _GW) for array in arrays]
        rows.append([str(month)[:7], *cells, words.number(float(ratio[number]))])
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
        power = _means(results, step(results))
        instants = plain(power["epoch"].values)
        data: list[dict[str, Any]] = [
            {
                "type": "scatter", "mode": "lines", "stackgroup": "source", "x": instants,
                "y": plain(power[array].values / _GW), "name": words(name),
                "line": {"width": 0.5, "color": colour}, "fillcolor": colour,
            }
            for name, (array, colour) in _SOURCES.items()
            if float(power[array].max()) > 0.0
        ]  # fmt: skip
        data.append(
            {
                "type": "scatter", "mode": "lines", "x": instants, "y": plain(_pue(power).values),
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
