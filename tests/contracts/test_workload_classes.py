"""What every workload class keeps, those of a new file included."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from sim.ground.calendar import Calendar
from sim.workloads.base import REGISTRY, read_sheet

NAMES = REGISTRY.names()


def test_the_six_classes_of_the_model_are_there() -> None:
    assert set(NAMES) >= {"interactive", "inference", "batch", "hpc", "training", "storage"}


@pytest.mark.parametrize("name", NAMES)
def test_a_class_is_consistent(name: str) -> None:
    workload = REGISTRY.get(name)
    assert workload.name == name
    assert workload.carries in ("flop", "bits")
    # What is served in its own epoch has no later one in which to go on.
    assert workload.deferrable or not workload.interruptible
    assert (workload.profile.__doc__ or "").startswith("Return ")


@pytest.mark.parametrize("seconds", [3600.0, 1800.0])
@pytest.mark.parametrize("year", [2024, 2025])
@pytest.mark.parametrize("name", NAMES)
def test_a_year_of_demand_has_mean_one(name: str, year: int, seconds: float) -> None:
    calendar = Calendar.whole_year(year, seconds)
    factor = REGISTRY.get(name).profile(calendar, read_sheet(name))
    assert factor.shape == (calendar.epochs,)
    assert factor.dtype == np.float64
    assert np.isfinite(factor).all()
    assert factor.min() >= 0.0
    assert factor.mean() == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_a_run_is_a_window_of_the_year(name: str) -> None:
    profile, sheet = REGISTRY.get(name).profile, read_sheet(name)
    window = Calendar(2024, datetime(2024, 2, 27, 5), 200)
    year = profile(Calendar.whole_year(2024), sheet)
    assert np.array_equal(profile(window, sheet), year[window.hour_of_year])


def test_peaks_are_where_the_model_puts_them() -> None:
    year = Calendar.whole_year(2024)
    factor = {name: REGISTRY.get(name).profile(year, read_sheet(name)) for name in NAMES}
    # 21 h at the weekend; 15 h on a weekday; a flat gang; copies from 22 to 6 h.
    busiest = int(np.argmax(factor["interactive"]))
    assert (year.hour[busiest], bool(year.weekend[busiest])) == (21.0, True)
    assert factor["interactive"].max() == pytest.approx(1.51, abs=0.01)
    busiest = int(np.argmax(factor["inference"]))
    assert (year.hour[busiest], bool(year.weekend[busiest])) == (15.0, False)
    assert factor["inference"].max() == pytest.approx(1.6, abs=0.01)
    assert np.ptp(factor["training"]) == 0.0
    assert np.ptp(factor["batch"]) < np.ptp(factor["inference"]) * 1.5
    night = (year.hour >= 22) | (year.hour < 6)
    assert factor["storage"][night] == pytest.approx(3.0)
    assert not factor["storage"][~night].any()
