"""Weighted: cost, carbon and delay weighed against each other, hour by hour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.policies.base import Decision, View, register
from sim.scenario.entities import NonNegative

_EFLOP_H = 3.6e21


@register("weighted")
@dataclass(frozen=True)
class Weighted:
    """Fill the centres in ascending order of a weighted sum of cost, emissions and delay of a unit of work.

    The same weights as those of the optimum's `objective`, so that both may be asked the same question.

    Attributes
    ----------
    cost
        Weight of energy, the carbon price and the way.
    carbon_cny_per_t
        On location-based emissions, beyond the carbon price.
    delay_cny_per_eflops_h_ms
        On the one-way delay of interactive work.
    """

    cost: NonNegative = 1.0
    carbon_cny_per_t: NonNegative = 100.0
    delay_cny_per_eflops_h_ms: NonNegative = 100.0

    def dispatch(self, view: View) -> Decision:
        """Return the weighted sums as scores; [region, workload, centre], CNY per EFLOPS·h."""
        tonne = self.cost * view.carbon_price + self.carbon_cny_per_t / 1e3
        paid = (self.cost * view.price + tonne * view.carbon) * view.grid_share
        work = ((view.energy * paid)[None] + self.cost * view.transport) * _EFLOP_H
        now = view.feasible & (view.slack == 0)[:, None]
        late = np.where(now, self.delay_cny_per_eflops_h_ms * 1e3 * view.delay[:, None, :], 0.0)
        return Decision(score=np.where(view.feasible, work + late, np.inf))
