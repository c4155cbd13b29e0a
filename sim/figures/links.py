"""How full the links of the backbone are: mean, 95th percentile and peak of the fullest."""

from __future__ import annotations

from html import escape
from typing import Any, ClassVar

import numpy as np

from sim.figures.atlas.flows import loading
from sim.figures.base import PALETTE, Needs, Strings, Words, chart, register, table
from sim.results.schema import Results

_SHOWN, _FULL = 16, 0.95


def _cut(name: str, most: int = 16) -> str:
    """Return a name that leaves room for the bars on a narrow screen."""
    return name if len(name) <= most else name[: most - 1].rstrip() + "…"


@register("links")
class Links:
    """A row is a direction of a link; the bar its mean load, the marks what it reaches."""

    needs: ClassVar[Needs] = ("link_traffic", "background", "link_capacity")
    strings: ClassVar[Strings] = {
        "title": ("Load of the fullest links", "最满链路的负载率"),
        "note": (
            "Traffic of the dispatch and the background that is always there, over capacity; each direction by itself, "
            "the fullest by the mean. The hours are those with a load of at least 95 %.",
            "调度流量与常在背景流量之和占容量的比例，两个方向分列，按平均值取最满者。小时数为负载率不低于95%的时间。",
        ),
        "average": ("mean", "平均"),
        "upper": ("95th percentile", "第95百分位"),
        "peak": ("peak", "峰值"),
        "axis": ("load, %", "负载率，%"),
        "numbers": ("The fullest links", "最满的链路"),
        "way": ("Link", "链路"),
        "capacity": ("Capacity, Gbit/s", "容量，Gbit/s"),
        "traffic": ("Of it for the dispatch, mean", "其中调度流量（平均）"),
        "hours_full": ("Hours at 95 % or more", "不低于95%的小时数"),
        "none": ("The nation has no links.", "该国家数据没有链路。"),
    }

    def draw(self, results: Results, words: Words) -> str:
        """Return the chart and its table."""
        load, names = loading(results), results.ids("link")
        head = [words(key) for key in ("way", "capacity", "average", "upper", "peak", "hours_full", "traffic")]
        if not names:
            return f"<p>{escape(words('none'))}</p>" + table(words("numbers"), head, [["–"] * len(head)])
        mean = load.mean(axis=0)
        order = np.argsort(-mean, kind="stable")[:_SHOWN]
        high, peak = np.quantile(load[:, order], 0.95, axis=0), load[:, order].max(axis=0)
        rows, ends, ticks = [], results.meta.get("link_ends", {}), []
        for place, number in enumerate(order):
            nodes = [words.name("node", node) for node in ends.get(names[number], [names[number]])]
            title = " → ".join(nodes)
            short = "<br>→ ".join(escape(_cut(node), quote=False) for node in nodes)
            # A bar's name is its place on the axis: it must be its own.
            ticks.append(short if short not in ticks else escape(names[number], quote=False))
            capacity = float(results["link_capacity"][number])
            own = float(results["link_traffic"][:, number].mean()) / capacity if capacity > 0.0 else None
            hours = float((load[:, number] >= _FULL).sum()) * results.seconds / 3600.0
            cells = (float(mean[number]), float(high[place]), float(peak[place]))
            rows.append([title, words.number(capacity / 1e9), *map(words.share, cells), f"{hours:g}", words.share(own)])
        return self._chart(words, ticks, mean[order], high, peak) + table(words("numbers"), head, rows)

    def _chart(self, words: Words, names: list[str], mean: Any, high: Any, peak: Any) -> str:
        titles = names[::-1]
        percent = [[float(f"{100.0 * value:.4g}") for value in values[::-1]] for values in (mean, high, peak)]
        marks = (
            (words("upper"), percent[1], "line-ns-open", "#1c2833"),
            (words("peak"), percent[2], "circle", PALETTE[1]),
        )
        traces: list[dict[str, Any]] = [
            {"type": "bar", "orientation": "h", "name": words("average"), "x": percent[0], "y": titles,
             "marker": {"color": PALETTE[2]}},
            *(
                {"type": "scatter", "mode": "markers", "name": name, "x": values, "y": titles,
                 "marker": {"color": colour, "symbol": symbol, "size": 10, "line": {"width": 2}}}
                for name, values, symbol, colour in marks
            ),
        ]  # fmt: skip
        layout = {
            "xaxis": {"title": {"text": words("axis")}, "range": [0, max(103.0, 1.03 * max(percent[2]))]},
            "yaxis": {"type": "category"}, "height": 120 + 34 * len(titles), "hovermode": "y unified", "dates": False,
            "legend": {"y": 1.02, "yanchor": "bottom"},
        }  # fmt: skip
        return chart("links", words("title"), traces, layout)
