"""What one more unit of work costs at each hub, and what one more unit of a link is worth: the prices of a plan."""

from __future__ import annotations

from html import escape
from typing import Any, ClassVar

import numpy as np

from sim.figures.base import PALETTE, Needs, Strings, Words, chart, plain, register, table
from sim.ground.arrays import Array
from sim.results.schema import Results
from sim.results.spans import means, step

_STROKES = ("solid", "dash", "dot")
_LINKS = 12
# From CNY per EFLOPS h to CNY per PFLOPS h, a number that a planner can hold.
_PETA = 1e-3


def _prices(results: Results, name: str) -> Any:
    if results.prices is None:
        raise KeyError(name)
    return results.prices[name]


@register("prices")
class Prices:
    """A line is a hub; it rises where power is dear and where capacity is scarce."""

    needs: ClassVar[Needs] = ("hub_price", "link_value", "link_hours")
    strings: ClassVar[Strings] = {
        "title": ("What one more unit of work costs, hub by hub", "各枢纽多承接一单位算力的价格"),
        "note": (
            "Marginal prices of the optimal plan, predicted: what the next PFLOPS (FP32) for an hour costs at the "
            "hub's cheapest centre, its power and the rent of what is full. In runs of more than two weeks lines are "
            "means over days. A link is worth what one more Tbit/s of it, in that direction, "
            "would save over the whole run.",
            "最优计划的边际价格（预测）：在该枢纽最便宜的中心再承接1 PFLOPS（FP32）一小时的代价，"
            "含电力与满载资源的租金。仿真期超过两周时为日平均。"
            "链路的价值为该方向每增加1 Tbit/s容量在全期可节省的成本。",
        ),
        "pool_general": ("general compute", "通用算力"),
        "pool_smart": ("AI compute", "智能算力"),
        "axis": ("CNY per PFLOPS h", "元/PFLOPS·h"),
        "numbers": ("Prices by hub, CNY per PFLOPS h", "各枢纽价格，元/PFLOPS·h"),
        "pool": ("Pool", "算力池"),
        "average": ("Mean", "平均"),
        "highest": ("Highest", "最高"),
        "when": ("At", "时间"),
        "worth": ("Links that are worth more capacity", "值得扩容的链路"),
        "way": ("Link", "链路"),
        "per_tbps": ("CNY per Tbit/s over the run", "全期每Tbit/s价值（元）"),
        "hours_bound": ("Hours binding", "受限小时数"),
        "no_link": ("No link was full: more capacity would save nothing.", "没有链路满载：扩容不会带来节省。"),
    }

    def draw(self, results: Results, words: Words) -> str:
        """Return a chart a pool, the table of the hubs and that of the links."""
        price = _PETA * _prices(results, "hub_price")
        begins, shown = means(price["epoch"].values, price.values, step(len(price["epoch"]), results.seconds))
        instants, hubs = plain(begins), [str(hub) for hub in price["hub"].values]
        charts = "".join(
            self._chart(words, str(pool), instants, hubs, shown[:, :, number])
            for number, pool in enumerate(price["pool"].values)
        )
        rows = []
        for h, hub in enumerate(hubs):
            for p, pool in enumerate(price["pool"].values):
                values = price.values[:, h, p]
                if np.isfinite(values).any():
                    at = np.datetime_as_string(price["epoch"].values[np.nanargmax(values)], unit="m").replace("T", " ")
                    numbers = (float(np.nanmean(values)), float(np.nanmax(values)))
                    name = words(f"pool_{pool}") if f"pool_{pool}" in self.strings else str(pool)
                    rows.append([words.name("hub", hub), name, *map(words.number, numbers), at])
        head = [words(key) for key in ("hub", "pool", "average", "highest", "when")]
        return charts + table(words("numbers"), head, rows) + self._links(results, words)

    def _chart(self, words: Words, pool: str, instants: list[Any], hubs: list[str], values: Array) -> str:
        title = words(f"pool_{pool}") if f"pool_{pool}" in self.strings else pool
        traces = [
            {
                "type": "scatter", "mode": "lines", "x": instants, "y": plain(values[:, number]),
                "name": escape(words.name("hub", hub), quote=False),
                "line": {"color": PALETTE[number % len(PALETTE)], "width": 2, "dash": _STROKES[number % 3]},
            }
            for number, hub in enumerate(hubs)
            if np.isfinite(values[:, number]).any()
        ]  # fmt: skip
        layout = {
            "title": {"text": escape(title), "font": {"size": 14}, "x": 0.02}, "height": 360,
            "yaxis": {"title": {"text": words("axis")}, "rangemode": "tozero"}, "margin": {"t": 44},
        }  # fmt: skip
        return chart(f"prices_{pool}", title, traces, layout) if traces else ""

    def _links(self, results: Results, words: Words) -> str:
        """Return the links that have a price, the dearest first."""
        value = 1e3 * _prices(results, "link_value").values
        hours = _prices(results, "link_hours").values
        order = [int(number) for number in np.argsort(-value, kind="stable")[:_LINKS] if value[number] > 0.0]
        ends, names = (
            results.meta.get("link_ends", {}),
            [str(name) for name in _prices(results, "link_value")["link"].values],
        )
        if not order:
            return f"<p>{escape(words('no_link'))}</p>"
        rows = [
            [
                " → ".join(words.name("node", node) for node in ends.get(names[n], [names[n]])),
                words.number(float(value[n])),
                f"{float(hours[n]):g}",
            ]
            for n in order
        ]
        return table(words("worth"), [words("way"), words("per_tbps"), words("hours_bound")], rows)
