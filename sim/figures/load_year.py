"""Compute served over the year, by workload, against what was asked for and what is installed."""

from __future__ import annotations

from html import escape
from typing import Any, ClassVar

from sim.figures.base import PALETTE, Needs, Strings, Words, chart, plain, register, table
from sim.results.schema import Results
from sim.results.spans import MONTH, means, step

_EFLOPS = 1e18


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
        times = results.series["epoch"].values
        length = step(len(times), results.seconds)
        begins, served = means(times, results["served"].sum(axis=1) / _EFLOPS, length)
        asked = means(times, results["demand"].sum(axis=1) / _EFLOPS, length)[1]
        installed = results.kpi["capacity_eflops"]
        instants = plain(begins)
        names = results.ids("workload")
        shown = [number for number in range(len(names)) if results["demand"][:, number].sum() > 0.0]
        data: list[dict[str, Any]] = [
            {
                "type": "scatter", "mode": "lines", "stackgroup": "served", "x": instants,
                "y": plain(served[:, number]),
                "name": escape(words.name("workload", names[number]), quote=False),
                "line": {"width": 0.5, "color": colour}, "fillcolor": colour,
            }
            for number, colour in zip(shown, _colours(len(shown)), strict=True)
        ]  # fmt: skip
        data += [
            _line(
                words("asked"),
                instants,
                plain(asked),
                {"color": "#111111", "width": 1.5, "dash": "dot"},
            ),
            _line(words("installed"), instants, [installed] * len(instants), {"color": "#111111", "width": 2}),
        ]
        layout = {"yaxis": {"title": {"text": words("axis")}, "rangemode": "tozero"}, "height": 400}
        return chart("load_year", words("title"), data, layout) + self._table(results, words, shown)

    def _table(self, results: Results, words: Words, shown: list[int]) -> str:
        times, names = results.series["epoch"].values, results.ids("workload")
        months, served = means(times, results["served"].sum(axis=1) / _EFLOPS, MONTH)
        asked = means(times, results["demand"].sum(axis=1) / _EFLOPS, MONTH)[1]
        head = [words("month"), *(words.name("workload", names[n]) for n in shown), words("served"), words("asked")]
        rows = [
            [str(month)[:7], *(words.number(float(value)) for value in (*work[shown], work.sum(), wanted))]
            for month, work, wanted in zip(months, served, asked, strict=True)
        ]
        return table(words("by_month", unit=words("axis")), head, rows)
