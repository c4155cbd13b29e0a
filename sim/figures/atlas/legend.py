"""What sizes, colours and lines of the map mean, in a band below it."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

import numpy as np

from sim.figures.atlas.marks import LARGEST, LEVELS, Circle, colour, ring, width
from sim.figures.atlas.sheet import rounded
from sim.figures.base import Words

HEIGHT = 96.0
"""Of the band, px."""


def legend(circles: list[Circle], ends: tuple[float, float], most: float, china: bool, words: Words) -> Iterator[str]:
    """Yield the legend, x along the band.

    Parameters
    ----------
    circles
        The centres.
    ends
        Of the colour scale of the PUE.
    most
        The rate that is drawn widest, Gbit/s.
    china
        Whether the Hu line is drawn.
    words
        Of the figure.
    """
    heads = {"compute": 0, "pue": 190, "green": 372, "rate": 512, "loading": 660}
    yield from (f'<text x="{x}" y="-8">{escape(words(key))}</text>' for key, x in heads.items())
    largest = max(circle.eflops for circle in circles) or 1.0
    for place, amount in enumerate(rounded(largest)):
        x, radius = 26.0 + 60.0 * place, LARGEST * float(np.sqrt(amount / largest))
        yield f'<circle class="size" cx="{x:.0f}" cy="24" r="{radius:.1f}"/>'
        yield f'<text x="{x + radius + 4:.0f}" y="28">{amount:g}</text>'
    yield from _colours(*ends)
    for x, share in ((384, 0.0), (428, 0.5), (472, 1.0)):
        yield ring(x, 20.0, 10.0, share)
        yield f'<text x="{x}" y="48" text-anchor="middle">{100 * share:g} %</text>'
    for y, amount in zip((12, 30, 48), rounded(most), strict=False):
        yield f'<path class="sample" d="M512,{y}h56" stroke-width="{width(amount, most):.1f}"/>'
        yield f'<text x="576" y="{y + 4}">{amount:g}</text>'
    edges = ("0", *(f"{100 * edge:g}" for edge in LEVELS), "100")
    for number in range(len(LEVELS) + 1):
        yield f'<rect class="load-{number}" x="{660 + 48 * number}" y="10" width="48" height="14"/>'
    for number, edge in enumerate(edges):
        yield f'<text x="{660 + 48 * number}" y="40" text-anchor="middle">{edge}</text>'
    yield f'<path class="link load-0" d="M660,58h40"/><text x="708" y="62">{escape(words("link"))}</text>'
    if china:
        yield f'<path class="hu" d="M790,58h40"/><text x="838" y="62">{escape(words("hu"))}</text>'


def _colours(low: float, high: float) -> Iterator[str]:
    for place in range(16):
        yield f'<rect x="{190 + 8 * place}" y="10" width="8.5" height="14" fill="{colour((place + 0.5) / 16.0)}"/>'
    for x, value in ((190, low), (254, (low + high) / 2.0), (318, high)):
        yield f'<text x="{x}" y="40" text-anchor="middle">{value:.3g}</text>'
