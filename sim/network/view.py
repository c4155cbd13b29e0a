"""What a decision-maker may read of a run at an epoch: the `View`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.ground.arrays import Array, BoolArray, IntArray
from sim.network.plan import Plan


@dataclass(frozen=True)
class View:
    """What a policy may read at an epoch; nothing in it may be changed.

    Attributes
    ----------
    epoch, hour
        Number of the epoch from 0; hour of the day (Beijing time) at its start.
    arrivals, waiting
        [region, workload], FLOP (bits where `pool` is −1): new this epoch; with the backlog.
    backlog
        [region, workload, age], FLOP, by epochs since arrival; age 0 is this epoch's.
    slack
        [workload], epochs that work may wait; 0 is interactive.
    pool
        [workload], number of the pool, −1 for work that is bits only.
    capacity, load
        [centre, pool], FLOP that can be served this epoch; share of it used in the last epoch.
    delay, own, home
        [region, centre], s one way; whether the centre is the region's own; whether it is at home
        (own or of the same hub).
    feasible
        [region, workload, centre], whether work may run there: reached within its bound, allowed.
    allowance
        [region, workload], FLOP that may still leave home: the share of all that has come, less what has
        left; inf where nothing bounds it.
    price, carbon
        [centre], CNY/J and kg/J of grid energy now.
    green
        [centre], W of contracted green power now.
    rng
        The policy's own random stream.
    planner
        Returns the optimal plan of the run, made when first asked for; None where the run has none.
    """

    epoch: int
    hour: float
    arrivals: Array
    waiting: Array
    backlog: Array
    slack: IntArray
    pool: IntArray
    capacity: Array
    load: Array
    delay: Array
    own: BoolArray
    home: BoolArray
    feasible: BoolArray
    allowance: Array
    price: Array
    carbon: Array
    green: Array
    rng: np.random.Generator
    planner: Callable[[], Plan] | None = None
