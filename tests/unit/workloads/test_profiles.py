"""Profiles of demand, and the sheets they are read from."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from sim.ground import sheets
from sim.ground.calendar import Calendar
from sim.ground.errors import PluginError, ScenarioError
from sim.workloads import base
from sim.workloads.base import REGISTRY, by_hour, read_sheet

YEAR = Calendar.whole_year(2024)
OFFICE = tuple(3.0 if 9 <= hour < 18 else 1.0 for hour in range(24))
QUIET = (0.5,) * 24


def test_the_factor_is_the_hour_of_the_kind_of_day() -> None:
    factor = by_hour(YEAR, {"weekday_hours": OFFICE, "weekend_hours": QUIET})
    # 1 January 2024 is a Monday: 262 weekdays at 42/24 and 104 days of the weekend at 0.5.
    mean = (262 * 42 + 104 * 12) / 8784
    assert factor[:24] == pytest.approx(np.array(OFFICE) / mean)
    assert factor[5 * 24 : 7 * 24] == pytest.approx(0.5 / mean)
    assert factor.mean() == pytest.approx(1.0, abs=1e-12)


def test_a_flat_share_flattens() -> None:
    shape = {"weekday_hours": OFFICE, "weekend_hours": QUIET}
    whole = by_hour(YEAR, shape)
    assert by_hour(YEAR, shape | {"flat_share": 0.25}) == pytest.approx(0.25 + 0.75 * whole)
    assert by_hour(YEAR, shape | {"flat_share": 1.0}) == pytest.approx(1.0)


def test_a_window_is_a_slice_of_the_year() -> None:
    shape = {"weekday_hours": OFFICE, "weekend_hours": QUIET}
    week = Calendar(2024, datetime(2024, 7, 1), 168)
    assert np.array_equal(by_hour(week, shape), by_hour(YEAR, shape)[week.hour_of_year])
    assert by_hour(week, shape).mean() != pytest.approx(1.0, abs=1e-3)


def test_half_hours_repeat_the_hour() -> None:
    shape = {"weekday_hours": OFFICE, "weekend_hours": QUIET}
    halves = by_hour(Calendar.whole_year(2024, seconds=1800.0), shape)
    assert halves == pytest.approx(np.repeat(by_hour(YEAR, shape), 2))


@pytest.mark.parametrize(
    "fault",
    [
        {"weekday_hours": OFFICE[:23]},
        {"weekend_hours": 1.0},
        {"weekday_hours": (-1.0, *OFFICE[1:])},
        {"weekend_hours": (0.0,) * 24},
        {"flat_share": 1.5},
    ],
)
def test_a_sheet_that_is_no_profile_is_refused(fault: dict[str, float | tuple[float, ...]]) -> None:
    with pytest.raises(ScenarioError, match="give 24 hourly factors"):
        by_hour(YEAR, {"weekday_hours": OFFICE, "weekend_hours": QUIET} | fault)


def sheet_file(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "workloads").mkdir()
    (folder / "workloads" / "batch.csv").write_text(text, encoding="utf-8")
    monkeypatch.setattr(sheets, "models", lambda: folder)


def test_a_sheet_holds_numbers_and_lists_of_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "parameter,value,unit,source,confidence\nflat_share,0.5,1,W04,assumption\nweekday_hours,1;2;3,1,W03,low\n"
    sheet_file(tmp_path, text, monkeypatch)
    assert read_sheet("batch") == {"flat_share": 0.5, "weekday_hours": (1.0, 2.0, 3.0)}


def test_a_class_without_a_sheet_is_told_where_to_write_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sheet_file(tmp_path, "", monkeypatch)
    with pytest.raises(ScenarioError, match=r"hpc\.csv"):
        read_sheet("hpc")


def test_the_registry_knows_whose_file_took_a_name(tmp_path: Path) -> None:
    REGISTRY.discover()
    with pytest.raises(PluginError, match=r"already registered by sim\.workloads\.batch"):
        base.register("batch", deferrable=True, carries="flop", interruptible=True, gang=False)(by_hour)
