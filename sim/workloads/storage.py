"""Storage: copies and backups, volumes that move by night and compute nothing."""

from __future__ import annotations

from sim.ground.arrays import Array
from sim.ground.calendar import Calendar
from sim.workloads.base import Sheet, by_hour, register


@register("storage", deferrable=True, carries="bits", interruptible=True, gang=False)
def profile(calendar: Calendar, sheet: Sheet) -> Array:
    """Return the demand factor [epoch], dimensionless: the window of the night."""
    return by_hour(calendar, sheet)
