"""The page of a run as a reader meets it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.report.page import page
from sim.report.words import LANGUAGES
from sim.results.schema import Results
from tests.browser.visit import NARROW, WIDE, Open
from tests.unit.report.runs import china, run


def written(results: Results, folder: Path, language: str = "en") -> Path:
    """Return the file of a run's page."""
    path = folder / "report.html"
    path.write_text(page(results, language), encoding="utf-8")
    return path


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_it_draws_everything_and_asks_for_nothing(visit: Open, tmp_path: Path, language: str, width: int) -> None:
    seen = visit(written(china(), tmp_path, language), width=width)
    assert seen("() => document.querySelectorAll('.chart[data-drawn] .main-svg').length") >= 5
    assert not seen.requests
    assert not seen.troubles
    assert seen.fits()


def test_it_draws_a_small_nation_too(visit: Open, tmp_path: Path) -> None:
    seen = visit(written(run(), tmp_path))
    assert not seen.requests + seen.troubles
