"""Least loaded: work goes where the least is queued and asked for, so that loads are level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from sim.ground.arrays import Array
from sim.network.placing import nearest
from sim.policies.base import Decision, View, register, spread


@register("least_loaded")
@dataclass(frozen=True)
class LeastLoaded:
    """Level the loads: every piece of work joins the feasible centre with the least work per capacity.

    What joining the least loaded queue comes to as jobs become small: the level of (queued + assigned) / capacity is
    the same wherever a region sends work, and higher where it could and does not. Found by iteration: weights of
    capacity × price, every price divided by the level that it brought about. Bits go to the nearest centre.

    Attributes
    ----------
    rounds
        Of the iteration.

    References
    ----------
    W. Winston, "Optimality of the shortest line discipline", Journal of Applied Probability 14 (1977) 181–189.
    """

    blind: ClassVar[bool] = True

    rounds: Annotated[int, Field(ge=1, le=1000)] = 40

    def dispatch(self, view: View) -> Decision:
        """Return the shares; [region, workload, centre + 2]."""
        weight = np.zeros(view.feasible.shape)
        for pool in np.unique(view.pool[view.pool >= 0]):
            weight[:, view.pool == pool] = self._of_pool(view, int(pool))
        weight[:, view.pool < 0] = nearest(view)[:, view.pool < 0]
        return spread(weight, view)

    def _of_pool(self, view: View, pool: int) -> Array:
        """Return the weights of the workloads that need a pool; [region, workload, centre]."""
        mine = view.pool == pool
        regions, _, centres = view.feasible.shape
        open_ = view.feasible[:, mine].astype(np.float64).reshape(-1, centres)
        waiting, capacity, queued = view.waiting[:, mine].ravel(), view.capacity[:, pool], view.queued[:, pool]
        price = np.where(capacity > 0.0, 1.0, 0.0)
        offered = capacity * price
        for _ in range(self.rounds):
            offered = capacity * price
            reach = open_ @ offered
            taken = queued + offered * (np.divide(waiting, reach, out=np.zeros_like(reach), where=reach > 0.0) @ open_)
            level = np.divide(taken, capacity, out=np.zeros_like(capacity), where=capacity > 0.0)
            most = level.max(initial=0.0)
            price *= np.divide(most, level, out=np.ones_like(level), where=level > 0.01 * most)
            price /= max(price.max(initial=0.0), 1e-300)
        return (open_ * offered).reshape(regions, -1, centres)
