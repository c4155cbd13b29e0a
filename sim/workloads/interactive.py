"""Interactive: online services for people who wait for the answer."""

from __future__ import annotations

from sim.ground.arrays import Array
from sim.ground.calendar import Calendar
from sim.workloads.base import Sheet, by_hour, register


@register("interactive", deferrable=False, carries="flop", interruptible=False, gang=False)
def profile(calendar: Calendar, sheet: Sheet) -> Array:
    """Return the demand factor [epoch], dimensionless: it follows people's day and peaks in the evening."""
    return by_hour(calendar, sheet)
