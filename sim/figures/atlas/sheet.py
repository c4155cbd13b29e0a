"""The sheet of the map: projection, graticule, scale bar and the Hu line; no coast, no border, no tile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from sim.ground.arrays import Array
from sim.physics.projection import Albers, Paper

WIDTH = 960.0
"""Width of the sheet, px."""
Point = tuple[float, float]
# The map of China: south, north, west and east of it, and the line from Heihe to Tengchong, east of which
# Hu Huanyong (1935) found 96 % of the people.
_CHINA = (17.0, 54.5, 73.0, 136.0)
_HU = ((50.25, 127.5), (25.0, 98.5))


def paper_of(places: Array) -> tuple[Paper, bool]:
    """Return the sheet of some places [place, (latitude, longitude)], and whether it is the map of China."""
    lat, lon = places.T
    south, north, west, east = _CHINA
    inside = (lat > south).all() and (lat < north).all() and (lon > west).all() and (lon < east).all()
    china = bool(inside and np.ptp(lat) > 15.0 and np.ptp(lon) > 25.0)
    if china:
        lat, lon = np.append(lat, [end[0] for end in _HU]), np.append(lon, [end[1] for end in _HU])
    own = Albers.around(float(lat.min()), float(lat.max()), float(lon.min()), float(lon.max()))
    projection = Albers(25.0, 47.0, 105.0) if china else own
    return Paper.fit(projection, lat, lon, WIDTH, 740.0, 64.0), china


def spot(paper: Paper, place: Point) -> Point:
    """Return where a place (latitude, longitude) lies on the sheet, px."""
    x, y = paper.at(*place)
    return float(x), float(y)


def graticule(paper: Paper) -> Iterator[str]:
    """Yield parallels and meridians at round degrees, each labelled where it leaves the sheet."""
    yield f'<rect class="sheet" width="{paper.width:.0f}" height="{paper.height:.0f}"/>'
    for line in paper.graticule():
        yield polyline(line.x, line.y)
        if line.mark is not None and line.mark[0] < paper.width - 40.0:
            x, y = line.mark[0] + 4.0, line.mark[1] - 4.0
            yield f'<text class="grid" x="{x:.0f}" y="{y:.0f}">{line.text}</text>'


def polyline(x: Iterable[float], y: Iterable[float], css: str = "grid") -> str:
    """Return a line through some points."""
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    return f'<polyline class="{css}" points="{points}"/>'


def hu_line(paper: Paper) -> Iterator[str]:
    """Yield the line from Heihe to Tengchong."""
    lat, lon = (np.linspace(*ends, 33) for ends in zip(*_HU, strict=True))
    yield polyline(*paper.at(lat, lon), css="hu")


def scale_bar(paper: Paper) -> Iterator[str]:
    """Yield a bar of a round number of kilometres, not longer than a fifth of the sheet."""
    length = rounded(paper.width / paper.scale / 5.0)[0]
    x, y = paper.width - 24.0 - length * paper.scale, paper.height - 26.0
    yield (
        f'<path class="bar" d="M{x:.1f},{y - 5:.1f}v5h{length * paper.scale:.1f}v-5"/>'
        f'<text class="bar" x="{paper.width - 24:.1f}" y="{y - 9:.1f}" text-anchor="end">{length:g} km</text>'
    )


def rounded(largest: float) -> list[float]:
    """Return round amounts up to the largest, falling, to explain a scale with; none where it is 0."""
    steps = [digit * 10.0**power for power in range(-9, 10) for digit in (1.0, 2.0, 5.0)]
    return [step for step in reversed(steps) if step <= largest][0:5:2]
