"""From where to where over the whole run: regions on the left, what does their work on the right."""

from __future__ import annotations

from html import escape
from typing import Any, ClassVar

import numpy as np

from sim.figures.atlas.flows import Targets
from sim.figures.base import PALETTE, Needs, Strings, Words, chart, register, table
from sim.ground.arrays import Array
from sim.results.schema import Results

_LEAST = 1e-3


def _work(results: Results) -> tuple[Targets, Array]:
    """Return the targets, and mean work [region, column], EFLOPS: hubs, own centres outside them, others."""
    targets = Targets.of(results)
    span = len(results.series["epoch"]) * results.seconds * 1e18
    work = targets.gathered(results["moved"].sum(axis=2)) / span
    lone, home = work[:, targets.hubs :], targets.home[:, targets.hubs :]
    rest = [np.where(mine, lone, 0.0).sum(axis=1, keepdims=True) for mine in (home, ~home)]
    return targets, np.concatenate([work[:, : targets.hubs], *rest], axis=1)


@register("sankey")
class Sankey:
    """A band's height is work; its colour says what does it."""

    needs: ClassVar[Needs] = ("moved", "capacity", "member", "cluster")
    strings: ClassVar[Strings] = {
        "title": ("From the regions to the hubs", "从地区到枢纽的工作流向"),
        "note": (
            "Mean work over the whole run; bands below a thousandth of all work are left out of the drawing, not of "
            "the table.",
            "全期平均工作量；图中略去不足总量千分之一的流，表中保留。",
        ),
        "own_rest": ("own province, outside hubs", "本省枢纽外"),
        "other_rest": ("other provinces, outside hubs", "外省枢纽外"),
        "work": ("Mean work by region and hub, EFLOPS", "各地区与枢纽间的平均工作量，EFLOPS"),
        "all": ("All", "合计"),
    }

    def draw(self, results: Results, words: Words) -> str:
        """Return the drawing and the table of all its bands."""
        targets, work = _work(results)
        regions = [words.name("region", region) for region in results.ids("region")]
        ends = [targets.name(number, words) for number in range(targets.hubs)] + [
            words("own_rest"),
            words("other_rest"),
        ]
        tones = [PALETTE[number % len(PALETTE)] for number in range(targets.hubs)] + ["#7d8894", "#b3bcc5"]
        pairs = [(r, t) for r, t in np.argwhere(work > _LEAST * max(float(work.sum()), 1e-12)).tolist()]
        tints = [f"rgba({', '.join(str(int(tone[i : i + 2], 16)) for i in (1, 3, 5))}, 0.4)" for tone in tones]
        trace: dict[str, Any] = {
            "type": "sankey", "arrangement": "fixed", "valueformat": ".3g", "valuesuffix": " EFLOPS",
            "node": {
                "label": [escape(name, quote=False) for name in regions + ends], "pad": 13, "thickness": 12,
                "color": ["#51606f"] * len(regions) + tones, "line": {"width": 0},
            },
            "link": {
                "source": [r for r, _ in pairs], "target": [len(regions) + t for _, t in pairs],
                "value": [float(f"{work[r, t]:.4g}") for r, t in pairs],
                "color": [tints[t] for _, t in pairs],
            },
        }  # fmt: skip
        layout = {"height": 160 + 24 * len(regions), "font": {"size": 12}, "margin": {"l": 4, "r": 4, "t": 8, "b": 8}}
        rows = [
            [region, *(words.number(float(value)) for value in (*row, row.sum()))]
            for region, row in zip(regions, work, strict=True)
        ]
        rows.append([words("all"), *(words.number(float(value)) for value in (*work.sum(axis=0), work.sum()))])
        head = [words("region"), *ends, words("all")]
        return chart("sankey", words("title"), [trace], layout) + table(words("work"), head, rows)
