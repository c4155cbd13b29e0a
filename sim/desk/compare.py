"""Policies compared as a planner asks for it: the numbers, a page, and where it lies."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.desk.terminal import Tick
from sim.report.comparison_page import comparison_page
from sim.results.product import placed
from sim.results.store import as_json
from sim.study.compare import compare

DOCUMENT = "comparison.json"
FOLDER = "comparisons"
"""Folder of the comparisons within that of the runs."""


def find(
    scenarios: Sequence[Path],
    policies: str,
    *,
    results: Path,
    language: str = "en",
    progress: Tick | None = None,
    **how: Any,
) -> tuple[dict[str, Any], Path]:
    """Return a comparison and the page that was written of it.

    Parameters
    ----------
    scenarios
        The scenario files.
    policies
        As `sim.study.compare.compare` takes them, with commas between.
    results
        Folder that keeps runs, bounds and comparisons.
    language
        Of the pages.
    progress
        Called with the runs and bounds done and their number.
    how
        As `sim.study.compare.compare` takes it.

    Raises
    ------
    SimError
        As `sim.study.compare.compare` says, or where the page cannot be written.
    """
    names = [name.strip() for name in policies.split(",")]
    found = compare(scenarios, names, results=results, language=language, progress=progress, **how)
    place = results / FOLDER / str(found["id"])
    placed(place / DOCUMENT, lambda draft: draft.write_text(as_json(found), encoding="utf-8"), force=True)
    return found, write_page(found, place, language)


def write_page(found: dict[str, Any], place: Path, language: str) -> Path:
    """Write the page of a comparison into its folder and return its path.

    Parameters
    ----------
    found
        The comparison.
    place
        Its folder.
    language
        ``en`` or ``zh``, the one shown first.

    Raises
    ------
    ResultsError
        Where it cannot be written.
    """
    page = comparison_page(found, language)
    return placed(place / "report.html", lambda draft: draft.write_text(page, encoding="utf-8"), force=True)
