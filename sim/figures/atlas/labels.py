"""Names on the map: each stands where it covers nothing, else not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import NamedTuple

from sim.figures.atlas.sheet import Point
from sim.physics.projection import Paper

_Box = tuple[float, float, float, float]


class Name(NamedTuple):
    """A name that wants a place: about a point, off it by so many px, of such a size."""

    text: str
    at: Point
    off: float
    size: float
    css: str


def placed(names: Iterable[Name], taken: list[_Box], paper: Paper) -> Iterator[str]:
    """Yield the names that find a place, the first first.

    Parameters
    ----------
    names
        By their importance, falling.
    taken
        Left, top, right and bottom of what must stay visible, px; grows.
    paper
        The sheet.
    """
    for name in names:
        lines = wrapped(name.text)
        wide, high = max(ems(line) for line in lines) * name.size, 1.15 * name.size * len(lines)
        for anchor, box in _spots(*name.at, name.off, wide, high):
            inside = box[0] > 36.0 and box[1] > 2.0 and box[2] < paper.width - 2.0 and box[3] < paper.height - 16.0
            if not inside or any(meets(box, other) for other in taken):
                continue
            taken.append(box)
            at = {"start": box[0], "end": box[2], "middle": (box[0] + box[2]) / 2.0}[anchor]
            spans = [
                f'<tspan x="{at:.1f}" y="{box[1] + (row + 0.85) * 1.15 * name.size:.1f}">{escape(line)}</tspan>'
                for row, line in enumerate(lines)
            ]
            yield f'<text class="{name.css}" text-anchor="{anchor}">{"".join(spans)}</text>'
            break


def _spots(x: float, y: float, off: float, wide: float, high: float) -> Iterator[tuple[str, _Box]]:
    """Yield the boxes about a point where a text of that size may stand, the best first, then farther off."""
    for away in (off, off + 8.0, off + 18.0, off + 30.0):
        slant = 0.75 * away
        sides = [("start", away, 0.0), ("end", -away, 0.0), ("middle", 0.0, -away), ("middle", 0.0, away)]
        sides += [("start", slant, -slant), ("start", slant, slant)]
        sides += [("end", -slant, -slant), ("end", -slant, slant)]
        for side, dx, dy in sides:
            left = x + dx - {"start": 0.0, "middle": wide / 2.0, "end": wide}[side]
            top = y + dy - (high / 2.0 if dy == 0.0 else high if dy < 0.0 else 0.0)
            yield side, (left, top, left + wide, top + high)


def meets(one: _Box, other: _Box) -> bool:
    """Return whether two boxes have a point in common."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def ems(text: str) -> float:
    """Return the width of a text in ems, on the safe side."""
    return sum(1.0 if ord(letter) > 0x2E7F else 0.6 for letter in text)


def wrapped(text: str, most: float = 13.0) -> list[str]:
    """Return a name in two lines at most, cut with an ellipsis where it is longer."""
    if ems(text) <= most:
        return [text]
    glue = " " if " " in text else ""
    pieces, lines = text.split(" ") if glue else list(text), [""]
    for piece in pieces:
        longer = lines[-1] + glue + piece if lines[-1] else piece
        if ems(longer) <= most or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(piece)
    return lines if len(lines) < 3 else [lines[0], lines[1] + "…"]
