"""The contract of a figure: results and words in, a fragment of HTML out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any, ClassVar, Protocol

import numpy as np

from sim.ground.registry import Registry
from sim.ground.script import as_script
from sim.results.schema import Results

# Okabe and Ito (2008) with grey and brown, ordered so that neighbours differ most: told apart by every kind of eye.
PALETTE = ("#0072B2", "#D55E00", "#56B4E9", "#555555", "#E69F00", "#009E73", "#603000", "#CC79A7")
# From good to bad. Lightness falls all the way, so it reads the same in grey.
SCALE = ((0.0, "#fff6d5"), (0.25, "#fbc877"), (0.5, "#ee7f5b"), (0.75, "#a83e73"), (1.0, "#3b1558"))

Needs = tuple[str, ...]
Strings = Mapping[str, tuple[str, str]]


class Words(Protocol):
    """The language of a page."""

    language: str

    def __call__(self, key: str, **values: object) -> str:
        """Return a sentence of the table of strings, with its gaps filled; plain text."""

    def name(self, dimension: str, item: str) -> str:
        """Return the name of a hub, centre, region or workload; plain text."""

    def number(self, value: float | None) -> str:
        """Return a number with four significant digits."""

    def share(self, value: float | None) -> str:
        """Return a ratio in percent."""


class Figure(Protocol):
    """A drawing of results.

    Attributes
    ----------
    needs
        Names of the result arrays and prices that it reads; a page without them leaves the figure out.
    strings
        Its own rows of the table of strings: key → (English, Chinese); `title` is its heading and `note`
        says how to read it.
    """

    needs: ClassVar[Needs]
    strings: ClassVar[Strings]

    def draw(self, results: Results, words: Words) -> str:
        """Return a fragment of HTML without its heading; every text in it is escaped."""


REGISTRY: Registry[type[Figure]] = Registry("figure", "sim.figures")
register = REGISTRY.register


def plain(values: Any) -> list[Any]:
    """Return values as a specification holds them: instants to the minute, numbers to five digits."""
    if np.issubdtype(values.dtype, np.datetime64):
        return [str(item) for item in values.astype("datetime64[m]")]
    return [float(f"{item:.5g}") if np.isfinite(item) else None for item in values]


def chart(name: str, title: str, traces: list[dict[str, Any]], layout: Mapping[str, Any]) -> str:
    """Return the place of a chart and its Plotly specification; the page's script draws and styles it.

    Plotly reads tags in names: the caller escapes them (`html.escape`).
    """
    place = f'<div class="chart" id="chart-{name}" role="img" aria-label="{escape(title)}"></div>'
    spec = as_script({"data": traces, "layout": layout})
    return f'{place}<script type="application/json" data-chart="chart-{name}">{spec}</script>'


def data(name: str, values: Any) -> str:
    """Return what the page's script reads under a name; it is no script itself."""
    return f'<script type="application/json" data-for="{name}">{as_script(values)}</script>'


def table(summary: str, head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return the numbers behind a chart as a table that opens on demand; the first column names its row."""
    lines = ["<tr>" + "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head) + "</tr>"]
    for first, *others in rows:
        cells = "".join(f"<td>{escape(cell)}</td>" for cell in others)
        lines.append(f'<tr><th scope="row">{escape(first)}</th>{cells}</tr>')
    inner = f"<table><thead>{lines[0]}</thead><tbody>{''.join(lines[1:])}</tbody></table>"
    return f'<details class="numbers"><summary>{escape(summary)}</summary><div class="wide">{inner}</div></details>'
