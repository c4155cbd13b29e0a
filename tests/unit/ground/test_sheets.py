"""Parameter sheets: what is read, and which faults are named with their line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sim.ground import sheets
from sim.ground.errors import ScenarioError

Read = Callable[[str], sheets.Sheet]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Return a reader of one sheet whose text is handed in."""
    (tmp_path / "cooling").mkdir()
    monkeypatch.setattr(sheets, "models", lambda: tmp_path)

    def written(text: str) -> sheets.Sheet:
        (tmp_path / "cooling" / "mine.csv").write_text(text, encoding="utf-8")
        sheets.read.cache_clear()
        return sheets.read("cooling", "mine")

    return written


HEAD = "parameter,value,unit,source,confidence\n"


def test_values_by_parameter(read: Read) -> None:
    sheet = read(HEAD + 'approach,5.5,K,"a book, page 7",high\nmisc,1e-2,W/W,assumption,low\n')
    assert dict(sheet) == {"approach": 5.5, "misc": 0.01}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("misc,0.01,W/W,,low", "missing here: source"),
        ("misc,0.01,W/W", "missing here: source, confidence"),
        ("misc,0.01,W/W,a,low,more", "none empty; missing here: nothing"),
        ("misc,much,W/W,a,low", "found 'much'; the value must be a number"),
        ("misc,nan,W/W,a,low", "must be finite"),
        ("misc,0.01,W/W,a,lo", "did you mean 'low'"),
        ("approach,1,K,a,low", "given twice"),
    ],
)
def test_a_bad_row_is_named_with_its_line(read: Read, row: str, message: str) -> None:
    with pytest.raises(ScenarioError, match=message) as caught:
        read(HEAD + "approach,5.5,K,a,high\n" + row + "\n")
    assert caught.value.problems[0].origin.line == 3


def test_all_bad_rows_are_named_at_once(read: Read) -> None:
    with pytest.raises(ScenarioError) as caught:
        read(HEAD + "a,x,K,a,high\nb,1,K,a,high\nc,y,K,a,high\n")
    assert [problem.origin.line for problem in caught.value.problems] == [2, 4]


def test_other_columns_are_refused(read: Read) -> None:
    with pytest.raises(ScenarioError, match="the columns must be parameter, value, unit, source, confidence"):
        read("parameter,value\nmisc,0.01\n")


def test_a_model_with_single_values_refuses_a_list(read: Read) -> None:
    with pytest.raises(ScenarioError, match="'hours' has several values"):
        read(HEAD + "hours,1;2,1,a,low\n")
