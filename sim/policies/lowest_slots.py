"""Lowest slots: deferrable work waits for the best hours that it can reach, one by one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.ground.arrays import Array, BoolArray, IntArray
from sim.network.deferral import Signal, booked, masked
from sim.network.placing import home_first
from sim.policies.base import Decision, View, register
from sim.scenario.entities import NonNegative, Positive
from sim.workloads.jobs import Jobs


def _lowest(signal: Array, length: IntArray, count: IntArray) -> BoolArray:
    """Return the lowest of the first `count` hours, the earlier of equals; [..., lag]."""
    usable = np.arange(signal.shape[-1]) < count[..., None]
    order = np.argsort(np.where(usable, signal, np.inf), axis=-1, kind="stable")
    rank = np.argsort(order, axis=-1, kind="stable")
    return np.asarray(rank < length[..., None])


@register("lowest_slots")
@dataclass(frozen=True)
class LowestSlots:
    """Run deferrable work at home in the hours of least carbon (or price) inside its slack, by forecast.

    A job of J hours that may wait S more runs in the J best of J + S hours, with pauses between them.

    Attributes
    ----------
    signal
        ``carbon``, the grid's average factor, or ``price``, the grid's.
    job_h
        Length of a job where there are no jobs, in the fluid engine, h.
    margin_h
        Hours before the deadline that are left for what finds no room, h.

    References
    ----------
    P. Wiesner, I. Behnke, D. Scheinert, K. Gontarska and L. Thamsen, "Let's wait awhile: how temporal workload
    shifting can reduce carbon emissions in the cloud", Middleware 2021, doi 10.1145/3464298.3493399.
    """

    signal: Signal = "carbon"
    job_h: Positive = 6.0
    margin_h: NonNegative = 12.0

    def dispatch(self, view: View) -> Decision:
        """Return home first as scores, and what waits for later hours."""
        when = booked(view, self.signal, self.job_h, self.margin_h, _lowest)
        return Decision(score=home_first(view), when=when)

    def hours(self, jobs: Jobs, view: View) -> BoolArray:
        """Return the hours in which jobs may run; [job, lag]."""
        return masked(jobs, view, self.signal, self.margin_h, _lowest)
