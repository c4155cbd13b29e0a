"""Lots that jobs draw from a decision's shares: the same for every policy and however a run is cut."""

from __future__ import annotations

import numpy as np

from sim.ground.arrays import Array, BoolArray
from sim.ground.errors import PluginError
from sim.workloads.jobs import Jobs

MOST_LAG = 63
"""Hours to which the jobs' masks reach; who draws a later one runs then."""


def lags(when: Array, jobs: Jobs, rng: np.random.Generator) -> BoolArray:
    """Return the hours in which jobs may run, from the lag that each draws on; [job, lag] with 64 lags.

    Parameters
    ----------
    when
        [region, workload, lag], shares that sum to 1.
    jobs
        Who draws.
    rng
        What they draw from; one number a job.

    Raises
    ------
    PluginError
        Where shares do not sum to 1, or there are more than 64 lags.
    """
    when = np.asarray(when, dtype=np.float64)
    if not (np.abs(when.sum(axis=2) - 1.0) < 1e-9).all() or not (when >= -1e-12).all():
        raise PluginError("`when` must hold shares from 0 that sum to 1 over the lags")
    edges = np.cumsum(when, axis=2)[jobs.region, jobs.workload]
    lag = np.minimum((rng.random(len(jobs))[:, None] >= edges).sum(axis=1), MOST_LAG)
    return np.asarray(np.arange(MOST_LAG + 1)[None, :] == lag[:, None])
