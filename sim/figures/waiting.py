"""How long work waits: the share of each workload that waited longer than so many hours."""

from __future__ import annotations

from html import escape
from typing import Any, ClassVar

import numpy as np

from sim.figures.base import PALETTE, Needs, Strings, Words, chart, plain, register, table
from sim.results.schema import Results

_STROKES = ("solid", "dash", "dot", "dashdot")


@register("waiting")
class Waiting:
    """A falling curve for each workload that may wait, from all of its work down to none."""

    needs: ClassVar[Needs] = ("waited", "slack")
    strings: ClassVar[Strings] = {
        "title": ("How long work waits", "等待时间分布"),
        "note": (
            "Read: so much of the work that may wait had waited longer than so many hours when it was done. Work that "
            "is a fluid is counted by whole steps of the run; jobs by the hour in which they first began.",
            "读法：可延后的工作中，执行时已等待超过该小时数的部分所占比例。流体引擎按仿真步长计；作业按首次开始的时刻计。",
        ),
        "axis": ("waited longer than, h", "等待超过（小时）"),
        "share": ("share of the work, %", "工作占比（%）"),
        "numbers": ("Waits by workload, hours", "各类业务的等待时间（小时）"),
        "mean": ("Mean", "平均"),
        "median": ("Median", "中位数"),
        "upper": ("95th percentile", "第95百分位"),
        "top": ("99th percentile", "第99百分位"),
        "none": ("No work of this run may wait.", "本次运行没有可延后的工作。"),
    }

    def draw(self, results: Results, words: Words) -> str:
        """Return the chart and the table of means and percentiles."""
        names = [
            (number, name)
            for number, name in enumerate(results.ids("workload"))
            if results["slack"][number] > 0.0 and results["waited"][number].sum() > 0.0
        ]
        if not names:
            head = [words("workload"), *(words(key) for key in ("mean", "median", "upper", "top"))]
            return f"<p>{escape(words('none'))}</p>" + table(words("numbers"), head, [["–"] * 5])
        step = results.seconds / 3600.0
        traces: list[dict[str, Any]] = []
        rows = []
        for place, (number, name) in enumerate(names):
            work = results["waited"][number]
            last = int(np.flatnonzero(work)[-1]) + 1
            left = 1.0 - np.cumsum(work[:last]) / work.sum()
            full = words.name("workload", name)
            traces.append(
                {
                    "type": "scatter", "mode": "lines", "name": escape(full, quote=False),
                    "x": plain(np.concatenate([[0.0], np.arange(last) * step])),
                    "y": plain(100.0 * np.clip(np.concatenate([[1.0], left]), 0.0, 1.0)),
                    "line": {"color": PALETTE[place % len(PALETTE)], "width": 2.5, "shape": "hv",
                             "dash": _STROKES[place % len(_STROKES)]},
                }
            )  # fmt: skip
            waits = results.by["workload"].get(name, {}).get("wait_h", {})
            rows.append([full, *(words.number(waits.get(key)) for key in ("mean", "p50", "p95", "p99"))])
        layout = {
            "xaxis": {"title": {"text": words("axis")}, "rangemode": "tozero"},
            "yaxis": {"title": {"text": words("share")}, "range": [0, 102]}, "height": 340,
            "legend": {"y": -0.25},
        }  # fmt: skip
        head = [words("workload"), *(words(key) for key in ("mean", "median", "upper", "top"))]
        return chart("waiting", words("title"), traces, layout) + table(words("numbers"), head, rows)
