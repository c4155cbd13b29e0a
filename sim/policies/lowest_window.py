"""Lowest window: deferrable work waits for the best stretch of hours that it can reach, and runs it through."""

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
    """Return the stretch of least sum within the first `count` hours, the earliest of equals; [..., lag]."""
    lag = np.arange(signal.shape[-1])
    total = np.concatenate([np.zeros((*signal.shape[:-1], 1)), np.cumsum(signal, axis=-1)], axis=-1)
    end = np.minimum(lag + length[..., None], signal.shape[-1])
    whole = np.where(lag + length[..., None] <= count[..., None], np.take_along_axis(total, end, axis=-1), np.inf)
    start = (whole - total[..., :-1]).argmin(axis=-1)[..., None]
    return np.asarray((lag >= start) & (lag < start + length[..., None]))


@register("lowest_window")
@dataclass(frozen=True)
class LowestWindow:
    """Run deferrable work at home in the stretch of least carbon (or price) inside its slack, by forecast.

    A job of J hours that may wait S more starts at the one of S + 1 hours from which J hours on end have the lowest
    sum: it is not interrupted.

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
