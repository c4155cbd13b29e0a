"""Training: models learn on a gang of accelerators, which may pause at checkpoints."""

from __future__ import annotations

from sim.ground.arrays import Array
from sim.ground.calendar import Calendar
from sim.workloads.base import Sheet, by_hour, register


@register("training", deferrable=True, carries="flop", interruptible=True, gang=True)
def profile(calendar: Calendar, sheet: Sheet) -> Array:
    """Return the demand factor [epoch], dimensionless: flat, for its queue never empties."""
    return by_hour(calendar, sheet)
