"""Batch: analytics and rendering that are due within hours to a day."""

from __future__ import annotations

from sim.ground.arrays import Array
from sim.ground.calendar import Calendar
from sim.workloads.base import Sheet, by_hour, register


@register("batch", deferrable=True, carries="flop", interruptible=True, gang=False)
def profile(calendar: Calendar, sheet: Sheet) -> Array:
    """Return the demand factor [epoch], dimensionless: a flat share, and the rest in office hours."""
    return by_hour(calendar, sheet)
