"""The run's epochs on the calendar of Beijing time: hour, day, month, weekday."""

from __future__ import annotations

from calendar import isleap
from dataclasses import dataclass
from datetime import datetime
from math import isclose

import numpy as np
from numpy.typing import NDArray

from sim.ground.arrays import Array, BoolArray, IntArray
from sim.ground.errors import InvariantError, ScenarioError

UTC_OFFSET = 8.0
"""Beijing time is ahead of Greenwich by this much, h; there is one zone and no summer time."""
_DAY = 86400.0
_THURSDAY = 3  # Weekday of 1970-01-01, from which numpy counts days.


@dataclass(frozen=True)
class Calendar:
    """Equal epochs in Beijing time (UTC+8).

    Every series is made for the whole `year`; a run is a window of it.  A window that runs past
    31 December meets the year's own series again from 1 January (`hour_of_year` wraps), while weekdays
    and months go on by date.  Public holidays are not known: each is the weekday or weekend it falls on.

    Parameters
    ----------
    year
        Year whose series the epochs read.
    start
        Start of the first epoch, within `year`, without a time zone.
    epochs
        Number of epochs, at least 1.
    seconds
        Length of an epoch, a whole fraction of a day, s.

    Raises
    ------
    ScenarioError
        Where the start lies outside the year or carries a time zone, there is no epoch, or the epoch
        does not divide the day.

    Examples
    --------
    >>> week = Calendar(2024, datetime(2024, 7, 1, 6), epochs=168)
    >>> int(week.weekday[0]), float(week.hour[0]), int(week.day_of_year[0]), int(week.hour_of_year[0])
    (0, 6.0, 183, 4374)
    """

    year: int
    start: datetime
    epochs: int
    seconds: float = 3600.0

    def __post_init__(self) -> None:
        """Refuse a calendar on which the series would not be defined."""
        if self.start.year != self.year or self.start.tzinfo is not None:
            raise ScenarioError(
                f"run.start: found {self.start.isoformat()}, but the series are those of {self.year}; "
                f"give a time within {self.year}, in Beijing time and without a zone"
            )
        if self.epochs < 1:
            raise ScenarioError(f"run.horizon: found {self.epochs} epochs; a run has at least 1")
        if self.seconds <= 0 or not isclose(_DAY / self.seconds, round(_DAY / self.seconds), rel_tol=1e-12):
            raise ScenarioError(
                f"run.epoch: found {self.seconds:g} s; an epoch divides the day into equal parts, "
                "such as 15 min, 1 h or 6 h"
            )

    @classmethod
    def whole_year(cls, year: int, seconds: float = 3600.0) -> Calendar:
        """Return the calendar of all epochs of a year.

        Parameters
        ----------
        year
            The year; a leap year has 8,784 hours.
        seconds
            Length of an epoch, s.

        Returns
        -------
        Calendar
            From 1 January 00:00 to 31 December 24:00.

        Examples
        --------
        >>> Calendar.whole_year(2024).epochs, Calendar.whole_year(2025).epochs
        (8784, 8760)
        """
        return cls(year, datetime(year, 1, 1), round((366 if isleap(year) else 365) * _DAY / seconds), seconds)

    def require_whole_year(self, what: str) -> None:
        """Refuse a calendar that is not a whole year, for series that are fitted to a year.

        Parameters
        ----------
        what
            The series, as the message calls it.

        Raises
        ------
        InvariantError
            Where the calendar is only a part of its year.
        """
        if self != Calendar.whole_year(self.year, self.seconds):
            raise InvariantError(
                f"{what}: made on {self.epochs} epochs from {self.start.isoformat()}; it is fitted to annual "
                "figures, so make it on Calendar.whole_year and take the run's window"
            )

    @property
    def epochs_per_day(self) -> int:
        """Number of epochs in a day."""
        return round(_DAY / self.seconds)

    @property
    def hours_in_year(self) -> int:
        """Number of hours in the year, 8,760 or 8,784."""
        return 8784 if isleap(self.year) else 8760

    @property
    def times(self) -> NDArray[np.datetime64]:
        """Start of each epoch [epoch], Beijing time."""
        offsets = np.round(np.arange(self.epochs) * self.seconds * 1e6).astype("timedelta64[us]")
        moments: NDArray[np.datetime64] = np.datetime64(self.start, "us") + offsets
        return moments

    @property
    def hour(self) -> Array:
        """Hour of the day at the start of each epoch [epoch], 0 to below 24, h."""
        times = self.times
        return np.asarray((times - times.astype("datetime64[D]")) / np.timedelta64(1, "h"))

    @property
    def day_of_year(self) -> IntArray:
        """Day of the date's own year [epoch], 1 to 366."""
        days = self.times.astype("datetime64[D]")
        return np.asarray((days - days.astype("datetime64[Y]")).astype(np.int64) + 1)

    @property
    def month(self) -> IntArray:
        """Month [epoch], 1 to 12."""
        return np.asarray(self.times.astype("datetime64[M]").astype(np.int64) % 12 + 1)

    @property
    def weekday(self) -> IntArray:
        """Day of the week [epoch], 0 = Monday to 6 = Sunday."""
        return np.asarray((self.times.astype("datetime64[D]").astype(np.int64) + _THURSDAY) % 7)

    @property
    def weekend(self) -> BoolArray:
        """Whether the day is a Saturday or a Sunday [epoch]."""
        return self.weekday >= 5

    @property
    def hour_of_year(self) -> IntArray:
        """Hour of the `year` that each epoch starts in [epoch], from 0: the index into an hourly series."""
        since = self.times - np.datetime64(self.year - 1970, "Y")
        return (since // np.timedelta64(1, "h")).astype(np.int64) % self.hours_in_year
