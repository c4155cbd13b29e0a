"""What travels between a run and its decision-maker at an epoch: the `View` and the `Decision`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.ground.arrays import Array, BoolArray, IntArray


@dataclass(frozen=True)
class Decision:
    """How the waiting work of an epoch is dispatched: `place` or `score`, and perhaps `when`.

    Attributes
    ----------
    place
        [region, workload, centre + 2], shares of the waiting work, ≥ 0, sum 1: to the centres, then
        deferred, then rejected. Deferred is 0 for interactive work.
    score
        [region, workload, centre], lower is better, inf forbids: filled in ascending order up to the
        free capacity, ties by id; what finds no room is deferred, or unserved where it cannot wait.
    when
        [region, workload, lag], shares of this epoch's arrivals booked into later epochs; lag 0 is now.
    """

    place: Array | None = None
    score: Array | None = None
    when: Array | None = None


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
