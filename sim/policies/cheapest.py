"""Cheapest: where a unit of work costs least in this hour, energy and way included."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.policies.base import Decision, View, register

_EFLOP_H = 3.6e21


@register("cheapest")
@dataclass(frozen=True)
class Cheapest:
    """Fill the centres in ascending order of what a unit of work adds to the bill of this hour.

    Facility energy that the work adds × the grid's price (with the carbon price) × the part that contracted green
    power leaves to the grid, and the way there and back. Idle power is paid anyhow and does not count.
    """

    def dispatch(self, view: View) -> Decision:
        """Return the delivered cost as scores; [region, workload, centre], CNY per EFLOPS·h."""
        paid = (view.price + view.carbon_price * view.carbon) * view.grid_share
        cost = (view.energy * paid)[None] + view.transport
        return Decision(score=np.where(view.feasible, cost * _EFLOP_H, np.inf))
