"""Least loaded: work goes where the least is queued and asked for, so that loads are level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

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
        capacity, price = view.capacity, np.where(view.capacity > 0.0, 1.0, 0.0)
        weight = np.zeros(view.feasible.shape)
        for _ in range(self.rounds):
            weight = np.where(view.feasible, view.per_workload(capacity * price, 0.0), 0.0)
            total = weight.sum(axis=2, keepdims=True)
            share = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0.0)
            level = np.divide(self._taken(view, share), capacity, out=np.zeros_like(capacity), where=capacity > 0.0)
            mean = level.max(axis=0, initial=0.0, keepdims=True)
            price *= np.divide(mean, level, out=np.ones_like(level), where=level > 0.01 * mean)
            price /= np.maximum(price.max(axis=0, keepdims=True), 1e-300)
        weight[:, view.pool < 0] = nearest(view)[:, view.pool < 0]
        return spread(weight, view)

    @staticmethod
    def _taken(view: View, share: np.ndarray) -> np.ndarray:
        taken = np.array(view.queued)
        for w, pool in enumerate(view.pool):
            if pool >= 0:
                taken[:, pool] += view.waiting[:, w] @ share[:, w]
        return taken
