"""PUE and carbon-free share of the nation by hour of the day and day of the year, as heat maps."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from sim.figures.base import SCALE, Needs, Strings, Words, chart, register, table
from sim.ground.arrays import Array
from sim.results.schema import Results

_BLOCKS = ((0, 6), (6, 12), (12, 18), (18, 24))


def _grid(results: Results) -> tuple[Array, dict[str, Array]]:
    """Return the days; facility, IT and carbon-free power summed into [hour of the day, day], W, else 0."""
    instants = results.series["epoch"].values.astype("datetime64[m]")
    days, day = np.unique(instants.astype("datetime64[D]"), return_inverse=True)
    hour = (instants - instants.astype("datetime64[D]")).astype(np.int64) // 60
    load = results["facility_power"]
    met = np.minimum(load, results["green_supply"] - results["charge_green"] + results["discharge_green"])
    clean = met + (load - met) * results["grid_carbon_free"]
    grids = {}
    for name, values in (("facility", load), ("it", results["it_power"]), ("clean", clean)):
        grids[name] = np.zeros((24, len(days)))
        np.add.at(grids[name], (hour, day), values.sum(axis=1))
    return days, grids


def _ratio(above: Array, below: Array) -> Array:
    return np.divide(above, below, out=np.full_like(below, np.nan), where=below > 0.0)


def _table(words: Words, days: Array, title: str, above: Array, below: Array, percent: bool) -> str:
    months, month = np.unique(days.astype("datetime64[M]"), return_inverse=True)
    write = words.share if percent else words.number
    rows = []
    for number, name in enumerate(months):
        at = month == number
        spans = [slice(*block) for block in _BLOCKS] + [slice(0, 24)]
        sums = [(above[span][:, at].sum(), below[span][:, at].sum()) for span in spans]
        rows.append([str(name), *(write(float(top / low) if low > 0.0 else None) for top, low in sums)])
    head = [words("month"), *(f"{first}–{last}" for first, last in _BLOCKS), words("mean")]
    return table(title, head, rows)


def _map(name: str, words: Words, days: Array, ratio: Array, scale: Any, ends: tuple[float, float]) -> str:
    cells = [[float(f"{v:.4g}") if np.isfinite(v) else None for v in row] for row in ratio]
    data: list[dict[str, Any]] = [
        {
            "type": "heatmap", "x": [str(day) for day in days], "y": list(range(24)), "z": cells,
            "zmin": ends[0], "zmax": ends[1], "colorscale": scale,
            "hovertemplate": "%{x} %{y}:00  %{z}<extra></extra>",
            "colorbar": {"thickness": 12, "outlinewidth": 0},
        }
    ]  # fmt: skip
    layout = {
        # A few days stand side by side; as dates, Plotly would put hours between them.
        "xaxis": {"type": "category"} if len(days) <= 14 else {},
        "yaxis": {"title": {"text": words("hour")}, "dtick": 6, "range": [-0.5, 23.5]},
        "title": {"text": words(name), "font": {"size": 14}, "x": 0.02},
        "margin": {"t": 40},
        "hovermode": "closest",
        "height": 330,
    }
    return chart(f"heat_{name}", words(name), data, layout)


def _ends(values: Array, width: float) -> tuple[float, float]:
    """Return round ends of a scale over some values."""
    finite = values[np.isfinite(values)] if np.isfinite(values).any() else np.ones(1)
    low, high = np.floor(finite.min() / width) * width, np.ceil(finite.max() / width) * width
    return float(low), float(max(high, low + width))


@register("heat")
class Heat:
    """A cell an hour: a column is a day, a row an hour of the day, the colour the ratio of that hour."""

    needs: ClassVar[Needs] = (
        "facility_power", "it_power", "green_supply", "charge_green", "discharge_green", "grid_carbon_free",
    )  # fmt: skip
    strings: ClassVar[Strings] = {
        "title": ("PUE and carbon-free energy, hour by day", "逐时PUE与无碳电力占比热力图"),
        "note": (
            "All centres together, local time; darker is worse. PUE is facility energy over IT energy of the hour. The "
            "carbon-free share counts what contracts and batteries covered in that hour, and of the rest what the grid "
            "had that was free of carbon.",
            "全部中心合计，当地时间，颜色越深越差。PUE为该小时设施用电量与IT设备用电量之比；无碳占比计入该小时内由合同与电池覆盖的电量，"
            "以及其余电量中电网自身的无碳部分。",
        ),
        "hour": ("hour of the day", "时刻"),
        "pue": ("PUE", "PUE"),
        "cfe": ("carbon-free, %", "无碳占比，%"),
        "mean": ("whole day", "全天"),
        "blocks": ("PUE by month and hours of the day", "各月各时段PUE"),
        "cfe_blocks": ("Carbon-free share by month and hours of the day", "各月各时段无碳占比"),
    }

    def draw(self, results: Results, words: Words) -> str:
        """Return both heat maps and the tables of their monthly means."""
        days, power = _grid(results)
        facility, it, clean = power["facility"], power["it"], power["clean"]
        pue, cfe = _ratio(facility, it), 100.0 * _ratio(clean, facility)
        turned = [[place, colour] for (place, _), (_, colour) in zip(SCALE, reversed(SCALE), strict=True)]
        return (
            _map("pue", words, days, pue, SCALE, _ends(pue, 0.05))
            + _table(words, days, words("blocks"), facility, it, False)
            + _map("cfe", words, days, cfe, turned, _ends(cfe, 5.0))
            + _table(words, days, words("cfe_blocks"), clean, facility, True)
        )
