"""When deferrable work may run: a signal ahead of it, hours picked from it, and shares or masks that book them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from sim.ground.arrays import Array, BoolArray, IntArray
from sim.network.placing import home_first
from sim.network.view import View
from sim.workloads.jobs import TICK, Jobs

Pick = Callable[[Array, IntArray, IntArray], BoolArray]
"""Which hours a job runs: signal [..., lag], its length and the lags it may use [...] each → [..., lag]."""
Signal = Literal["carbon", "price"]
"""What is looked at: the grid's average carbon factor, or its price."""
MOST_LAGS = 64
"""Hours of a job beyond which the event engine puts nothing off."""


def signal(view: View, name: Signal, lags: int) -> Array:
    """Return what is forecast of the grid at home, where work would run if it ran at home; [region, workload, lag].

    Home is the nearest of the region's own centres, else the nearest feasible one.

    Parameters
    ----------
    view
        The epoch.
    name
        ``carbon`` (kg/J) or ``price`` (CNY/J).
    lags
        Most epochs from now; fewer are returned where the run ends before.
    """
    told = view.forecast(name, lags * view.seconds / 3600.0)
    return np.moveaxis(told[:, home_first(view).argmin(axis=2)], 0, 2)


def booked(view: View, name: Signal, job_h: float, margin_h: float, pick: Pick) -> Array:
    """Return the `when` of a decision; [region, workload, lag].

    Arrivals are jobs of one length, whose work is spread evenly over the hours picked for them. Interactive work and
    bits are not put off.

    Parameters
    ----------
    view
        The epoch.
    name
        The signal.
    job_h
        Length of a job, h; work that may wait less long is as short as that.
    margin_h
        Hours before the deadline, or before the end of the run, that are left for what finds no room, h.
    pick
        Chooses the hours.
    """
    hours = view.seconds / 3600.0
    ahead = signal(view, name, int(view.slack.max()) + 1)
    waits = (view.slack > 0) & (view.pool >= 0)
    count = np.maximum(np.minimum(view.slack + 1, ahead.shape[2]) - round(margin_h / hours), 1)
    count = np.where(waits, count, 1)
    length = np.minimum(max(round(job_h / hours), 1), count)
    shape = ahead.shape[:2]
    chosen = pick(ahead, np.broadcast_to(length, shape), np.broadcast_to(count, shape))
    when = np.zeros((*shape, int(view.slack.max()) + 1))
    when[:, :, : ahead.shape[2]] = chosen / length[None, :, None]
    return when


def masked(jobs: Jobs, view: View, name: Signal, margin_h: float, pick: Pick) -> BoolArray:
    """Return the hours in which jobs may run, for the event engine; [job, lag].

    A job asks for its length; it may start as late as it is due, so a job of J hours that is due S hours after its
    arrival picks among S + J.

    Parameters
    ----------
    jobs
        Those that arrive in this epoch.
    view
        The epoch.
    name
        The signal.
    margin_h
        Hours before the latest start that are left for waiting in queues, h.
    pick
        Chooses the hours.
    """
    epoch = view.seconds * TICK
    ahead = signal(view, name, MOST_LAGS)[jobs.region, jobs.workload]
    length = np.clip(-(-jobs.ask // round(epoch)), 1, ahead.shape[1])
    slack = np.minimum((jobs.due - jobs.arrive) // round(epoch), MOST_LAGS)
    count = np.clip(slack - round(margin_h * 3600.0 / view.seconds) + length, length, ahead.shape[1])
    return pick(ahead, length, count)
