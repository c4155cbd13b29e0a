"""Power of two: two centres drawn at random, and the less loaded of them takes the work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from sim.network.placing import nearest
from sim.policies.base import Decision, View, register, spread


@register("power_of_two")
@dataclass(frozen=True)
class PowerOfTwo:
    """Deal the work of every region in lots; each draws a few feasible centres and joins the least loaded of them.

    Centres are drawn in proportion to capacity, with replacement; the load is (queued + dealt so far) / capacity.
    Two choices bring nearly all that looking at every centre does. Lots of different regions and workloads are dealt
    round by round and do not see each other within one. Bits go to the nearest centre.

    Attributes
    ----------
    choices
        Centres that a lot looks at.
    lots
        Of every region and workload in an epoch.

    References
    ----------
    M. Mitzenmacher, "The power of two choices in randomized load balancing", IEEE Transactions on Parallel and
    Distributed Systems 12 (2001) 1094–1104, doi 10.1109/71.963420.
    """

    blind: ClassVar[bool] = True

    choices: Annotated[int, Field(ge=1, le=100)] = 2
    lots: Annotated[int, Field(ge=1, le=1000)] = 16

    def dispatch(self, view: View) -> Decision:
        """Return the shares; [region, workload, centre + 2]."""
        regions, workloads, centres = view.feasible.shape
        odds = np.where(view.feasible, view.per_workload(view.capacity, 0.0), 0.0).cumsum(axis=2)
        busy, open_ = np.maximum(view.pool, 0), (odds[:, :, -1] > 0.0) & (view.pool >= 0)
        taken, dealt = np.array(view.queued), np.zeros(view.feasible.shape)
        r, w = np.nonzero(open_)
        drawn = view.rng.random((self.lots, self.choices, regions, workloads))[:, :, r, w] * odds[r, w, -1]
        lots = np.minimum((odds[r, w] <= drawn[..., None]).sum(axis=3), centres - 1)
        pool, lot, each = busy[w], view.waiting[r, w] / self.lots, np.arange(len(r))
        for found in lots:
            # Rounded: what is level but for the last digit is a tie, and the first drawn takes it.
            level = np.round(taken[found, pool] / np.maximum(view.capacity[found, pool], 1e-300), 9)
            best = found[level.argmin(axis=0), each]
            dealt[r, w, best] += 1.0
            np.add.at(taken, (best, pool), lot)
        dealt[:, view.pool < 0] = nearest(view)[:, view.pool < 0]
        return spread(dealt, view)
