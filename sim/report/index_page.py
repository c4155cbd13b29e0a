"""The local index of results, and two runs side by side, as pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sim.report.comparison import Grid, signed
from sim.report.index_strings import INDEX
from sim.report.sheet import sheet
from sim.report.words import PageWords
from sim.results.shelf import Entry

KINDS = ("run", "comparison", "sweep", "plan")
HEADLINE = ("cost_bn_cny.total", "emissions_mt.location", "pue", "served_share")
"""Measures of a run that the index shows."""
MOST = 500
"""Rows that are shown at once."""


def index_page(
    entries: Sequence[Entry], count: int, folder: str, language: str, search: str = "", kind: str = ""
) -> str:
    """Return the index as one HTML document.

    Parameters
    ----------
    entries
        What is found, the newest first.
    count
        How many there are in all.
    folder
        Where they are kept.
    language
        ``en`` or ``zh``, the one shown first.
    search, kind
        What was asked for.
    """

    def told(each: str) -> dict[str, Any]:
        words = PageWords(each, {}, INDEX)
        shown = entries[:MOST]
        return {
            "t": words, "title": words("index"), "entries": shown, "search": search, "kind": kind, "kinds": KINDS,
            "keys": HEADLINE, "stamp": _stamp,
            "line": words("index_line", shown=len(shown), count=count, folder=folder),
        }  # fmt: skip

    return sheet("index.html", language, told, charts=False)


def _stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M") if seconds else "–"


def pair_page(two: Sequence[Entry], language: str, named: int = 2) -> str:
    """Return two runs side by side as one HTML document; without two it says what is missing.

    Parameters
    ----------
    two
        The runs.
    language
        ``en`` or ``zh``, the one shown first.
    named
        How many were asked for.
    """

    def told(each: str) -> dict[str, Any]:
        words = PageWords(each, {}, INDEX)
        grid = _side_by_side(two[0], two[1], words) if len(two) == 2 and named == 2 else None
        return {
            "t": words, "title": words("side_by_side"), "runs": two, "grid": grid,
            "missing": words("two_needed", count=named),
        }  # fmt: skip

    return sheet("pair.html", language, told, charts=False)


def _side_by_side(one: Entry, other: Entry, words: PageWords) -> Grid:
    rows = []
    for key in dict.fromkeys([*one.kpi, *other.kpi]):
        values = [entry.kpi.get(key) for entry in (one, other)]
        unit = words.unit(key)
        name = f"{words.measure(key)} [{unit}]" if unit else words.measure(key)
        rows.append([name, *(words.value(key, value) for value in values), *_apart(values[0], values[1], words)])
    heads = [f"{entry.scenario} · {entry.policy} · {entry.name}" for entry in (one, other)]
    return Grid(
        words("side_by_side"), [words("measure"), *heads, words("second_less_first"), words("relative")], rows
    )  # fmt: skip


def _apart(first: Any, second: Any, words: PageWords) -> list[str]:
    if not all(isinstance(value, int | float) for value in (first, second)):
        return ["–", "–"]
    share = words.change(second / first - 1.0) if first else "–"
    return [signed(float(second) - float(first)), share]


def note_page(key: str, language: str) -> str:
    """Return a page that says why there is no other."""

    def told(each: str) -> dict[str, Any]:
        words = PageWords(each, {}, INDEX)
        return {"t": words, "title": words("index"), "text": words(key)}

    return sheet("note.html", language, told, charts=False)
