"""A plot of lines over two logarithmic axes, as SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

_WIDE, _HIGH, _LEFT, _TOP, _RIGHT, _BELOW = 640, 360, 70, 20, 190, 50
# Okabe and Ito (2008): told apart by the colour-blind, too.
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
_STROKES = ("", "6 3", "2 3")

Line = Sequence[tuple[float, float]]


def plot(groups: Mapping[str, Mapping[str, Line]], x: str, y: str, limit: float) -> str:
    """Return the plot.

    Parameters
    ----------
    groups
        Name → name → points, all above 0; groups differ in their strokes, lines of a group in their colours.
    x, y
        What the axes tell.
    limit
        A value of y that a dashed line marks.
    """
    lines = [
        (f"{group}: {name}", line, _COLOURS[colour % len(_COLOURS)], _STROKES[stroke % len(_STROKES)])
        for stroke, (group, members) in enumerate(groups.items())
        for colour, (name, line) in enumerate(members.items())
    ]
    points = [point for _, line, _, _ in lines for point in line]
    first, last = (f(math.log10(at) for at, _ in points) for f in (min, max))
    low, high = (f(math.log10(value) for _, value in [*points, (1.0, limit)]) for f in (min, max))
    low, high = math.floor(low), math.ceil(high)

    def across(value: float) -> float:
        return _LEFT + (math.log10(value) - first) / (last - first) * (_WIDE - _LEFT - _RIGHT)

    def down(value: float) -> float:
        return _TOP + (high - math.log10(value)) / (high - low) * (_HIGH - _TOP - _BELOW)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {_HIGH}" font-family="sans-serif" '
        f'font-size="12" role="img" aria-label="{escape(y)} over {escape(x)}">',
        f'<rect width="{_WIDE}" height="{_HIGH}" fill="white"/>',
    ]
    ticks = [(10.0**k, f"{10.0**k:g}") for k in range(low, high + 1)]
    for value, text in ticks:
        parts.append(_line(across(10**first), down(value), across(10**last), down(value), "#ddd"))
        parts.append(f'<text x="{_LEFT - 8}" y="{down(value) + 4:.1f}" text-anchor="end">{text}</text>')
    for value in sorted({at for at, _ in points}):
        parts.append(f'<text x="{across(value):.1f}" y="{_HIGH - 30}" text-anchor="middle">{value:,.0f}</text>')
    parts.append(_line(across(10**first), down(limit), across(10**last), down(limit), "#000", "5 4"))
    for number, (name, line, colour, dash) in enumerate(lines):
        path = " ".join(f"{across(at):.1f},{down(value):.1f}" for at, value in line)
        parts.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>'
        )
        at = _TOP + 12 + 18 * number
        parts.append(_line(_WIDE - _RIGHT + 15, at, _WIDE - _RIGHT + 40, at, colour, dash, 2))
        parts.append(f'<text x="{_WIDE - _RIGHT + 46}" y="{at + 4}">{escape(name)}</text>')
    middle = (_LEFT + _WIDE - _RIGHT) / 2
    parts.append(f'<text x="{middle}" y="{_HIGH - 8}" text-anchor="middle">{escape(x)}</text>')
    parts.append(
        f'<text transform="translate(16 {_HIGH / 2}) rotate(-90)" text-anchor="middle">{escape(y)}</text></svg>\n'
    )
    return "\n".join(parts)


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, dash: str = "", wide: int = 1) -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{wide}" '
        f'stroke-dasharray="{dash}"/>'
    )
