"""The currency of every decision-maker: the `Decision` of an epoch."""

from __future__ import annotations

from dataclasses import dataclass

from sim.ground.arrays import Array


@dataclass(frozen=True)
class Decision:
    """How the waiting work of an epoch is dispatched: `place` or `score`, and perhaps `when`, `path`, `charge`.

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
    path
        [region, workload, centre, path], with `place`: shares, ≥ 0, of what it sends there over each of the
        pair's paths; what they leave out of 1, or find no room for, takes the shortest that has room.
    charge
        [centre], W drawn from a centre's bus into its battery, negative where it gives; without it, a
        battery takes the centre's own green surplus and covers its deficit.
    """

    place: Array | None = None
    score: Array | None = None
    when: Array | None = None
    path: Array | None = None
    charge: Array | None = None
