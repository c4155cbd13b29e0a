"""Epochs on the calendar of Beijing time."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from sim.ground.calendar import Calendar
from sim.ground.errors import InvariantError, ScenarioError


@pytest.mark.parametrize(("year", "hours"), [(2024, 8784), (2025, 8760), (2000, 8784), (2100, 8760)])
def test_a_whole_year_has_its_hours(year: int, hours: int) -> None:
    calendar = Calendar.whole_year(year)
    assert calendar.epochs == hours == calendar.hours_in_year
    assert calendar.hour_of_year.tolist() == list(range(hours))
    assert calendar.day_of_year[-1] == hours // 24
    assert (calendar.month[0], calendar.month[-1]) == (1, 12)


def test_every_epoch_has_the_date_that_the_standard_library_gives() -> None:
    calendar = Calendar.whole_year(2024)
    for epoch in (0, 1, 1415, 1416, 1440, 4374, 8783):
        day, hour = divmod(epoch, 24)
        date = datetime.fromordinal(datetime(2024, 1, 1).toordinal() + day)
        assert calendar.weekday[epoch] == date.weekday()
        assert calendar.weekend[epoch] == (date.weekday() >= 5)
        assert calendar.month[epoch] == date.month
        assert calendar.day_of_year[epoch] == date.timetuple().tm_yday
        assert calendar.hour[epoch] == hour


def test_the_leap_day_is_a_day_of_february() -> None:
    month = Calendar.whole_year(2024).month
    assert np.bincount(month)[1:].tolist() == [24 * d for d in (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)]


def test_a_public_holiday_is_an_ordinary_weekday() -> None:
    assert not Calendar(2024, datetime(2024, 10, 1), 24).weekend.any()


def test_quarter_hours_and_long_epochs() -> None:
    quarters = Calendar(2024, datetime(2024, 2, 28, 23, 30), 8, seconds=900.0)
    assert quarters.epochs_per_day == 96
    assert quarters.hour.tolist() == [23.5, 23.75, 0.0, 0.25, 0.5, 0.75, 1.0, 1.25]
    assert quarters.hour_of_year.tolist() == [58 * 24 + 23] * 2 + [59 * 24] * 4 + [59 * 24 + 1] * 2
    days = Calendar.whole_year(2024, seconds=86400.0)
    assert days.epochs == 366
    assert days.day_of_year.tolist() == list(range(1, 367))


def test_a_third_of_an_hour_does_not_drift() -> None:
    calendar = Calendar.whole_year(2024, seconds=86400.0 / 7)
    assert calendar.epochs == 366 * 7
    assert (np.bincount(calendar.day_of_year)[1:] == 7).all()


def test_past_the_end_of_the_year_its_series_begin_again() -> None:
    calendar = Calendar(2023, datetime(2023, 12, 31, 23), 3)
    assert calendar.hour_of_year.tolist() == [8759, 0, 1]
    assert calendar.month.tolist() == [12, 1, 1]
    assert calendar.weekday.tolist() == [6, 0, 0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((2024, datetime(2025, 1, 1), 24), "give a time within 2024"),
        ((2024, datetime(2024, 1, 1, tzinfo=UTC), 24), "without a zone"),
        ((2024, datetime(2024, 1, 1), 0), "at least 1"),
        ((2024, datetime(2024, 1, 1), 24, 5 * 3600.0), "divides the day"),
        ((2024, datetime(2024, 1, 1), 24, 2 * 86400.0), "divides the day"),
        ((2024, datetime(2024, 1, 1), 24, -3600.0), "divides the day"),
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused(arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        Calendar(*arguments)  # type: ignore[arg-type]


def test_only_a_whole_year_is_a_whole_year() -> None:
    Calendar.whole_year(2025, seconds=900.0).require_whole_year("wind")
    for part in (Calendar(2024, datetime(2024, 1, 1), 8760), Calendar(2025, datetime(2025, 1, 2), 8760)):
        with pytest.raises(InvariantError, match="wind"):
            part.require_whole_year("wind")
