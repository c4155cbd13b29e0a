"""The PUE of the nation by hour of the day and day of the year, as a heat map."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from sim.figures.base import SCALE, Needs, Strings, Words, chart, register, table
from sim.ground.arrays import Array
from sim.results.schema import Results

_BLOCKS = ((0, 6), (6, 12), (12, 18), (18, 24))


def _grid(results: Results) -> tuple[Array, Array, Array]:
    """Return the days; facility and IT power summed into [hour of the day, day], W, 0 where there is none."""
    instants = results.series["epoch"].values.astype("datetime64[m]")
    days, day = np.unique(instants.astype("datetime64[D]"), return_inverse=True)
    hour = (instants - instants.astype("datetime64[D]")).astype(np.int64) // 60
    grids = []
    for name in ("facility_power", "it_power"):
        grid = np.zeros((24, len(days)))
        np.add.at(grid, (hour, day), results[name].sum(axis=1))
        grids.append(grid)
    return days, grids[0], grids[1]


def _ratio(facility: Array, it: Array) -> Array:
    return np.divide(facility, it, out=np.full_like(it, np.nan), where=it > 0.0)


def _table(words: Words, days: Array, facility: Array, it: Array) -> str:
    months, month = np.unique(days.astype("datetime64[M]"), return_inverse=True)
    rows = []
    for number, name in enumerate(months):
        at = month == number
        spans = [slice(*block) for block in _BLOCKS] + [slice(0, 24)]
        sums = [(facility[span][:, at].sum(), it[span][:, at].sum()) for span in spans]
        rows.append([str(name), *(words.number(float(top / low) if low > 0.0 else None) for top, low in sums)])
    head = [words("month"), *(f"{first}–{last}" for first, last in _BLOCKS), words("mean")]
    return table(words("blocks"), head, rows)


@register("heat")
class Heat:
    """A cell an hour: a column is a day, a row an hour of the day, the colour the PUE of that hour."""

    needs: ClassVar[Needs] = ("facility_power", "it_power")
    strings: ClassVar[Strings] = {
        "title": ("PUE, hour by day", "逐时PUE热力图"),
        "note": (
            "Facility energy over IT energy of all centres in that hour, local time. Darker is worse.",
            "每格为该小时全部中心的设施用电量与IT设备用电量之比（当地时间），颜色越深越高。",
        ),
        "hour": ("hour of the day", "时刻"),
        "pue": ("PUE", "PUE"),
        "mean": ("whole day", "全天"),
        "blocks": ("PUE by month and hours of the day", "各月各时段PUE"),
    }

    def draw(self, results: Results, words: Words) -> str:
        """Return the heat map and the table of its monthly means."""
        days, facility, it = _grid(results)
        pue = _ratio(facility, it)
        cells = [[float(f"{v:.5g}") if np.isfinite(v) else None for v in row] for row in pue]
        finite = pue[np.isfinite(pue)] if np.isfinite(pue).any() else np.ones(1)
        low, high = np.floor(finite.min() * 20.0) / 20.0, np.ceil(finite.max() * 20.0) / 20.0
        data: list[dict[str, Any]] = [
            {
                "type": "heatmap", "x": [str(day) for day in days], "y": list(range(24)), "z": cells,
                "zmin": low, "zmax": max(high, low + 0.05),
                "colorscale": SCALE, "hovertemplate": "%{x} %{y}:00  PUE %{z}<extra></extra>",
                "colorbar": {"title": {"text": words("pue")}, "thickness": 12, "outlinewidth": 0},
            }
        ]  # fmt: skip
        layout = {
            # A few days stand side by side; as dates, Plotly would put hours between them.
            "xaxis": {"type": "category"} if len(days) <= 14 else {},
            "yaxis": {"title": {"text": words("hour")}, "dtick": 6, "range": [-0.5, 23.5]},
            "hovermode": "closest",
            "height": 360,
        }
        return chart("heat", words("title"), data, layout) + _table(words, days, facility, it)
