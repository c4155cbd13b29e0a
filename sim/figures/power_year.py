"""Facility power over the year by where it comes from, and the PUE of the same steps."""

from __future__ import annotations

from typing import Any, ClassVar

import xarray as xr

from sim.figures.base import Words, chart, plain, register, step, table
from sim.results.schema import Results

_GW = 1e9
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
    return table(f"{words('by_month')}, {words('axis')}", head, rows)


@register("power_year")
class PowerYear:
    """Stacked areas of contracted green power, battery and grid; PUE as a line on an axis of its own."""

    needs: ClassVar = _NEEDS
    strings: ClassVar = {
        "title": ("Power by source, and PUE", "用电来源与PUE"),
        "note": (
            "Means of each step. The stack is what the centres take: their own use, and what charges their "
            "batteries. PUE is facility energy over IT energy of the step, all centres together.",
            "各步长的平均值。堆叠面积为各中心的取电量，含自用与电池充电。PUE为该步长内全部中心的设施用电量与IT设备用电量之比。",
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
            "yaxis": {"title": {"text": words("axis")}, "rangemode": "tozero"},
            "yaxis2": {
                "title": {"text": words("pue")},
                "overlaying": "y",
                "side": "right",
                "showgrid": False,
            },
            "height": 400,
        }
        return chart("power_year", words("title"), data, layout) + _table(results, words)
