"""A plan as a planner asks for it: the page that is written of it, and where it lies."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.report.plan_page import plan_page
from sim.results.product import placed
from sim.study.planning import FOLDER

PAGE = "report.html"


def page(found: Mapping[str, Any], results: Path, language: str) -> Path:
    """Write the page of a plan beside it and return its path.

    Parameters
    ----------
    found
        The plan's document.
    results
        Folder of results, in which the plan lies.
    language
        ``en`` or ``zh``, the one shown first.

    Raises
    ------
    ResultsError
        Where it cannot be written.
    """
    text = plan_page(found, language)
    target = results / FOLDER / str(found["id"]) / PAGE
    return placed(target, lambda draft: draft.write_text(text, encoding="utf-8"), force=True)
