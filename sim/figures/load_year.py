"""Compute served over the year, by workload, against what was asked for and what is installed."""

from __future__ import annotations

from html import escape
from typing import Any, ClassVar

from sim.figures.base import PALETTE, Needs, Strings, Words, chart, plain, register, step, table
from sim.results.schema import Results

_EFLOPS = 1e18
_MONTH = "1MS"


def _line(name: str, instants: list[str], values: list[float], line: dict[str, Any]) -> dict[str, Any]:
    return {"type": "scatter", "mode": "lines", "x": instants, "y": values, "name": name, "line": line}


def _colours(number: int) -> list[str]:
    return [PALETTE[place % len(PALETTE)] for place in range(number)]


@register("load_year")
class LoadYear:
    """Stacked areas of the compute served, one a workload, under lines of demand and of capacity."""

    needs: ClassVar[Needs] = ("served", "demand")
    strings: ClassVar[Strings] = {
        "title": ("Compute served by workload", "各类业务的已满足算力"),
        "note": (
            "Means over days where the run is longer than two weeks, else over epochs or hours. Work that may "
            "wait is drawn when it runs, not when it arrives. Workloads that only move data are left out.",
            "仿真期超过两周时为日平均值，否则为时段或小时平均值。可延后的任务按执行时刻（而非到达时刻）绘制；只传输数据的业务不在此图中。",
        ),
        "asked": ("asked for", "需求"),
        "installed": ("installed", "已装算力"),
        "served": ("served in all", "合计已满足"),
        "axis": ("EFLOPS (FP32)", "EFLOPS（FP32）"),
    }

    def draw(self, results: Results, words: Words) -> str:
        """Return the chart and its monthly table."""
        series = results.series
        served = series["served"].sum("centre").resample(epoch=step(results)).mean() / _EFLOPS
        asked = series["demand"].sum("workload").resample(epoch=step(results)).mean() / _EFLOPS
        installed = results.kpi["capacity_eflops"]
        instants = plain(served["epoch"].values)
        shown = [name for name in results.ids("workload") if float(series["demand"].sel(workload=name).sum()) > 0.0]
        data: list[dict[str, Any]] = [
            {
                "type": "scatter", "mode": "lines", "stackgroup": "served", "x": instants,
                "y": plain(served.sel(workload=name).values),
                "name": escape(words.name("workload", name), quote=False),
                "line": {"width": 0.5, "color": colour}, "fillcolor": colour,
            }
            for name, colour in zip(shown, _colours(len(shown)), strict=True)
        ]  # fmt: skip
        data += [
            _line(
                words("asked"),
                instants,
                plain(asked.values),
                {"color": "#111111", "width": 1.5, "dash": "dot"},
            ),
            _line(words("installed"), instants, [installed] * len(instants), {"color": "#111111", "width": 2}),
        ]
        layout = {"yaxis": {"title": {"text": words("axis")}, "rangemode": "tozero"}, "height": 400}
        return chart("load_year", words("title"), data, layout) + self._table(results, words, shown)

    def _table(self, results: Results, words: Words, shown: list[str]) -> str:
        by_month = results.series[["served", "demand"]].sum("centre").resample(epoch=_MONTH).mean() / _EFLOPS
        head = [
            words("month"),
            *(words.name("workload", name) for name in shown),
            words("served"),
            words("asked"),
        ]
        rows = []
        for number, month in enumerate(by_month["epoch"].values):
            at = by_month.isel(epoch=number)
            parts = [float(at["served"].sel(workload=name)) for name in shown]
            values = [*parts, float(at["served"].sum()), float(at["demand"].sum())]
            rows.append([str(month)[:7], *(words.number(value) for value in values)])
        return table(words("by_month", unit=words("axis")), head, rows)
