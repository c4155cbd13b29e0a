"""HPC: simulations that researchers submit by day and that run for hours to days."""

from __future__ import annotations

from sim.ground.arrays import Array
from sim.ground.calendar import Calendar
from sim.workloads.base import Sheet, by_hour, register


@register("hpc", deferrable=True, carries="flop", interruptible=False, gang=True)
def profile(calendar: Calendar, sheet: Sheet) -> Array:
    """Return the demand factor [epoch], dimensionless: a flat share, and the rest in office hours."""
    return by_hour(calendar, sheet)
