"""Greenest: where a unit of work emits least in this hour, cooling included."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.policies.base import Decision, View, register

_EFLOP_H = 3.6e21
_TIE = 1e-9  # kg per EFLOPS·h and s: where all is alike the nearer comes first


@register("greenest")
@dataclass(frozen=True)
class Greenest:
    """Fill the centres in ascending order of what a unit of work adds to emissions in this hour.

    Facility energy that the work adds × the factor of the grid × the part that contracted green power leaves to it:
    the derivative of the emissions that are booked. Idle power emits anyhow and does not count.

    Attributes
    ----------
    factor
        ``average``: the location-based factor of the region's grid, by which emissions are booked; ``marginal``: that
        of the plant that follows the load, one figure for the nation, so that only energy and contracts count.
    """

    factor: Literal["average", "marginal"] = "average"

    def dispatch(self, view: View) -> Decision:
        """Return the added emissions as scores; [region, workload, centre], kg per EFLOPS·h."""
        factor = view.carbon if self.factor == "average" else view.marginal_carbon
        added = (view.energy * factor * view.grid_share)[None] * _EFLOP_H + _TIE * view.delay[:, None, :]
        return Decision(score=np.where(view.feasible, added, np.inf))
