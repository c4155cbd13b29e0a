"""What stands on the sheet: the backbone, the flows over it, and the centres with their rings."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import NamedTuple

import numpy as np

from sim.figures.atlas.flows import Flow
from sim.figures.atlas.sheet import Point
from sim.figures.base import SCALE, Words
from sim.ground.arrays import Array
from sim.results.schema import Results

LEVELS = (0.25, 0.5, 0.75, 0.95)
"""Loads of a link at which its colour changes; the style names the colours load-0 … load-4."""
LARGEST, WIDEST = 24.0, 9.0
"""Radius of the largest centre and width of the largest flow, px."""


class Circle(NamedTuple):
    """A centre on the sheet."""

    number: int
    name: str
    at: Point
    radius: float
    cluster: bool
    eflops: float
    pue: float | None
    green: float


class Way(NamedTuple):
    """A link of the backbone, both directions of it."""

    links: tuple[int, ...]
    ends: tuple[str, str]


def circles_of(results: Results, places: dict[str, Point], words: Words) -> list[Circle]:
    """Return the centres that have a place on the sheet, the largest first, so that the small lie on top."""
    largest = max(own["capacity_eflops"] for own in results.by["centre"].values()) or 1.0
    found = []
    for number, (name, cluster) in enumerate(zip(results.ids("centre"), results["cluster"] > 0.0, strict=True)):
        if name in places:
            own = results.by["centre"][name]
            eflops, green = own["capacity_eflops"], own["green_share"]["bundled"] or 0.0
            radius = max(LARGEST * float(np.sqrt(eflops / largest)), 2.0)
            full = words.name("centre", name)
            found.append(Circle(number, full, places[name], radius, bool(cluster), eflops, own["pue"], green))
    return sorted(found, key=lambda circle: -circle.radius)


def ways_of(results: Results) -> list[Way]:
    """Return the backbone, each link once."""
    numbers = {name: number for number, name in enumerate(results.ids("link"))}
    found: dict[tuple[str, str], list[int]] = {}
    for name, ends in results.meta.get("link_ends", {}).items():
        first, second = sorted(ends)
        found.setdefault((first, second), []).append(numbers[name])
    return [Way(tuple(found[ends]), ends) for ends in sorted(found)]


def level(load: float) -> int:
    """Return the number of the colour of a load."""
    return int(np.searchsorted(LEVELS, load, side="right"))


def lines(ways: list[Way], nodes: dict[str, Point], loads: Array, words: Words) -> Iterator[str]:
    """Yield the backbone; `loads` is the mean of each way, share."""
    for number, way in enumerate(ways):
        if all(node in nodes for node in way.ends):
            (x1, y1), (x2, y2) = (nodes[node] for node in way.ends)
            first, second = (words.name("node", node) for node in way.ends)
            text = words("way", first=first, second=second, load=words.share(float(loads[number])))
            yield (
                f'<path class="link load-{level(loads[number])}" data-way="{number}" '
                f'd="M{x1:.1f},{y1:.1f}L{x2:.1f},{y2:.1f}"><title>{escape(text)}</title></path>'
            )


def curves(flows: list[Flow], ends: list[tuple[Point, Point]], most: float, loads: list[float], texts: list[str]
           ) -> Iterator[str]:  # fmt: skip
    """Yield the flows, the smallest first; each bends to the right of its way, so that both ways show.

    Parameters
    ----------
    flows
        The largest first.
    ends
        Where each begins and ends, px.
    most
        The rate that is drawn widest, Gbit/s.
    loads
        Of the fullest link on the way, share.
    texts
        What each says.
    """
    for number, flow in reversed(list(enumerate(flows))):
        (x1, y1), (x2, y2) = ends[number]
        bend_x, bend_y = (x1 + x2) / 2.0 - 0.16 * (y2 - y1), (y1 + y2) / 2.0 + 0.16 * (x2 - x1)
        css = f"load-{level(loads[number])}"
        yield (
            f'<g class="flow {css}" data-flow="{number}"><path class="way" '
            f'stroke-width="{width(flow.rate, most):.2f}" '
            f'd="M{x1:.1f},{y1:.1f}Q{bend_x:.1f},{bend_y:.1f} {x2:.1f},{y2:.1f}"/>'
            f'<path class="head" d="{_head((x1, y1), (bend_x, bend_y), (x2, y2))}"/>'
            f"<title>{escape(texts[number])}</title></g>"
        )


def width(rate: float, most: float) -> float:
    """Return the width of a flow, px."""
    return max(WIDEST * rate / most, 0.6) if most > 0.0 else 0.6


def _head(start: Point, bend: Point, end: Point) -> str:
    """Return an arrow head two thirds along a curve; it says which way the work goes."""
    t, half = 0.62, 4.0
    p, q, r = (np.array(point) for point in (start, bend, end))
    at = (1 - t) ** 2 * p + 2 * t * (1 - t) * q + t**2 * r
    along = 2 * (1 - t) * (q - p) + 2 * t * (r - q)
    along = along / max(float(np.hypot(*along)), 1e-9)
    across = np.array([-along[1], along[0]])
    corners = (at + 1.6 * half * along, at - half * along + half * across, at - half * along - half * across)
    return "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in corners) + "Z"


def discs(circles: list[Circle], ends: tuple[float, float], words: Words) -> Iterator[str]:
    """Yield the centres with their rings; `ends` are those of the colour scale."""
    low, high = ends
    for circle in circles:
        numbers = (words.number(circle.eflops), words.number(circle.pue), words.share(circle.green))
        text = words("centre", name=circle.name, **dict(zip(("eflops", "pue", "green"), numbers, strict=True)))
        fill = "#ffffff" if circle.pue is None else colour((circle.pue - low) / (high - low))
        x, y = circle.at
        ringed = circle.cluster or circle.green > 0.0
        around = ring(x, y, circle.radius + 3.0, circle.green) if ringed else ""
        disc = f'<circle class="disc" cx="{x:.1f}" cy="{y:.1f}" r="{circle.radius:.1f}" fill="{fill}"/>'
        focus = ' tabindex="0"' if circle.cluster else ""
        yield f'<g class="centre" data-centre="{circle.number}"{focus}>{around}{disc}<title>{escape(text)}</title></g>'


def ring(x: float, y: float, radius: float, share: float) -> str:
    """Return a ring that is closed up to a share, from the top and clockwise."""
    around, place = 2.0 * np.pi * radius, f'cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"'
    dash = f'stroke-dasharray="{share * around:.1f} {around:.1f}" transform="rotate(-90 {x:.1f} {y:.1f})"'
    arc = f'<circle class="ring" {place} {dash}/>' if share > 0.0 else ""
    return f'<circle class="track" {place}/>{arc}'


def pue_range(pue: Array) -> tuple[float, float]:
    """Return the ends of the colour scale over all PUE that can be shown, at round twentieths; 0 is none."""
    some = pue[pue > 0.0]
    least, most = (float(some.min()), float(some.max())) if some.size else (1.0, 1.0)
    low, high = np.floor(least * 20.0) / 20.0, np.ceil(most * 20.0) / 20.0
    return float(low), float(max(high, low + 0.05))


def colour(share: float) -> str:
    """Return the colour of the scale at a share of its length."""
    stops = [stop for stop, _ in SCALE]
    parts = [[int(tone[at : at + 2], 16) for _, tone in SCALE] for at in (1, 3, 5)]
    return "#" + "".join(f"{round(float(np.interp(share, stops, part))):02x}" for part in parts)
