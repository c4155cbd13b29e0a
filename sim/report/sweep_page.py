"""The page of a sweep: one HTML file that needs no other, no network and, to be read, no script."""

from __future__ import annotations

from typing import Any

from sim.report import sweep_charts as charts
from sim.report.sheet import sheet
from sim.report.sweep import (
    Document,
    answer,
    corners_grid,
    effects_grid,
    failures_grid,
    figures_grid,
    front_grid,
    inputs_grid,
    ranges_grid,
    robust_grid,
    surface_grid,
    words_in,
)
from sim.report.words import PageWords

_NOTHING: dict[str, Any] = {
    "question": "", "kpi": {}, "error": "", "warnings": [], "synthetic": [], "calibrated": [], "run": "",
}  # fmt: skip
_WORDS = ("variance", "front", "corner", "unserved")


def sweep_page(found: Document, language: str) -> str:
    """Return the report of a sweep as one HTML document; the same sweep gives the same bytes.

    Parameters
    ----------
    found
        What `sim.study.findings.findings` returns.
    language
        ``en`` or ``zh``, the one shown first; the page speaks both.

    Returns
    -------
    str
        HTML; texts are escaped, and its own policy allows no request.
    """
    return sheet("sweep.html", language, lambda each: _told(found, words_in(each)))


def _told(found: Document, words: PageWords) -> dict[str, Any]:
    """Return what the page shows in a language."""
    base, measures = {**_NOTHING, **found["base"]}, found["measures"]
    name = base.get("scenario") or found["id"]
    effects = {key: each for key, each in found["sensitivity"].items() if "effects" in each}
    aims = [words.measure(aim.lstrip("-")) for aim in found["pareto"]["aims"]]
    some = len(found["lines"]["taken"]) < found["known"]
    return {
        "t": words, "title": f"{words('swept')} · {name}", "name": name, "id": found["id"], "code": found["code"],
        "base": base, "found": found, "answer": answer(found, words), "morris": _morris(effects),
        "inputs": inputs_grid(found, words), "ranges": ranges_grid(found, words), "figures": figures_grid(found, words),
        "lead": words.measure(next(iter(measures), "")),
        "lines": charts.lines(found, words) if measures else "",
        "some": words("lines_some", shown=len(found["lines"]["taken"]), count=found["known"]) if some else "",
        "effects": [
            (charts.effects(key, each, str(at), words), effects_grid(key, each, words))
            for at, (key, each) in enumerate(effects.items())
        ],
        "surfaces": [
            (charts.surface(each, str(at), words), surface_grid(each, words))
            for at, each in enumerate(found["surfaces"])
        ],
        "front_title": words("front_of", aims=words("comma").join(aims)),
        "front": (charts.front(found, words), front_grid(found, words)) if found["pareto"]["points"] else None,
        "corners": corners_grid(found, words) if found["corners"] else None,
        "robust": robust_grid(found, words), "failures": failures_grid(found, words),
        "glossary": [(words(f"word.{word}"), words(f"means.{word}")) for word in _WORDS],
    }  # fmt: skip


def _morris(effects: Document) -> bool:
    return any(each["method"].startswith("Morris") for each in effects.values())
