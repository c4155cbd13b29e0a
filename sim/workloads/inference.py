"""Inference: models that answer people and their programs."""

from __future__ import annotations

from sim.ground.arrays import Array
from sim.ground.calendar import Calendar
from sim.workloads.base import Sheet, by_hour, register


@register("inference", deferrable=False, carries="flop", interruptible=False, gang=False)
def profile(calendar: Calendar, sheet: Sheet) -> Array:
    """Return the demand factor [epoch], dimensionless: it peaks in the office hours of weekdays."""
    return by_hour(calendar, sheet)
