"""What a workload class is: what it carries, what it tolerates, and how its demand goes through the year."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.ground.arrays import Array
from sim.ground.calendar import Calendar
from sim.ground.errors import ScenarioError
from sim.ground.registry import Registry
from sim.ground.sheets import read_lists

Sheet = Mapping[str, float | tuple[float, ...]]
Profile = Callable[[Calendar, Sheet], Array]


@dataclass(frozen=True)
class WorkloadClass:
    """One class of demand."""

    name: str  # its id, as scenarios write it
    deferrable: bool  # whether its work may wait for a later epoch
    carries: Literal["flop", "bits"]  # what demand is measured in: flop needs a pool, bits only links
    interruptible: bool  # whether work under way may pause and go on later
    gang: bool  # whether a job needs all its processors at once, in one centre
    profile: Profile  # demand [epoch] over the mean of the calendar's whole year, dimensionless

    def __post_init__(self) -> None:
        """Call the file of the profile home, so that the registry can tell who took a name."""
        object.__setattr__(self, "__module__", self.profile.__module__)


REGISTRY: Registry[WorkloadClass] = Registry("workload class", "sim.workloads")


def register(
    name: str, *, deferrable: bool, carries: Literal["flop", "bits"], interruptible: bool, gang: bool
) -> Callable[[Profile], Profile]:
    """Return a decorator that enters the class of a profile; the arguments are the fields of the class."""

    def enter(profile: Profile) -> Profile:
        REGISTRY.register(name)(WorkloadClass(name, deferrable, carries, interruptible, gang, profile))
        return profile

    return enter


def read_sheet(name: str) -> Sheet:
    """Return the parameters of ``models/workloads/<name>.csv``; one number each, or several.

    Raises
    ------
    ScenarioError
        Where there is no such sheet or a row of it is wrong.
    """
    lists = read_lists("workloads", name)
    return {parameter: values if len(values) > 1 else values[0] for parameter, values in lists.items()}


def by_hour(calendar: Calendar, sheet: Sheet) -> Array:
    """Return the factor [epoch] of ``weekday_hours``, ``weekend_hours`` and, where given, ``flat_share``.

    The flat share is 1 throughout, the rest follows the hour in which the epoch starts; the mean over the
    calendar's whole year is 1.  Public holidays are not known.

    Raises
    ------
    ScenarioError
        Where a day has not 24 factors, at least 0 and not all 0, or the share is not within 0 to 1.
    """
    flat, *days = (np.asarray(sheet.get(key, 0.0)) for key in ("flat_share", "weekday_hours", "weekend_hours"))
    if any(day.shape != (24,) or day.min() < 0 or day.max() == 0 for day in days) or not 0 <= flat <= 1:
        raise ScenarioError(f"found {dict(sheet)}; give 24 hourly factors from 0 and a flat_share of 0 to 1")

    def raw(epochs: Calendar) -> Array:
        return np.asarray(np.stack(days)[epochs.weekend.astype(int), epochs.hour.astype(int)])

    year = Calendar.whole_year(calendar.year, calendar.seconds)
    return np.asarray(flat + (1.0 - flat) * raw(calendar) / raw(year).mean())
